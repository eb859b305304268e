"""Events of motion, made from what the detector says of footage. The rules are in rules/motion/event_growth.py.

note_motion      what the detector says of some fragments, once or twice, in time or long after
end_abandoned    events whose detector died
note_again       what was said and, for a crash, never noted: the traces still have it
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from cameras.models import Camera
from recordings.models import Event, MotionRule, MotionTrace
from recordings.rules.motion.activity import Activity, Box
from recordings.rules.motion.event_growth import Marks, Place, Sighting, home_of, marked, placed, sightings
from recordings.rules.motion.traces import TraceError, from_bytes
from recordings.rules.spans import Span, joined, without
from recordings.services.complaints import complain
from recordings.services.event_states import begin, change, end, going_on, touch

logger = logging.getLogger(__name__)
_LATE_MS = 60_000
# A detector that works adds to an event, or says that it goes on, every few seconds.
_ABANDONED_MS = 120_000
_AGAIN_MS = 600_000


def note_motion(camera: Camera, rule: MotionRule, activities: Sequence[Activity], *, now_ms: int) -> None:
    """Makes, adds to and ends events. Told again it changes nothing; told late, events come in the order in which things happened.

    Without motion, and none going on, it costs one query. Else a short transaction, one at a time for a camera.
    """
    ends_after_ms = rule.ends_after_s * 1000
    found = sightings(activities, ends_after_ms=ends_after_ms)
    if not activities or not (found or _motion_of(camera).filter(end_ms__isnull=True).exists()):
        return
    known_until_ms = max(activity.span.end_ms for activity in activities)
    with transaction.atomic():
        if not _is_locked(camera):
            return
        for sighting in found:
            _note(camera, rule, sighting, now_ms)
        for event in _motion_of(camera).filter(end_ms__isnull=True).select_related("camera"):
            if known_until_ms - event.seen_until_ms >= ends_after_ms:
                end(event, event.seen_until_ms, now_ms=now_ms)
            else:
                touch(event, now_ms=now_ms)


def end_abandoned(*, now_ms: int) -> int:
    """Ends events of motion that nobody goes on with; should their detector come back, it goes on with them. Returns how many."""
    abandoned = going_on().filter(kind=Event.Kind.MOTION, touched_at_ms__lt=now_ms - _ABANDONED_MS).select_related("camera")
    return sum(end(event, event.seen_until_ms, now_ms=now_ms) for event in abandoned)


def note_again(*, now_ms: int) -> None:
    """The newest ten minutes of what each camera's traces tell: for motion that was kept and, for a crash, not made an event of.

    Three queries a camera that watches for motion.
    """
    for camera in Camera.objects.filter(detects_motion=True):
        activities = _newest_activities(camera)
        rule = MotionRule.objects.filter(camera=camera).first() or MotionRule(camera=camera)
        found = [sighting.span for sighting in sightings(activities, ends_after_ms=rule.ends_after_s * 1000)]
        if found and not _are_noted(camera, found):
            note_motion(camera, rule, activities, now_ms=now_ms)


def _newest_activities(camera: Camera) -> list[Activity]:
    """In order; without those of traces in which nothing moved."""
    traces = MotionTrace.objects.filter(camera=camera)
    newest_ms = traces.order_by("-started_at_ms").values_list("started_at_ms", flat=True).first()
    if newest_ms is None:
        return []
    moving = traces.filter(started_at_ms__gte=newest_ms - _AGAIN_MS, peak_score__gt=0, segment__doomed_by="").order_by("started_at_ms")
    found: list[Activity] = []
    for entries in moving.values_list("entries", flat=True):
        try:
            found += from_bytes(bytes(entries))
        except TraceError as error:
            complain(logger, f"camera {camera.slug}: {error}")
    return found


def _are_noted(camera: Camera, spans: Sequence[Span]) -> bool:
    """Whether all of the spans lie in events."""
    near = _near(camera, Span(spans[0].start_ms, spans[-1].end_ms), 0)
    events = joined(Span(event.start_ms, event.seen_until_ms) for event in near)
    return all(not without(span, events) for span in spans)


def _note(camera: Camera, rule: MotionRule, sighting: Sighting, now_ms: int) -> None:
    ends_after_ms = rule.ends_after_s * 1000
    near = _near(camera, sighting.span, ends_after_ms)
    places = placed(sighting.span, [Span(event.start_ms, event.seen_until_ms) for event in near], ends_after_ms=ends_after_ms)
    home = home_of(sighting.marks, places)
    for place in places:
        if place.known is None:
            _make(camera, rule, sighting, now_ms)
        else:
            _grow(near[place.known], rule, place, sighting.marks if place == home else Marks(), now_ms)


def _make(camera: Camera, rule: MotionRule, sighting: Sighting, now_ms: int) -> None:
    """Only the newest event can go on: what comes before another one is over."""
    span, marks = sighting.span, sighting.marks
    is_newest = _is_newest(camera, span.start_ms)
    if is_newest:
        for event in _motion_of(camera).filter(end_ms__isnull=True).select_related("camera"):
            end(event, event.seen_until_ms, now_ms=now_ms)
    event = Event(
        camera=camera,
        kind=Event.Kind.MOTION,
        start_ms=span.start_ms,
        end_ms=None if is_newest else span.end_ms,
        seen_until_ms=span.end_ms,
        footage_start_ms=span.start_ms - rule.pre_roll_s * 1000,
        footage_end_ms=span.end_ms + rule.post_roll_s * 1000,
        is_late=now_ms - span.end_ms > _LATE_MS,
        needs_pictures=True,
        **_fields_of(marks),
    )
    begin(event, now_ms=now_ms)


def _grow(event: Event, rule: MotionRule, place: Place, marks: Marks, now_ms: int) -> None:
    """What was over goes on again when it is the newest, and note_motion() then looks whether it is over."""
    span, end_ms = place.span, event.end_ms
    if span.end_ms > event.seen_until_ms and end_ms is not None:
        end_ms = None if _is_newest(event.camera, event.start_ms) else span.end_ms
    grown: dict[str, Any] = {
        "start_ms": span.start_ms,
        "seen_until_ms": span.end_ms,
        "end_ms": end_ms,
        "footage_start_ms": min(event.footage_start_ms, span.start_ms - rule.pre_roll_s * 1000),
        "footage_end_ms": max(event.footage_end_ms, span.end_ms + rule.post_roll_s * 1000),
        **_fields_of(marked(_marks_of(event), marks)),
    }
    if any(getattr(event, name) != value for name, value in grown.items()):
        change(event, now_ms=now_ms, needs_pictures=True, **grown)


def _is_newest(camera: Camera | None, start_ms: int) -> bool:
    return not _motion_of(camera).filter(start_ms__gt=start_ms).exists()


def _motion_of(camera: Camera | None) -> QuerySet[Event]:
    return Event.objects.filter(camera=camera, kind=Event.Kind.MOTION)


def _near(camera: Camera, span: Span, ends_after_ms: int) -> list[Event]:
    """In order of time: what begins in the span or soon after it, and the one before, which alone can reach into it."""
    rows = _motion_of(camera).select_related("camera")
    before = rows.filter(start_ms__lt=span.start_ms).order_by("-start_ms")[:1]
    return [*before, *rows.filter(start_ms__gte=span.start_ms, start_ms__lt=span.end_ms + ends_after_ms).order_by("start_ms")]


def _is_locked(camera: Camera) -> bool:
    """Until the transaction ends nobody else notes this camera's motion (SQLite: writes at all). False when the camera is gone."""
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
