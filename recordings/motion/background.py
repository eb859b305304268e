"""How a camera's picture looks without what moves, learned picture by picture, and by how much each place fluctuates anyway.

Grain, rain and everything that swings become fluctuation, so that only what goes beyond it counts. What stays (a parked car) becomes
background within a minute or so.
"""

from __future__ import annotations

import struct

import numpy as np

from recordings.motion.sizes import HEIGHT, WIDTH, Cells, Picture
from recordings.rules.motion.observations import FINE_COLUMNS, FINE_ROWS

_VERSION = 1
_HEAD = struct.Struct("<BHHIqf")
_STEPS = 64  # per grey level in the kept form
_LEAST_NOISE, _MOST_NOISE, _FIRST_NOISE = 0.4, 60.0, 2.0
# How long it takes until two thirds of a change are learned.
_GROUND_S, _COVERED_S, _NOISE_S, _COVERED_NOISE_S, _UNREST_S = 8.0, 45.0, 12.0, 30.0, 30.0
_PASSING_S = 6.0
_FIRST_PICTURES = 15


class BackgroundError(ValueError):
    """The bytes are no background of this version and size."""


class Background:
    """`noise` is the mean difference where nothing moves; `unrest`: how often a cell changes between still and moving, 0 to 1."""

    def __init__(self, picture: Picture, at_ms: int) -> None:
        self.ground: Picture = picture.copy()
        self.noise: Picture = np.full((HEIGHT, WIDTH), _FIRST_NOISE, np.float32)
        self.unrest: Cells = np.zeros((FINE_ROWS, FINE_COLUMNS), np.float32)
        self.off_before: Picture = np.zeros((HEIGHT, WIDTH), np.float32)
        self.cells_before = np.zeros((FINE_ROWS, FINE_COLUMNS), bool)
        self.pictures = 1
        self.at_ms = at_ms
        self.share_before = 0.0

    @property
    def is_new(self) -> bool:
        """Too new to tell what belongs to it."""
        return self.pictures < _FIRST_PICTURES

    def start_again(self, picture: Picture) -> None:
        """Another view, or another light: what was known of the picture holds no more."""
        self.ground = picture.copy()
        self.noise = np.maximum(self.noise, _FIRST_NOISE)
        self.off_before[:] = 0
        self.pictures = 1

    def look_again(self, at_ms: int) -> None:
        """The camera looks here again, and has not seen what passed meanwhile: that is no time to have learned in."""
        self.at_ms = at_ms
        self.off_before[:] = 0

    def learn(self, off: Picture, covered: Picture, passing: Picture, elapsed_s: float) -> None:
        """`off`: the picture less the ground; `covered`: 1 where something is, `passing`: 1 where only light is. After each picture."""
        new = 1 / self.pictures if self.is_new else 0.0
        plain, slow = max(_rate(elapsed_s, _GROUND_S), new), max(_rate(elapsed_s, _COVERED_S), new)
        light = max(_rate(elapsed_s, _PASSING_S), new)
        self.ground += off * (plain + covered * np.float32(slow - plain) + passing * np.float32(light - plain))
        plain, slow = max(_rate(elapsed_s, _NOISE_S), new), max(_rate(elapsed_s, _COVERED_NOISE_S), new)
        self.noise += (np.minimum(np.abs(off), _MOST_NOISE) - self.noise) * (plain + covered * np.float32(slow - plain))
        np.clip(self.noise, _LEAST_NOISE, _MOST_NOISE, out=self.noise)
        self.pictures += 1

    def note_unrest(self, cells: np.ndarray, elapsed_s: float) -> None:
        self.unrest += ((cells != self.cells_before) - self.unrest) * np.float32(_rate(elapsed_s, _UNREST_S))
        self.cells_before = cells

    def to_bytes(self) -> bytes:
        head = _HEAD.pack(_VERSION, WIDTH, HEIGHT, self.pictures, self.at_ms, self.share_before)
        planes = (self.ground, self.noise, self.off_before)
        parts = [np.round(plane * _STEPS).clip(-32768, 32767).astype("<i2").tobytes() for plane in planes]
        return head + b"".join(parts) + np.round(self.unrest * 255).astype("u1").tobytes() + np.packbits(self.cells_before).tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Background:
        """Raises BackgroundError."""
        plane, cells = WIDTH * HEIGHT, FINE_COLUMNS * FINE_ROWS
        if len(data) != _HEAD.size + 6 * plane + cells + -(-cells // 8):
            raise BackgroundError(f"{len(data)} bytes are no background")
        version, width, height, pictures, at_ms, share_before = _HEAD.unpack_from(data)
        if (version, width, height) != (_VERSION, WIDTH, HEIGHT):
            raise BackgroundError("a background of another version or size")
        planes = np.frombuffer(data, "<i2", 3 * plane, _HEAD.size).astype(np.float32).reshape(3, HEIGHT, WIDTH) * np.float32(1 / _STEPS)
        found = cls(planes[0], at_ms)
        found.noise = np.clip(planes[1], _LEAST_NOISE, _MOST_NOISE)
        found.off_before = planes[2].copy()
        unrest = np.frombuffer(data, "u1", cells, _HEAD.size + 6 * plane)
        found.unrest = unrest.astype(np.float32).reshape(FINE_ROWS, FINE_COLUMNS) * np.float32(1 / 255)
        bits = np.frombuffer(data, "u1", -1, _HEAD.size + 6 * plane + cells)
        found.cells_before = np.unpackbits(bits, count=cells).astype(bool).reshape(FINE_ROWS, FINE_COLUMNS)
        found.pictures, found.share_before = max(pictures, 1), min(max(share_before, 0.0), 1.0) if share_before == share_before else 0.0
        return found


def _rate(elapsed_s: float, time_s: float) -> float:
    return 1 - float(np.exp(-elapsed_s / time_s))
