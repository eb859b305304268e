"""Shapes followed from picture to picture: what goes somewhere is told from what flickers, sways or drips. Pure.

Lengths are parts of the picture's height, across as well as down (pictures are taken to be 16:9).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from typing import Any, NamedTuple

from recordings.rules.motion.observations import FINE_COLUMNS, FINE_ROWS, Shape, Sighting

MOST_TRACKS = 24
# Of what was seen once only: pictures are hardly ever farther apart.
NO_PACE_MS = 2500.0
_ASPECT = 16 / 9
_FASTEST = 1.6  # heights per second
_LOST_MS = 1200
_UNLIKE = 0.25
_SMOOTH = 0.4
# It gets crowded sooner than calm again.
_CROWDING, _CALMING = 0.15, 0.04


class TracksError(ValueError):
    """Not what to_stored() made."""


@dataclass(slots=True)
class Track:
    """One shape through time.

    x, y, width, height, across, down: where it was last, smoothed size, speed per second
    net: how far it got from where it was first seen; `way`: on how long a way; `far`: how far in lengths of its own
    area: parts of ten thousand of the picture, smoothed
    pace_ms: the least time between two pictures of it
    is_motion: 1 from when it was found to be motion
    calm: how little of it lies where it always fluctuates, 0 to 1
    """

    first_ms: int
    last_ms: int
    hits: int
    x: float
    y: float
    home_x: float
    home_y: float
    across: float = 0.0
    down: float = 0.0
    width: float = 0.0
    height: float = 0.0
    area: float = 0.0
    path: float = 0.0
    net: float = 0.0
    way: float = 0.0
    far: float = 0.0
    edge: float = 0.0
    calm: float = 0.0
    pace_ms: float = NO_PACE_MS
    is_motion: int = 0

    @classmethod
    def begun(cls, shape: Shape, at_ms: int, pace_ms: float) -> Track:
        x, y, width, height = _placed(shape)
        return cls(
            at_ms,
            at_ms,
            1,
            x,
            y,
            x,
            y,
            width=width,
            height=height,
            area=shape.area,
            edge=shape.edge,
            calm=1 - shape.unrest / 100,
            pace_ms=pace_ms,
        )

    def seen(self, shape: Shape, at_ms: int) -> None:
        x, y, width, height = _placed(shape)
        self.pace_ms = min(self.pace_ms, at_ms - self.last_ms)
        elapsed_s = max(at_ms - self.last_ms, 1) / 1000
        self.path += math.hypot(x - self.x, y - self.y)
        self.across += _SMOOTH * ((x - self.x) / elapsed_s - self.across)
        self.down += _SMOOTH * ((y - self.y) / elapsed_s - self.down)
        self.x, self.y, self.last_ms, self.hits = x, y, at_ms, self.hits + 1
        self.width += _SMOOTH * (width - self.width)
        self.height += _SMOOTH * (height - self.height)
        self.area += _SMOOTH * (shape.area - self.area)
        self.edge += _SMOOTH * (shape.edge - self.edge)
        self.calm += _SMOOTH * (1 - shape.unrest / 100 - self.calm)
        net = math.hypot(x - self.home_x, y - self.home_y)
        if net > self.net:
            self.net, self.way = net, self.path
            along = (abs(x - self.home_x) * self.width + abs(y - self.home_y) * self.height) / net
            self.far = max(self.far, net / max(along, 0.02))

    @property
    def lasted_ms(self) -> float:
        return self.last_ms - self.first_ms + min(self.pace_ms, NO_PACE_MS)

    @property
    def density(self) -> float:
        """In which part of the pictures since its first it was seen."""
        return min(self.hits * self.pace_ms / self.lasted_ms, 1.0)

    def unlikeness(self, shape: Shape, at_ms: int) -> float:
        """0 for exactly where and how it is expected; above 1 it is another."""
        x, y, width, height = _placed(shape)
        elapsed_s = max(at_ms - self.last_ms, 1) / 1000
        trust = min(self.hits / 4, 1)
        off = math.hypot(x - self.x - self.across * elapsed_s * trust, y - self.y - self.down * elapsed_s * trust)
        size = max(width, self.width) + max(height, self.height)
        reach = 0.3 * size + min(_FASTEST * elapsed_s * (1 - 0.7 * trust), 0.6) * min(0.25 + size, 1) + 0.01
        ratio = abs(math.log((shape.area + 2) / (self.area + 2)))
        return off / reach + _UNLIKE * max(ratio - 0.4, 0)


class Seen(NamedTuple):
    """A shape of a picture, and the track that it goes on with."""

    track: Track
    shape: Shape


class Tracker:
    """Fed with pictures in the order of time."""

    def __init__(
        self, tracks: Iterable[Track] = (), clutter: float = 0.0, crowd: float = 0.0, pace_ms: float = NO_PACE_MS, at_ms: float = 0
    ) -> None:
        """`clutter`: how many shapes of a picture came out of nothing, lately; `crowd`: how many there were; `pace_ms`: the time between
        pictures with any; `at_ms`: the last one.
        """
        self.tracks = list(tracks)
        self.clutter, self.crowd, self.pace_ms, self.at_ms = clutter, crowd, pace_ms, at_ms

    def follow(self, sighting: Sighting) -> list[Seen]:
        """What was seen in a picture; a picture with nothing in it may as well be left out."""
        at_ms = sighting.at_ms
        if not sighting.shapes:
            return []
        self._keep_pace(at_ms)
        self.tracks = [track for track in self.tracks if 0 < at_ms - track.last_ms <= max(_LOST_MS, 2.2 * track.pace_ms)]
        pairs = sorted(
            (unlikeness, number, index)
            for index, track in enumerate(self.tracks)
            for number, shape in enumerate(sighting.shapes)
            if (unlikeness := track.unlikeness(shape, at_ms)) <= 1
        )
        taken: dict[int, Track] = {}
        for _, number, index in pairs:
            if number not in taken and self.tracks[index].last_ms < at_ms:
                taken[number] = self.tracks[index]
                self.tracks[index].seen(sighting.shapes[number], at_ms)
        self.clutter = _nearer(self.clutter, len(sighting.shapes) - len(taken))
        self.crowd = _nearer(self.crowd, len(sighting.shapes))
        for number, shape in enumerate(sighting.shapes):
            if number not in taken:
                taken[number] = Track.begun(shape, at_ms, self.pace_ms)
                self.tracks.append(taken[number])
        self.tracks = sorted(self.tracks, key=lambda track: -track.hits)[:MOST_TRACKS]
        return [Seen(taken[number], shape) for number, shape in enumerate(sighting.shapes)]

    def _keep_pace(self, at_ms: int) -> None:
        gap_ms, self.at_ms = at_ms - self.at_ms, at_ms
        if 0 < gap_ms <= NO_PACE_MS:
            self.pace_ms = gap_ms if gap_ms < self.pace_ms else self.pace_ms + _SMOOTH * (gap_ms - self.pace_ms)

    def to_stored(self) -> list[Any]:
        return [
            [round(self.clutter, 3), round(self.crowd, 3), round(self.pace_ms, 1), self.at_ms],
            *([round(value, 5) for value in astuple(track)] for track in self.tracks),
        ]


def from_stored(stored: Any) -> Tracker:
    """Raises TracksError."""
    if not isinstance(stored, list) or not 1 <= len(stored) <= MOST_TRACKS + 1:
        raise TracksError("no list of tracks")
    if not isinstance(stored[0], list) or len(stored[0]) != 4 or not _are_numbers(stored[0]):
        raise TracksError("tracks without their surroundings")
    for row in stored[1:]:
        if not isinstance(row, list) or len(row) != len(fields(Track)) or not _are_numbers(row):
            raise TracksError("a track that can't be read")
    return Tracker((Track(int(row[0]), int(row[1]), int(row[2]), *row[3:]) for row in stored[1:]), *stored[0])


def _nearer(known: float, now: int) -> float:
    return known + (_CROWDING if now > known else _CALMING) * (now - known)


def _are_numbers(values: list[Any]) -> bool:
    return all(type(value) in (int, float) and math.isfinite(value) for value in values)


def _placed(shape: Shape) -> tuple[float, float, float, float]:
    width, height = (shape.right - shape.left) / FINE_COLUMNS * _ASPECT, (shape.bottom - shape.top) / FINE_ROWS
    return shape.x / 255 * _ASPECT, shape.y / 255, width, height
