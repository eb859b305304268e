"""What an examination has seen of one stream so far. It grows layer by layer; what is None or empty was not reached, or is not there. Pure.

Nothing in it holds a password: it is what checks make their words from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cameras.stream_url import StreamUrl
from streaming.doctor.watch import ClockReport, Picture
from streaming.ingest.tracks import VideoParameters
from streaming.media.packet import Codec
from streaming.rtsp.auth import Challenge
from streaming.rtsp.errors import StreamFailure
from streaming.rtsp.sdp import MediaDescription, SessionDescription


@dataclass(frozen=True, slots=True)
class Lookup:
    """`addresses` are numeric, without doubles; none were found when there is an `error`."""

    addresses: tuple[str, ...]
    took_ms: int
    error: str = ""


class Answer(StrEnum):
    OPEN = "open"
    REFUSED = "refused"
    SILENT = "silent"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Contact:
    """What came of a TCP connection. `other_ports` were tried when it failed: those that answered in any way, and how."""

    answer: Answer
    address: str
    took_ms: int
    local_address: str = ""
    other_ports: tuple[tuple[int, Answer], ...] = ()

    @property
    def is_there(self) -> bool:
        """Whether some device answers at this address."""
        return self.answer in (Answer.OPEN, Answer.REFUSED) or bool(self.other_ports)


@dataclass(frozen=True, slots=True)
class Certificate:
    """`distrust` says why no authority vouches for it; empty when one does. `failure` says why there is no encrypted connection at all."""

    version: str = ""
    subject: str = ""
    is_self_signed: bool = False
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    distrust: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One answer of the camera's."""

    method: str
    status: int
    server: str
    challenges: tuple[Challenge, ...] = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """What came after PLAY, counted from the answer to it."""

    codec: Codec
    watched_ms: int
    packets: int
    lost_packets: int
    late_packets: int
    jitter_ms: float
    longest_pause_ms: int
    size_bytes: int
    sound_packets: int
    pictures: Sequence[Picture] = ()
    reports: Sequence[ClockReport] = ()
    first_packet_ms: int | None = None
    first_keyframe_ms: int | None = None
    parameters: VideoParameters | None = None


@dataclass(slots=True)
class Evidence:
    """`failure` ended the examination; `failed_check` is the check whose business it is."""

    address: StreamUrl
    has_credentials: bool
    verify_tls: bool
    transport: str
    now_ms: int
    lookup: Lookup | None = None
    contact: Contact | None = None
    certificate: Certificate | None = None
    exchanges: list[Exchange] = field(default_factory=list)
    description: SessionDescription | None = None
    media: tuple[MediaDescription, ...] = ()
    notes: tuple[str, ...] = ()
    means: str = ""
    observation: Observation | None = None
    failure: StreamFailure | None = None
    failed_check: str = ""

    @property
    def challenges(self) -> tuple[Challenge, ...]:
        return next((exchange.challenges for exchange in self.exchanges if exchange.status == 401), ())

    def failed_at(self, check: str) -> StreamFailure | None:
        return self.failure if self.failed_check == check else None


@dataclass(frozen=True, slots=True)
class OfferedAddress:
    """A stream that the camera itself names; sizes are 0 where it doesn't tell."""

    url: StreamUrl
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class OnvifEvidence:
    """`port` is None where no ONVIF was found at `ports`; `name` is the maker and model it tells to whom it lets in.

    `refusal` and `trouble` are sentences; empty when there was none.
    """

    ports: tuple[int, ...]
    port: int | None = None
    clock_ahead_s: float | None = None
    name: str = ""
    firmware: str = ""
    streams: tuple[OfferedAddress, ...] = ()
    refusal: str = ""
    trouble: str = ""
