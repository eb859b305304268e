"""What changed in the pictures of a fragment, before any setting decides whether it matters: so settings can be tried on it again. Pure.

The compact form, as Activity.observed and so MotionTrace.entries keep it: only pictures in which something changed are named.

    per picture  u16 milliseconds since the fragment's start, u8 number of shapes
    per shape    12 bytes, see _SHAPE
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import NamedTuple

from recordings.rules.motion.activity import Box

# Shapes lie on a grid that is twice as fine as grid.py's.
FINE_COLUMNS, FINE_ROWS = 64, 36
# What a picture is described by at most, largest first.
MOST_SHAPES = 10
_PICTURE = struct.Struct("<HB")
_SHAPE = struct.Struct("<BBBBBBHBBBB")


class ObservationError(ValueError):
    """Not what to_bytes() made."""


class Shape(NamedTuple):
    """Something that differs from the background.

    left, top, right, bottom: on the fine grid, half open
    x, y: its middle, parts of 255 of the picture
    area: parts of ten thousand of the picture
    contrast: mean difference from the background, in grey levels of 255
    edge: how sharply it ends: mean step at its border in percent of its contrast; light ends softly
    stir: percent of it that also differs from the picture before
    unrest: percent of it that lies where it always fluctuates
    """

    left: int
    top: int
    right: int
    bottom: int
    x: int
    y: int
    area: int
    contrast: int
    edge: int
    stir: int
    unrest: int

    @property
    def box(self) -> Box:
        return Box(
            self.left / FINE_COLUMNS,
            self.top / FINE_ROWS,
            (self.right - self.left) / FINE_COLUMNS,
            (self.bottom - self.top) / FINE_ROWS,
        )


class Sighting(NamedTuple):
    """One analysed picture."""

    at_ms: int
    shapes: tuple[Shape, ...]


def to_bytes(sightings: Iterable[Sighting], start_ms: int) -> bytes:
    out = bytearray()
    for sighting in sightings:
        offset_ms = sighting.at_ms - start_ms
        if sighting.shapes and 0 <= offset_ms < 1 << 16:
            out += _PICTURE.pack(offset_ms, len(sighting.shapes))
            for shape in sighting.shapes:
                out += _SHAPE.pack(*shape)
    return bytes(out)


def from_bytes(data: bytes, start_ms: int) -> list[Sighting]:
    """Raises ObservationError."""
    found, at = [], 0
    try:
        while at < len(data):
            offset_ms, count = _PICTURE.unpack_from(data, at)
            at += _PICTURE.size
            shapes = tuple(Shape(*_SHAPE.unpack_from(data, at + number * _SHAPE.size)) for number in range(count))
            at += count * _SHAPE.size
            found.append(Sighting(start_ms + offset_ms, shapes))
    except struct.error as error:
        raise ObservationError(f"observations that can't be read: {error}") from error
    return found
