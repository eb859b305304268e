"""Which events other settings would have made: judged again from what was observed, nothing is decoded."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import NamedTuple

from cameras.models import Camera
from recordings.models import LONGEST_SEGMENT_MS, MotionRule, MotionTrace, Zone
from recordings.rules.motion import observations, traces
from recordings.rules.motion.activity import Activity
from recordings.rules.motion.episodes import episodes
from recordings.rules.motion.judgement import Judge
from recordings.rules.motion.views import UNTURNED
from recordings.rules.spans import Span, clipped, joined, total_ms
from recordings.services.motion import is_on_at, watch_of, zones_at
from recordings.services.motion_views import views_in

logger = logging.getLogger(__name__)
# What had come into the picture before the window is known at its start.
_RUN_UP_MS = 10_000
_TRACES_AT_ONCE = 200


class ReplayedEvent(NamedTuple):
    """As an event would be; `best_at_ms`: when it was to be seen best."""

    span: Span
    peak_score: int
    zones: tuple[str, ...]
    best_at_ms: int | None


class Replay(NamedTuple):
    """`not_analysed_ms`: of the window, what nobody looked at although it was recorded and detection was on; `turning_ms`: while the camera
    turned.
    """

    events: tuple[ReplayedEvent, ...]
    analysed_ms: int
    not_analysed_ms: int
    turning_ms: int


def replay(camera: Camera, window: Span, *, rule: MotionRule, zones: Sequence[Zone]) -> Replay:
    """`rule` and `zones` need not be in the database. Its cost grows with what moved: about a second for a busy day."""
    views, view = views_in(camera.pk, Span(window.start_ms - _RUN_UP_MS, window.end_ms)), UNTURNED
    judge = Judge(watch_of(rule, zones_at(zones, view.preset_id)))
    analysed, left_out, turning = list[Span](), list[Span](), list[Span]()
    for activity in _activities(camera, Span(window.start_ms - _RUN_UP_MS, window.end_ms)):
        is_in_window = clipped([activity.span], window)
        if activity.skipped:
            left_out += is_in_window if activity.is_missed else []
            turning += is_in_window if activity.is_turning else []
            continue
        analysed += is_in_window
        now = views.view_at(activity.span.start_ms) or view
        if now != view:
            view = now
            judge.look_elsewhere(watch_of(rule, zones_at(zones, view.preset_id)))
        if is_on_at(rule, activity.span.start_ms):
            for sighting in observations.from_bytes(activity.observed, activity.span.start_ms):
                judge.see(sighting)
    moving = clipped(judge.moving(), window)
    events = tuple(_event(judge, span) for span in episodes(moving, ends_after_ms=rule.ends_after_s * 1000))
    return Replay(events, total_ms(joined(analysed)), total_ms(joined(left_out)), total_ms(joined(turning)))


def _activities(camera: Camera, window: Span) -> list[Activity]:
    """In the order of time; what was looked at twice (in both streams) once."""
    rows = MotionTrace.objects.filter(
        camera=camera,
        started_at_ms__gt=window.start_ms - LONGEST_SEGMENT_MS,
        started_at_ms__lt=window.end_ms,
        analysed_until_ms__gt=window.start_ms,
    )
    found: list[Activity] = []
    for entries in rows.order_by("started_at_ms").values_list("entries", flat=True).iterator(_TRACES_AT_ONCE):
        try:
            found += traces.from_bytes(bytes(entries))
        except traces.TraceError as error:
            logger.error("a motion trace of %s is left out: %s", camera, error)
    found.sort(key=lambda activity: activity.span)
    return [activity for activity in found if activity.span.end_ms > window.start_ms and activity.span.start_ms < window.end_ms]


def _event(judge: Judge, span: Span) -> ReplayedEvent:
    seen = judge.activity(span)
    return ReplayedEvent(span, seen.score, seen.zones, seen.best_at_ms)
