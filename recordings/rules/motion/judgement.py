"""What of that which changed is motion by a camera's settings. Pure, and the same for what is live and for trying other settings later.

    Watch   the settings, worked out
    Judge   is fed with pictures in the order of time, and says of a span what moved in it

Something moves when it is seen again and again and gets somewhere: most of its own length at least, and farther where things always sway.
It has to end sharply (light does not) and to differ from the picture before. Once it got somewhere it is motion from its first picture
on, for as long as it stirs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from recordings.rules.motion.activity import Activity
from recordings.rules.motion.grid import CELLS, COLUMNS, ROWS
from recordings.rules.motion.observations import FINE_COLUMNS, FINE_ROWS, Shape, Sighting
from recordings.rules.motion.tracks import Track, Tracker
from recordings.rules.spans import Span, joined

EVERYWHERE = frozenset(range(CELLS))
# Settings change the least contrast and how far something has to get; at 50 it is these.
_CONTRAST, _FAR = 10.0, 0.7
# In heights; more per part of it that lies where it always fluctuates, and with each further thing in the picture.
_LEAST_NET, _UNREST_NET, _CROWD_NET, _CROWD = 0.02, 2.0, 0.03, 3
_CROOKED, _JITTER = 2.5, 0.1
_DENSITY, _LEAST_DENSITY = 0.52, 0.3
# Large things are rarely sharp all around.
_LEAST_EDGE, _LEAST_EDGE_OF_LARGE, _LARGE = 35, 27, 100
_LEAST_STIR = 8
_CLUTTER_HITS = 1.8
_SEEN_FOR_MS = 600
# What fills so much of the picture and is gone so soon is an insect.
_NEAR, _NEAR_MS = 400, 1000
_REST_MS = 1000
_BACK_MS = 3000
_LONGEST_STEP_MS = 1500


class WatchedZone(NamedTuple):
    name: str
    cells: frozenset[int]
    sensitivity: int


@dataclass(frozen=True, slots=True)
class Watch:
    """`zones`: where to watch; none: everywhere. `ignored` is taken out of both. `sensitivity` is 1 to 100, also a zone's."""

    sensitivity: int = 50
    smallest_percent: float = 0.1
    shortest_ms: int = 400
    zones: tuple[WatchedZone, ...] = ()
    ignored: frozenset[int] = frozenset()


class Moment(NamedTuple):
    """A picture in which something moved. `span`: what it stands for, and for the first one of something how long that had been there."""

    at_ms: int
    span: Span
    score: int
    zones: tuple[str, ...]
    shape: Shape


class Judge:
    def __init__(self, watch: Watch, tracker: Tracker | None = None) -> None:
        self._moments: list[Moment] = []
        self._changes: list[tuple[int, Shape]] = []
        self.look_elsewhere(watch, tracker)

    def look_elsewhere(self, watch: Watch, tracker: Tracker | None = None) -> None:
        """The camera has turned: other zones may hold, and what was followed is out of sight."""
        self.tracker = tracker or Tracker()
        self._watch = watch
        self._zones = watch.zones or (WatchedZone("", EVERYWHERE, watch.sensitivity),)
        # Of tracks that may yet get somewhere; those that did are in _changes.
        self._waiting: dict[int, tuple[Track, list[tuple[int, Shape]]]] = {}

    def see(self, sighting: Sighting) -> None:
        for track, shape in self.tracker.follow(sighting):
            _, waiting = self._waiting.setdefault(id(track), (track, []))
            waiting.append((sighting.at_ms, shape))
            if not gets_somewhere(track, self.tracker):
                continue
            self._changes += waiting
            waiting.clear()
            zones = [zone for zone in self._zones if _is_in(shape, zone.cells, self._watch.ignored)]
            if any(is_wanted(track, shape, zone.sensitivity, self._watch) for zone in zones):
                self._moments.append(_moment(track, shape, sighting.at_ms, zones))
                track.is_motion = 1
        known = {id(track) for track in self.tracker.tracks}
        self._waiting = {key: value for key, value in self._waiting.items() if key in known}

    def moving(self) -> list[Span]:
        """All so far."""
        return joined((moment.span for moment in self._moments), tolerance_ms=_REST_MS)

    def level(self, span: Span) -> int:
        """How strongly something moved in it where it is watched, 0 to 100, also when it is too small, too faint or too short to count."""
        shapes = [shape for at_ms, shape in self._changes if span.start_ms <= at_ms < span.end_ms]
        seen = [shape for shape in shapes if any(_is_in(shape, zone.cells, self._watch.ignored) for zone in self._zones)]
        return max(map(score_of, seen), default=0)

    def activity(self, span: Span, observed: bytes = b"") -> Activity:
        """What was seen in a span of what it was fed with."""
        moments = [moment for moment in self._moments if span.start_ms <= moment.at_ms < span.end_ms]
        best = max(moments, key=lambda moment: moment.score, default=None)
        moving = joined((moment.span for moment in moments), tolerance_ms=_REST_MS)
        return Activity(
            span=span,
            moving=tuple(Span(start_ms, min(end_ms, span.end_ms)) for start_ms, end_ms in moving),
            score=best.score if best else 0,
            zones=tuple(sorted({name for moment in moments for name in moment.zones})),
            counts=counts_of((at_ms, shape) for at_ms, shape in self._changes if span.start_ms <= at_ms < span.end_ms),
            best_at_ms=best.at_ms if best else None,
            box=best.shape.box if best else None,
            observed=observed,
        )


