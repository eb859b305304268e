"""From what the detector says of fragments to events, which grow as more is seen, in whatever order and however often it is told. Pure.

    sightings   what one batch of activities adds: motion without a rest that ends an event
    placed      where a sighting belongs among the events there are: to which of them, or to none
    marked      how strong, where and when best, of all that belongs to one event

Told twice, a sighting changes nothing. Events of one camera never overlap: people have been told of each, so two that turn out to be one
stay two, side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from recordings.rules.motion.activity import Activity, Box
from recordings.rules.motion.episodes import episodes
from recordings.rules.spans import Span


@dataclass(frozen=True, slots=True)
class Marks:
    """`score`: the highest; `best_at_ms` and `box` are of that moment. `zones` in the order of their names."""

    score: int = 0
    zones: tuple[str, ...] = ()
    best_at_ms: int | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    span: Span
    marks: Marks


@dataclass(frozen=True, slots=True)
class Place:
    """The event's new span; `known` is its number among those there were, None for a new event."""

    span: Span
    known: int | None = None


def sightings(activities: Sequence[Activity], *, ends_after_ms: int) -> list[Sighting]:
    """In order of time, apart by `ends_after_ms` at least."""
    moving = [activity for activity in activities if activity.moving]
    found = episodes((span for activity in moving for span in activity.moving), ends_after_ms=ends_after_ms)
    return [Sighting(span, _marks_of(activity for activity in moving if _is_in(activity, span))) for span in found]


def placed(sighting: Span, known: Sequence[Span], *, ends_after_ms: int) -> list[Place]:
    """`known`: the spans of the events there are, in order of time, at least those within a rest's length of the sighting."""
    near = [
        (number, span)
        for number, span in enumerate(known)
        if sighting.start_ms - span.end_ms < ends_after_ms and span.start_ms - sighting.end_ms < ends_after_ms
    ]
    if not near:
        return [Place(sighting)]
    places = []
    for at, (number, span) in enumerate(near):
        start_ms = span.start_ms if at else min(span.start_ms, sighting.start_ms)
        next_ms = near[at + 1][1].start_ms if at + 1 < len(near) else None
        # What begins in the next one is that one's alone.
        end_ms = sighting.end_ms if next_ms is None else min(sighting.end_ms, next_ms) if sighting.start_ms < next_ms else span.end_ms
        places.append(Place(Span(start_ms, max(span.end_ms, end_ms)), number))
    return places


def home_of(marks: Marks, places: Sequence[Place]) -> Place:
    """Of the places of one sighting, the one that its best moment lies in."""
    at_ms = marks.best_at_ms
    return next((place for place in places if at_ms is not None and place.span.start_ms <= at_ms < place.span.end_ms), places[0])


def marked(first: Marks, second: Marks) -> Marks:
    """The stronger one's moment counts, of equals the first one's."""
    best = second if second.score > first.score or first.best_at_ms is None else first
    return replace(best, score=max(first.score, second.score), zones=tuple(sorted({*first.zones, *second.zones})))


def _marks_of(activities: Iterable[Activity]) -> Marks:
    marks = Marks()
    for activity in activities:
        best_at_ms = activity.best_at_ms if activity.best_at_ms is not None else activity.moving[0].start_ms
        marks = marked(marks, Marks(activity.score, activity.zones, best_at_ms, activity.box))
    return marks


def _is_in(activity: Activity, span: Span) -> bool:
    return any(part.start_ms < span.end_ms and part.end_ms > span.start_ms for part in activity.moving)
