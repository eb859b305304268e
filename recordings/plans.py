"""Which streams are to be recorded now, how, and where: read from the database, and worked out from what was read last when it is away."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Sum

from cameras.models import Camera, Stream
from cameras.services import SWITCHED_OFF
from recordings.directory import RecordingDirectory
from recordings.models import RecordingRule, Volume, VolumeDay
from recordings.recorder import NotRecorded, Plan, Plans
from recordings.rules.cutting import Cutting, turn_of
from recordings.rules.schedule import ALWAYS, Schedule, ScheduleError, parse_schedule
from streaming.media.packet import Role, StreamKey

logger = logging.getLogger(__name__)
SHORTEST_SEGMENT_S = 5
LONGEST_SEGMENT_S = 60
# A volume that holds so much of what it may has no room when another one has.
_ALMOST_ALL = 0.97
_NO_DIRECTORY = NotRecorded("write_failure", "there is no recording directory")


@dataclass(frozen=True, slots=True)
class StreamRule:
    """What the database says of one stream."""

    stream: StreamKey
    is_enabled: bool
    record: str
    is_watched: bool
    streams: str
    schedule: Schedule
    time_zone: str
    longest_segment_s: int


@dataclass(frozen=True, slots=True)
class Facts:
    rules: tuple[StreamRule, ...]
    directories: tuple[RecordingDirectory, ...]


def read_facts() -> Facts:
    """Three queries. Raises DatabaseError."""
    rules = {rule.camera_id: rule for rule in RecordingRule.objects.all()}
    rows = Stream.objects.values_list(
        "camera_id", "role", "camera__is_enabled", "camera__record", "camera__detects_motion", "camera__slug", named=True
    )
    found = []
    for row in rows:
        rule = rules.get(row.camera_id) or RecordingRule()
        found.append(
            StreamRule(
                StreamKey(row.camera_id, Role(row.role)),
                row.camera__is_enabled,
                row.camera__record,
                row.camera__detects_motion or row.camera__record == Camera.Record.MOTION,
                rule.streams,
                _schedule(row.camera__slug, repr(rule.schedule), rule.schedule) if row.camera__record == Camera.Record.SCHEDULE else ALWAYS,
                rule.time_zone,
                rule.longest_segment_s,
            )
        )
    return Facts(tuple(found), tuple(_directories()))


class Planner:
    """plans() reads no database and no disk."""

    def __init__(self) -> None:
        self._switches: dict[tuple[Schedule, str], _Switch] = {}

    def plans(self, facts: Facts, now_ms: int) -> Plans:
        return {rule.stream: self._plan(rule, facts.directories, now_ms) for rule in facts.rules}

    def _plan(self, rule: StreamRule, directories: tuple[RecordingDirectory, ...], now_ms: int) -> Plan | NotRecorded:
        if not rule.is_enabled:
            return NotRecorded("off", SWITCHED_OFF)
        if rule.record == Camera.Record.OFF:
            return NotRecorded("off", "recording is switched off")
        # Motion is looked for in what is recorded: the small stream costs a tenth of the large one to decode.
        is_for_motion = rule.is_watched and rule.stream.role == Role.SUB
        if rule.streams not in (RecordingRule.Streams.BOTH, rule.stream.role) and not is_for_motion:
            return NotRecorded("off", "this stream is not to be recorded")
        if rule.record == Camera.Record.SCHEDULE:
            switch = self._switch(rule, now_ms)
            if not switch.is_on:
                return NotRecorded("schedule_off", switch.reason)
        if not directories:
            return _NO_DIRECTORY
        longest_ms = 1000 * min(max(rule.longest_segment_s, SHORTEST_SEGMENT_S), LONGEST_SEGMENT_S)
        turn_ms = turn_of(rule.stream.camera_id, rule.stream.role, longest_ms)
        return Plan(directories, Cutting(longest_segment_ms=longest_ms, turn_ms=turn_ms))

    def _switch(self, rule: StreamRule, now_ms: int) -> _Switch:
        """Worked out once per change, not at every look: finding the next change is a week's work."""
        key = (rule.schedule, rule.time_zone)
        known = self._switches.get(key)
        if known is None or not known.holds(now_ms):
            known = self._switches[key] = _Switch.at(rule.schedule, _zone(rule.time_zone), now_ms)
        return known


@dataclass(frozen=True, slots=True)
class _Switch:
    is_on: bool
    since_ms: int
    until_ms: int | None
    reason: str

    @classmethod
    def at(cls, schedule: Schedule, zone: ZoneInfo, now_ms: int) -> _Switch:
        until_ms = schedule.next_change_ms(now_ms, zone)
        until = f" until {datetime.fromtimestamp(until_ms // 1000, zone):%Y-%m-%d %H:%M}" if until_ms is not None else ""
        return cls(schedule.is_on(now_ms, zone), now_ms, until_ms, f"off by schedule{until}")

    def holds(self, now_ms: int) -> bool:
        return self.since_ms <= now_ms and (self.until_ms is None or now_ms < self.until_ms)


def _directories() -> list[RecordingDirectory]:
    """In the order of preference; those that hold what they may come last."""
    used: Mapping[UUID, int] = dict(
        VolumeDay.objects.filter(volume__max_bytes__isnull=False).values_list("volume").annotate(total=Sum("size_bytes"))
    )
    volumes = list(Volume.objects.filter(is_enabled=True))
    volumes.sort(key=lambda volume: volume.max_bytes is not None and used.get(volume.pk, 0) >= _ALMOST_ALL * volume.max_bytes)
    return [volume.directory() for volume in volumes]


@cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        logger.error("the time zone “%s” is not known; schedules in it are taken to be in UTC", name)
        return ZoneInfo("UTC")


_schedules: dict[str, Schedule] = {}


def _schedule(camera: str, text: str, stored: object) -> Schedule:
    """One that can't be read is always on: rather too much footage than none."""
    if text not in _schedules:
        try:
            _schedules[text] = parse_schedule(stored)
        except ScheduleError as error:
            logger.error("the schedule of camera %s can't be used, it is recorded always: %s", camera, error)
            _schedules[text] = ALWAYS
    return _schedules[text]