def _moment(track: Track, shape: Shape, at_ms: int, zones: Iterable[WatchedZone]) -> Moment:
    start_ms = at_ms if track.is_motion else max(track.first_ms, at_ms - _BACK_MS)
    span = Span(start_ms, at_ms + round(min(track.pace_ms, _LONGEST_STEP_MS)))
    return Moment(at_ms, span, score_of(shape), tuple(zone.name for zone in zones if zone.name), shape)


def gets_somewhere(track: Track, among: Tracker) -> bool:
    """Whatever the settings: not what sways, flickers, drips, shines or shoots past the lens. It takes more where there is more of that."""
    least_net = _LEAST_NET + _UNREST_NET * (1 - track.calm)
    if track.is_motion:
        return track.density >= _LEAST_DENSITY and track.net >= least_net
    seen_often = track.hits >= math.ceil(_SEEN_FOR_MS / track.pace_ms) + 2 + _CLUTTER_HITS * among.clutter
    is_steady = track.density >= _DENSITY
    is_straight = track.way <= _CROOKED * track.net + _JITTER
    leaves_its_place = track.net >= least_net + _CROWD_NET * max(among.crowd - _CROWD, 0) and track.far >= _far(100)
    is_sharp = track.edge >= (_LEAST_EDGE if track.area < _LARGE else _LEAST_EDGE_OF_LARGE)
    is_insect = track.area > _NEAR and track.lasted_ms < _NEAR_MS
    return seen_often and is_steady and is_straight and leaves_its_place and is_sharp and not is_insect


def is_wanted(track: Track, shape: Shape, sensitivity: int, watch: Watch) -> bool:
    """Whether what gets somewhere matters by these settings, now."""
    return bool(
        shape.contrast >= least_contrast(sensitivity)
        and shape.stir >= _LEAST_STIR
        and track.far >= _far(sensitivity)
        and (track.is_motion or track.area >= watch.smallest_percent * 100)
        and track.lasted_ms >= watch.shortest_ms
    )


def least_contrast(sensitivity: int) -> float:
    """In grey levels: 10 at 50, half with every 25 more, twice with every 25 less."""
    return _CONTRAST * 2 ** ((50 - sensitivity) / 25)


def score_of(shape: Shape) -> int:
    """0 to 100 by size and contrast: a person far away has some 30, near by 70, a car 95."""
    return round(100 * (1 - math.exp(-math.sqrt(shape.area / 100) * shape.contrast / 40)))


def counts_of(changes: Iterable[tuple[int, Shape]]) -> bytes:
    """Per grid cell, in how many pictures it changed; b"" without any."""
    counts, pictures = bytearray(CELLS), dict[int, set[int]]()
    for at_ms, shape in changes:
        pictures.setdefault(at_ms, set()).update(_cells(shape))
    for cells in pictures.values():
        for cell in cells:
            counts[cell] = min(counts[cell] + 1, 255)
    return bytes(counts) if pictures else b""


def _far(sensitivity: int) -> float:
    return _FAR * (1.6 - 0.012 * sensitivity)


def _is_in(shape: Shape, cells: frozenset[int], ignored: frozenset[int]) -> bool:
    """Where it stands counts, and otherwise where most of it is; for what stands where nothing counts nearly all of it has to be inside."""
    if cells is EVERYWHERE and not ignored:
        return True
    foot = _cell((shape.left + shape.right) / 2 / FINE_COLUMNS, (shape.bottom - 0.5) / FINE_ROWS)
    if foot in cells and foot not in ignored:
        return True
    of_it = _cells(shape)
    inside = sum(cell in cells and cell not in ignored for cell in of_it)
    return inside >= (0.8 if foot in ignored else 0.5) * len(of_it)


def _cells(shape: Shape) -> list[int]:
    across = range(shape.left * COLUMNS // FINE_COLUMNS, -(-shape.right * COLUMNS // FINE_COLUMNS))
    down = range(shape.top * ROWS // FINE_ROWS, -(-shape.bottom * ROWS // FINE_ROWS))
    return [row * COLUMNS + column for row in down for column in across]


def _cell(x: float, y: float) -> int:
    return min(int(y * ROWS), ROWS - 1) * COLUMNS + min(int(x * COLUMNS), COLUMNS - 1)
