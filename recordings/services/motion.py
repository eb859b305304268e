"""How a camera is watched for motion, and how that goes now. What does the work is motion_analysis.py."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cameras.models import Camera, Stream
from recordings.models import MotionRule, MotionTrace, MotionWatch, Segment, Zone
from recordings.rules.motion.grid import PolygonError, cells_in, parse_polygon
from recordings.rules.motion.judgement import Watch, WatchedZone
from recordings.rules.schedule import ALWAYS, Schedule, ScheduleError, parse_schedule
from recordings.services import motion_memory
from recordings.services.complaints import complain

logger = logging.getLogger(__name__)
# A report older than this is of a detector that is not at work.
_CURRENT_MS = 15_000
_RECENT_TRACES = 3


@dataclass(frozen=True, slots=True)
class MotionStatus:
    """`why_not`: in words, when it is off or can't work. `role`: of the stream that is looked through. `lag_ms`: how far behind the newest
    footage it is; None when nobody knows. `reason`: why less is looked at than was asked for; "" when all is.
    """

    is_on: bool
    why_not: str
    role: str
    analysed_until_ms: int | None
    lag_ms: int | None
    analyses_per_s: float
    reason: str


def rule_of(camera: Camera) -> MotionRule:
    """Its row, or one with the defaults that is not in the database."""
    return MotionRule.objects.filter(camera=camera).first() or MotionRule(camera=camera)


def is_wanted(camera: Camera) -> bool:
    """Recording on motion needs motion, whether or not somebody also ticked it."""
    return camera.detects_motion or camera.record == Camera.Record.MOTION


def role_of(camera: Camera) -> str:
    """The smallest stream that is recorded while the camera is watched: see recordings/plans.py."""
    return role_with(any(stream.role == Stream.Role.SUB for stream in camera.streams.all()))


def role_with(has_sub: bool) -> str:
    return "sub" if has_sub else "main"


def watch_of(rule: MotionRule, zones: list[Zone]) -> Watch:
    """A zone that can't be read is left out, and complained of: rather too much is watched than nothing."""
    watched, ignored = [], frozenset[int]()
    for zone in zones:
        try:
            cells = cells_in(parse_polygon(zone.points))
        except PolygonError as error:
            complain(logger, f"the zone “{zone.name}” can't be used: {error}")
            continue
        if zone.kind == Zone.Kind.IGNORE:
            ignored |= cells
        else:
            watched.append(WatchedZone(zone.name, cells, zone.sensitivity or rule.sensitivity))
    return Watch(rule.sensitivity, rule.smallest_percent, rule.shortest_ms, tuple(watched), ignored)


def zones_at(zones: Iterable[Zone], preset_id: int | None) -> list[Zone]:
    """Those that hold while the camera stands at that preset; None: somewhere else, or always at one place."""
    return [zone for zone in zones if zone.holds_everywhere or (preset_id is not None and zone.preset_id == preset_id)]


def zones_of(camera: Camera) -> list[Zone]:
    return list(Zone.objects.filter(camera=camera))


def is_on_at(rule: MotionRule, at_ms: int) -> bool:
    """By its schedule."""
    return not rule.schedule or _schedule(repr(rule.schedule), rule.schedule).is_on(at_ms, _zone(rule.time_zone))


def status_of(camera: Camera, *, now_ms: int | None = None) -> MotionStatus:
    """Two or three queries, and one word with Redis. Without Redis it tells what the database knows."""
    now_ms = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    rule, role = rule_of(camera), role_of(camera)
    traces = MotionTrace.objects.filter(camera=camera, started_at_ms__lte=now_ms).order_by("-started_at_ms")
    until_ms = max(traces.values_list("analysed_until_ms", flat=True)[:_RECENT_TRACES], default=None)
    why_not = _why_not(camera, rule, now_ms)
    report = motion_memory.report_of(camera.pk)
    if why_not or report is None or now_ms - report.at_ms > _CURRENT_MS:
        if not why_not and not MotionWatch.objects.filter(camera=camera).exists():
            why_not = "It begins as soon as the motion worker runs."
        lag_ms = None if why_not or until_ms is None else _behind_ms(camera, role, until_ms)
        return MotionStatus(not why_not, why_not, role, until_ms, lag_ms, 0.0, "")
    return MotionStatus(True, "", report.role, until_ms, report.lag_ms, report.analyses_per_s, report.reason)


def _behind_ms(camera: Camera, role: str, until_ms: int) -> int:
    newest = Segment.objects.filter(camera=camera, role=role, doomed_by="").order_by("-started_at_ms").values_list("ended_at_ms", flat=True)
    return max((newest.first() or until_ms) - until_ms, 0)


def _why_not(camera: Camera, rule: MotionRule, now_ms: int) -> str:
    if not camera.is_enabled:
        return "This camera is switched off."
    if not is_wanted(camera):
        return "Motion detection is switched off for this camera."
    if camera.record == Camera.Record.OFF:
        return "This camera is not recorded, and motion is looked for in what is recorded."
    if not is_on_at(rule, now_ms):
        return "Motion detection is off by its schedule."
    return ""


@cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        logger.error("the time zone “%s” is not known; hours of motion detection in it are taken to be in UTC", name)
        return ZoneInfo("UTC")


_schedules: dict[str, Schedule] = {}


def _schedule(text: str, stored: Any) -> Schedule:
    """One that can't be read is always on."""
    if text not in _schedules:
        try:
            _schedules[text] = parse_schedule(stored)
        except ScheduleError as error:
            logger.error("hours of motion detection can't be used, it is always on: %s", error)
            _schedules[text] = ALWAYS
    return _schedules[text]
