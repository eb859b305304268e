"""Events out of what was seen: each episode of motion is one."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from cameras.models import Camera
from recordings.models import Event, MotionRule
from recordings.rules.motion.activity import Activity
from recordings.rules.motion.episodes import episodes
from recordings.rules.spans import Span


def note_motion(camera: Camera, rule: MotionRule, activities: Sequence[Activity], *, now_ms: int) -> None:
    """May be called twice with the same, and late."""
    if not activities:
        return
    ends_after_ms, known_until_ms = rule.ends_after_s * 1000, activities[-1].span.end_ms
    moving = [span for activity in activities for span in activity.moving]
    peak = max(activity.score for activity in activities)
    with transaction.atomic():
        going_on = Event.objects.filter(camera=camera, kind=Event.Kind.MOTION, end_ms=None).first()
        known = [Span(going_on.start_ms, going_on.seen_until_ms)] if going_on else []
        for span in episodes([*known, *moving], ends_after_ms=ends_after_ms):
            end_ms = span.end_ms if known_until_ms - span.end_ms >= ends_after_ms else None
            times = {
                "end_ms": end_ms,
                "seen_until_ms": span.end_ms,
                "footage_start_ms": span.start_ms - rule.pre_roll_s * 1000,
                "footage_end_ms": span.end_ms + rule.post_roll_s * 1000,
            }
            event, _ = Event.objects.get_or_create(
                camera=camera, kind=Event.Kind.MOTION, start_ms=span.start_ms, defaults=times | {"peak_score": peak}
            )
            Event.objects.filter(pk=event.pk).update(**times, peak_score=max(event.peak_score, peak))
