"""What was seen in one fragment of footage: what the detector says and everybody else works with. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from recordings.rules.spans import Span


class Box(NamedTuple):
    """Parts of the picture, 0 to 1 from the top left."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Activity:
    """Of a fragment of a few seconds at most.

    moving: when something moved by the camera's rules (zones, sensitivity, size, duration applied); empty when nothing did
    score: how strongly, at most, 0 to 100; 0 without motion
    zones: names of the watched zones in which it moved
    counts: per grid cell (grid.py), in how many of the analysed pictures it changed, 255 at most; b"" when none did
    best_at_ms, box: when and where what moved was to be seen best
    skipped: why the fragment was not analysed; "" when it was. With it all others are empty
    """

    span: Span
    moving: tuple[Span, ...] = ()
    score: int = 0
    zones: tuple[str, ...] = ()
    counts: bytes = b""
    best_at_ms: int | None = None
    box: Box | None = None
    skipped: str = ""
