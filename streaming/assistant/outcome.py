"""What came of trying a camera. Values; nothing in them holds a password."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from cameras.findings import Finding
from cameras.stream_url import StreamUrl


class Way(StrEnum):
    """How the streams were found."""

    ADDRESS = "address"
    ONVIF = "onvif"
    PATTERN = "pattern"


@dataclass(frozen=True, slots=True)
class Offer:
    """A stream that the camera itself offers, as it describes it; 0 and "" for what it doesn't tell."""

    url: StreamUrl
    name: str = ""
    codec: str = ""
    width_px: int = 0
    height_px: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """What was found out about the device before any picture came."""

    way: Way | None = None
    main: StreamUrl | None = None
    sub: StreamUrl | None = None
    offers: Sequence[Offer] = ()
    device: str = ""
    firmware: str = ""
    onvif: str = ""
    hint: str = ""
    findings: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class TriedStream:
    """Measured, not claimed. `sound` is in words, empty for none; `picture` is a JPEG; empty when none could be made."""

    role: str
    url: StreamUrl
    codec: str
    width_px: int
    height_px: int
    rate_fps: float
    gop_ms: int
    bitrate_bps: int
    sound: str
    transport: str
    picture: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`findings` go from the cable to the picture; the camera works when there is a main stream in `streams`."""

    known: Known
    streams: Sequence[TriedStream]
    findings: Sequence[Finding]
