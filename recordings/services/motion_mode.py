"""What the rule "no motion" is planned from: for each camera that is recorded on motion, what was looked at and what of it is wanted.

Traces are asked as well as events: what a crash kept from becoming an event is kept all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Sum

from cameras.models import Camera
from recordings.models import CoverageDay, Deletion, Event, MotionRule, MotionTrace, RecordingRule
from recordings.rules.days import DAY_MS, day_of
from recordings.rules.motion.activity import TURNED_BY_ITSELF, Activity
from recordings.rules.motion.traces import TraceError, from_bytes
from recordings.rules.no_motion import Watch
from recordings.rules.retention import Judged, Rule
from recordings.rules.spans import Span
from recordings.services.complaints import complain

logger = logging.getLogger(__name__)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# So much of a camera is decided at once, however far behind it is.
_REACH_MS = 6 * 3_600_000
# The detector and who makes events of what it says must have had the time to.
_SOONEST_MS = 120_000
# Longer files began before what is read: what was looked at in them is not known, so they stay.
_LONGEST_FILE_MS = 600_000
# Events that last longer keep their footage by their motion.
_LONGEST_EVENT_MS = DAY_MS
_SHARE_OF_DAYS = 7


def watches(now_ms: int) -> dict[int, Watch]:
    """By camera id. Four queries a camera, and the traces of what is to be decided: usually a minute or two."""
    cameras = Camera.objects.filter(record=Camera.Record.MOTION).values_list("pk", "record_changed_at")
    rules = {rule.camera_id: rule for rule in MotionRule.objects.all()}
    held = dict(RecordingRule.objects.values_list("camera_id", "hold_minutes"))
    default = int(RecordingRule().hold_minutes)
    return {
        camera_id: _watch(
            rules.get(camera_id) or MotionRule(camera_id=camera_id), changed_at, held.get(camera_id, default) * 60_000, now_ms
        )
        for camera_id, changed_at in cameras
    }


def go_on_from(judged: Judged) -> bool:
    """Remembers up to where it is decided. False when another run was quicker."""
    if judged.until_ms <= judged.since_ms:
        return False
    MotionRule.objects.get_or_create(camera_id=judged.camera_id, defaults={"time_zone": settings.TIME_ZONE})
    rows = MotionRule.objects.filter(camera_id=judged.camera_id, judged_until_ms__lte=judged.since_ms)
    return bool(rows.update(judged_until_ms=judged.until_ms))


def kept_shares(now_ms: int) -> Mapping[int, float]:
    """By camera recorded on motion: which part of what is written stays, 0 to 1, as the last week was. Two queries a camera."""
    since_ms = now_ms - _SHARE_OF_DAYS * DAY_MS
    found: dict[int, float] = {}
    for camera_id in Camera.objects.filter(record=Camera.Record.MOTION).values_list("pk", flat=True):
        days = CoverageDay.objects.filter(camera_id=camera_id, day__gte=day_of(since_ms))
        kept_ms = days.aggregate(total=Sum("recorded_ms"))["total"] or 0
        deletions = Deletion.objects.filter(camera_id=camera_id, rule=Rule.NO_MOTION, end_ms__gt=since_ms)
        gone_ms = sum(end_ms - max(start_ms, since_ms) for start_ms, end_ms in deletions.values_list("start_ms", "end_ms"))
        if gone_ms:
            found[camera_id] = kept_ms / (kept_ms + gone_ms)
    return found


def _watch(rule: MotionRule, changed_at: datetime, hold_ms: int, now_ms: int) -> Watch:
    """What was recorded in another way is none of the rule's business."""
    pre_roll_ms, post_roll_ms = rule.pre_roll_s * 1000, rule.post_roll_s * 1000
    since_ms = max(rule.judged_until_ms, (changed_at - _EPOCH) // timedelta(milliseconds=1))
    until_ms = min(now_ms - max(hold_ms, pre_roll_ms + _SOONEST_MS), since_ms + _REACH_MS)
    window = Span(since_ms - post_roll_ms, until_ms + pre_roll_ms)
    if until_ms <= since_ms:
        return Watch(since_ms, until_ms, pre_roll_ms, [], 0, [])
    activities = _activities(rule.camera_id, window)
    moving = [part for activity in activities for part in activity.moving]
    return Watch(
        since_ms=since_ms,
        until_ms=until_ms,
        pre_roll_ms=pre_roll_ms,
        looked_at=[activity.span for activity in activities if _is_known(activity)],
        looked_until_ms=_looked_until_ms(rule.camera_id),
        wanted=[*_events_in(rule.camera_id, window), *(Span(part.start_ms - pre_roll_ms, part.end_ms + post_roll_ms) for part in moving)],
    )


def _is_known(activity: Activity) -> bool:
    """A tour shows nothing on its way that somebody wanted to see. Who turns a camera by hand follows something: that stays."""
    return not activity.skipped or activity.skipped == TURNED_BY_ITSELF


def _activities(camera_id: int, window: Span) -> list[Activity]:
    """A trace that can't be read is of footage that nobody looked at."""
    traces = MotionTrace.objects.filter(
        camera_id=camera_id,
        started_at_ms__gt=window.start_ms - _LONGEST_FILE_MS,
        started_at_ms__lt=window.end_ms,
        analysed_until_ms__gt=window.start_ms,
    )
    found: list[Activity] = []
    for entries in traces.order_by("started_at_ms").values_list("entries", flat=True):
        try:
            found += from_bytes(bytes(entries))
        except TraceError as error:
            complain(logger, f"camera {camera_id}: {error}")
    return found


def _looked_until_ms(camera_id: int) -> int:
    newest = MotionTrace.objects.filter(camera_id=camera_id).order_by("-started_at_ms").values_list("analysed_until_ms", flat=True)
    return max(newest[:2], default=0)


def _events_in(camera_id: int, window: Span) -> list[Span]:
    events = Event.objects.filter(camera_id=camera_id, start_ms__lt=window.end_ms, start_ms__gt=window.start_ms - _LONGEST_EVENT_MS)
    rows = events.filter(footage_end_ms__gt=window.start_ms).values_list("footage_start_ms", "footage_end_ms")
    return [Span(start_ms, end_ms) for start_ms, end_ms in rows]
