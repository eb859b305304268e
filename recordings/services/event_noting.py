"""What was seen at a camera made into events, in whatever order and however often it is told. Where it belongs is decided by
rules/motion/event_growth.py; here are the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from cameras.models import Camera
from recordings.models import Event
from recordings.rules.motion.activity import Box
from recordings.rules.motion.event_growth import Marks, Place, Sighting, home_of, marked, placed
from recordings.rules.spans import Span, joined, without
from recordings.services.event_states import begin, change, end, going_on_at, known_at, touch

_LATE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Manner:
    """How sightings of one kind become events. A rest of `ends_after_ms` ends one; the rolls are footage that belongs to it."""

    kind: Event.Kind
    ends_after_ms: int
    pre_roll_ms: int
    post_roll_ms: int
    has_pictures: bool = False


def note(camera: Camera, manner: Manner, found: Sequence[Sighting], *, known_until_ms: int, now_ms: int, reason: str = "") -> None:
    """`known_until_ms`: up to when all is known; what rested by then is over.

    Costs one query when nothing was found and nothing goes on, else a short transaction, one at a time for a camera.
    """
    if not found and not going_on_at(camera, manner.kind):
        return
    with transaction.atomic():
        if not _is_locked(camera):
            return
        for sighting in found:
            _Noting(camera, manner, now_ms, reason).note(sighting)
        for event in going_on_at(camera, manner.kind):
            if known_until_ms - event.seen_until_ms >= manner.ends_after_ms:
                end(event, event.seen_until_ms, now_ms=now_ms)
            else:
                touch(event, now_ms=now_ms)


def are_noted(camera: Camera, kind: Event.Kind, spans: Sequence[Span]) -> bool:
    """Whether all of the spans, in order of time, lie in events."""
    near = _near(camera, kind, Span(spans[0].start_ms, spans[-1].end_ms), 0)
    events = joined(Span(event.start_ms, event.seen_until_ms) for event in near)
    return all(not without(span, events) for span in spans)


class _Noting:
    """Inside the transaction."""

    def __init__(self, camera: Camera, manner: Manner, now_ms: int, reason: str) -> None:
        self._camera, self._manner, self._now_ms, self._reason = camera, manner, now_ms, reason

    def note(self, sighting: Sighting) -> None:
        ends_after_ms = self._manner.ends_after_ms
        near = _near(self._camera, self._manner.kind, sighting.span, ends_after_ms)
        places = placed(sighting.span, [Span(event.start_ms, event.seen_until_ms) for event in near], ends_after_ms=ends_after_ms)
        home = home_of(sighting.marks, places)
        for place in places:
            if place.known is None:
                self._make(sighting)
            else:
                self._grow(near[place.known], place, sighting.marks if place == home else Marks())

    def _make(self, sighting: Sighting) -> None:
        """Only the newest event can go on: what comes before another one is over."""
        span = sighting.span
        is_newest = self._is_newest(span.start_ms)
        if is_newest:
            for event in going_on_at(self._camera, self._manner.kind):
                end(event, event.seen_until_ms, now_ms=self._now_ms)
        event = Event(
            camera=self._camera,
            kind=self._manner.kind,
            start_ms=span.start_ms,
            end_ms=None if is_newest else span.end_ms,
            seen_until_ms=span.end_ms,
            footage_start_ms=span.start_ms - self._manner.pre_roll_ms,
            footage_end_ms=span.end_ms + self._manner.post_roll_ms,
            reason=self._reason,
            is_late=self._now_ms - span.end_ms > _LATE_MS,
            needs_pictures=self._manner.has_pictures,
            **_fields_of(sighting.marks),
        )
        begin(event, now_ms=self._now_ms)

    def _grow(self, event: Event, place: Place, marks: Marks) -> None:
        """What was over goes on again when it is the newest, and note() then looks whether it is over."""
        span, end_ms = place.span, event.end_ms
        if span.end_ms > event.seen_until_ms and end_ms is not None:
            end_ms = None if self._is_newest(event.start_ms) else span.end_ms
        grown: dict[str, Any] = {
            "start_ms": span.start_ms,
            "seen_until_ms": span.end_ms,
            "end_ms": end_ms,
            "footage_start_ms": min(event.footage_start_ms, span.start_ms - self._manner.pre_roll_ms),
            "footage_end_ms": max(event.footage_end_ms, span.end_ms + self._manner.post_roll_ms),
            **_fields_of(marked(_marks_of(event), marks)),
        }
        if any(getattr(event, name) != value for name, value in grown.items()):
            change(event, now_ms=self._now_ms, touched_at_ms=self._now_ms, needs_pictures=self._manner.has_pictures, **grown)

    def _is_newest(self, start_ms: int) -> bool:
        """Asked for in order, so that PostgreSQL does not begin to read all of them."""
        newer = _of(self._camera, self._manner.kind).filter(start_ms__gt=start_ms).order_by("-start_ms")
        return newer.values_list("pk", flat=True).first() is None


def _of(camera: Camera, kind: Event.Kind) -> QuerySet[Event]:
    return Event.objects.filter(camera=camera, kind=kind).order_by()


def _near(camera: Camera, kind: Event.Kind, span: Span, ends_after_ms: int) -> list[Event]:
    """In order of time: what begins in the span or soon after it, and the one before, which alone can reach into it."""
    rows = _of(camera, kind)
    before = rows.filter(start_ms__lt=span.start_ms).order_by("-start_ms")[:1]
    after = rows.filter(start_ms__gte=span.start_ms, start_ms__lt=span.end_ms + ends_after_ms).order_by("start_ms")
    return known_at(camera, [*before, *after])


def _is_locked(camera: Camera) -> bool:
    """Until the transaction ends nobody else notes what this camera saw (SQLite: writes at all). False when the camera is gone."""
    return bool(Camera.objects.select_for_update(no_key=True).filter(pk=camera.pk).values_list("pk"))


def _fields_of(marks: Marks) -> dict[str, Any]:
    return {
        "peak_score": marks.score,
        "zones": list(marks.zones),
        "best_at_ms": marks.best_at_ms,
        "box": None if marks.box is None else [round(part, 4) for part in marks.box],
    }


def _marks_of(event: Event) -> Marks:
    return Marks(event.peak_score, tuple(event.zones), event.best_at_ms, None if event.box is None else Box(*event.box))
