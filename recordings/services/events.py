"""Events of motion, made from what the detector says of footage.

note_motion      what the detector says of some fragments, once or twice, in time or long after
end_abandoned    events whose detector died
note_again       what was said and, for a crash, never noted: the traces still have it
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from cameras.models import Camera
from recordings.models import Event, MotionRule, MotionTrace
from recordings.rules.motion.activity import Activity
from recordings.rules.motion.event_growth import sightings
from recordings.rules.motion.traces import TraceError, from_bytes
from recordings.services.complaints import complain
from recordings.services.event_noting import Manner, are_noted, note
from recordings.services.event_states import end, going_on

logger = logging.getLogger(__name__)
# A detector that works adds to an event, or says that it goes on, every few seconds (event_states.TOUCH_EVERY_MS).
_ABANDONED_MS = 120_000
_AGAIN_MS = 600_000


def note_motion(camera: Camera, rule: MotionRule, activities: Sequence[Activity], *, now_ms: int) -> None:
    """Makes, adds to and ends events. Told again it changes nothing; told late, events come in the order in which things happened.

    Without motion, and none going on, it costs one query.
    """
    if activities:
        manner = _manner_of(rule)
        found = sightings(activities, ends_after_ms=manner.ends_after_ms)
        note(camera, manner, found, known_until_ms=max(activity.span.end_ms for activity in activities), now_ms=now_ms)


def end_abandoned(*, now_ms: int) -> int:
    """Ends events of motion that nobody goes on with; should their detector come back, it goes on with them. Returns how many."""
    abandoned = going_on().filter(kind=Event.Kind.MOTION, touched_at_ms__lt=now_ms - _ABANDONED_MS)
    return sum(end(event, event.seen_until_ms, now_ms=now_ms) for event in abandoned)


def note_again(*, now_ms: int) -> None:
    """The newest ten minutes of what each camera's traces tell: for motion that was kept and, for a crash, not made an event of.

    Three queries a camera that watches for motion.
    """
    for camera in Camera.objects.filter(detects_motion=True).defer("username", "password"):
        activities = _newest_activities(camera)
        rule = MotionRule.objects.filter(camera=camera).first() or MotionRule(camera=camera)
        found = [sighting.span for sighting in sightings(activities, ends_after_ms=rule.ends_after_s * 1000)]
        if found and not are_noted(camera, Event.Kind.MOTION, found):
            note_motion(camera, rule, activities, now_ms=now_ms)


def _manner_of(rule: MotionRule) -> Manner:
    return Manner(
        Event.Kind.MOTION,
        ends_after_ms=rule.ends_after_s * 1000,
        pre_roll_ms=rule.pre_roll_s * 1000,
        post_roll_ms=rule.post_roll_s * 1000,
        has_pictures=True,
    )


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
