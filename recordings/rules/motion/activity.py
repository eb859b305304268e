"""What was seen in one fragment of footage: what the detector says and everybody else works with. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from recordings.rules.spans import Span

# Why a fragment was not analysed, for people.
OFF_BY_SCHEDULE = "motion detection was off by its schedule"
TURNED = "the camera was turning"
TURNED_BY_ITSELF = "the camera was turning by itself, on a tour or on its way home"


class Box(NamedTuple):
    """Parts of the picture, 0 to 1 from the top left."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Activity:
    """Of a fragment of a few seconds at most.

    moving: when something moved by the camera's rules (zones, sensitivity, size, duration applied); empty when nothing did. The first
        one may begin before the fragment: what had just come into the picture then is known to be motion only now
    score: how strongly, at most, 0 to 100; 0 without motion
    zones: names of the watched zones in which it moved
    counts: per grid cell (grid.py), in how many of the analysed pictures it changed, 255 at most; b"" when none did
    best_at_ms, box: when and where what moved was to be seen best
    skipped: why the fragment was not analysed; "" when it was. With it all others are empty
    observed: what was seen in each picture, as observations.py keeps it, for trying other settings
    """

    span: Span
    moving: tuple[Span, ...] = ()
    score: int = 0
    zones: tuple[str, ...] = ()
    counts: bytes = b""
    best_at_ms: int | None = None
    box: Box | None = None
    skipped: str = ""
    observed: bytes = b""

    @property
    def is_off(self) -> bool:
        """Nobody wanted it to be analysed: that is no lack."""
        return self.skipped == OFF_BY_SCHEDULE

    @property
    def is_turning(self) -> bool:
        return self.skipped in (TURNED, TURNED_BY_ITSELF)

    @property
    def is_missed(self) -> bool:
        """It should have been analysed, and could not be."""
        return bool(self.skipped) and not self.is_off and not self.is_turning

    @property
    def is_quiet(self) -> bool:
        return not (self.moving or self.counts or self.observed)
