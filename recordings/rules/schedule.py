"""The hours of a week in which a camera is recorded. Pure: moments and the time zone come in.

As it is stored: per weekday "0" (Monday) to "6" a list of ["HH:MM", "HH:MM"], start and end in local time, half open. "24:00" is an end. An
end that is not after its start is one of the next day: ["22:00", "06:00"] lasts eight hours, ["00:00", "00:00"] a day.

Local time is what the clock on the wall says. So when daylight saving begins, the hour that is left out is not recorded, and when it ends,
the hour that comes twice is recorded twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

MINUTES_PER_DAY = 24 * 60
_DAYS = 7
_WEEK_MINUTES = _DAYS * MINUTES_PER_DAY
_LOOK_AHEAD_DAYS = 8
_MOST_RANGES = 48


class ScheduleError(ValueError):
    """Not a schedule. The message says what is wrong, for whoever typed it."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """`ranges` are minutes since Monday 00:00, sorted and apart; one that goes past Sunday ends beyond the week."""

    ranges: tuple[tuple[int, int], ...]

    def is_on(self, at_ms: int, zone: tzinfo) -> bool:
        local = datetime.fromtimestamp(at_ms // 1000, zone)
        minute = local.weekday() * MINUTES_PER_DAY + local.hour * 60 + local.minute
        return any(start <= minute < end or start <= minute + _WEEK_MINUTES < end for start, end in self.ranges)

    def next_change_ms(self, at_ms: int, zone: tzinfo) -> int | None:
        """The first moment after `at_ms` at which is_on() becomes another; None when it is always on, or never."""
        is_on = self.is_on(at_ms, zone)
        moments = sorted({moment for moment in self._moments(at_ms, zone) if moment > at_ms})
        return next((moment for moment in moments if self.is_on(moment, zone) != is_on), None)

    def _moments(self, at_ms: int, zone: tzinfo) -> Iterator[int]:
        """All moments of the next week at which it may change: the ends of ranges, and where the clocks are put forward or back."""
        first = datetime.fromtimestamp(at_ms // 1000, zone).date() - timedelta(days=1)
        edges = {minute % _WEEK_MINUTES for edge in self.ranges for minute in edge}
        for number in range(_LOOK_AHEAD_DAYS + 2):
            day = first + timedelta(days=number)
            yield from _transitions_ms(day, zone)
            for minute in edges:
                if minute // MINUTES_PER_DAY == day.weekday():
                    local = datetime(day.year, day.month, day.day, minute % MINUTES_PER_DAY // 60, minute % 60, tzinfo=zone)
                    yield _to_ms(local)
                    yield _to_ms(local.replace(fold=1))


ALWAYS = Schedule(((0, _WEEK_MINUTES),))


def parse_schedule(stored: Any) -> Schedule:
    """Raises ScheduleError."""
    if not isinstance(stored, Mapping):
        raise ScheduleError("a schedule has a list of hours per weekday")
    found: list[tuple[int, int]] = []
    for name, hours in stored.items():
        if name not in tuple("0123456"):
            raise ScheduleError(f"“{name}” is no weekday: 0 is Monday, 6 is Sunday")
        if not isinstance(hours, list) or len(hours) > _MOST_RANGES:
            raise ScheduleError(f"weekday {name}: a list of at most {_MOST_RANGES} ranges is wanted")
        found += [_range(int(name) * MINUTES_PER_DAY, hour) for hour in hours]
    return Schedule(_joined(found))


def to_stored(schedule: Schedule) -> dict[str, list[list[str]]]:
    """The form that parse_schedule() reads, split at midnight: a grid of days can show it."""
    stored: dict[str, list[list[str]]] = {}
    for start, end in schedule.ranges:
        at = start
        while at < end:
            midnight = (at // MINUTES_PER_DAY + 1) * MINUTES_PER_DAY
            until = min(end, midnight)
            day = at // MINUTES_PER_DAY % _DAYS
            length = until - at
            stored.setdefault(str(day), []).append([_clock(at % MINUTES_PER_DAY), _clock(at % MINUTES_PER_DAY + length)])
            at = until
    return {day: sorted(stored[day]) for day in sorted(stored)}


def _range(midnight: int, hours: Any) -> tuple[int, int]:
    if not isinstance(hours, list | tuple) or len(hours) != 2:
        raise ScheduleError("a range is a start and an end, as in 08:00 to 18:00")
    start, end = _minute(hours[0]), _minute(hours[1])
    if start == MINUTES_PER_DAY:
        raise ScheduleError("a range can't start at 24:00; let it start at 00:00 of the next day")
    return midnight + start, midnight + end + (MINUTES_PER_DAY if end <= start else 0)


def _minute(text: Any) -> int:
    parts = text.split(":") if isinstance(text, str) else []
    if len(parts) != 2 or not all(part.isdecimal() and part.isascii() and len(part) == 2 for part in parts):
        raise ScheduleError(f"“{text}” is no time of day: write it as 08:30")
    minute = int(parts[0]) * 60 + int(parts[1])
    if int(parts[1]) > 59 or minute > MINUTES_PER_DAY:
        raise ScheduleError(f"“{text}” is no time of day")
    return minute


def _joined(ranges: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Sorted, and those that touch or overlap made one. What goes past Sunday counts from Monday too."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def _transitions_ms(day: date, zone: tzinfo) -> Iterator[int]:
    """Moments of the 25 hours from a day's UTC midnight at which the offset changes, found to the minute (no zone changes within one)."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    for hour in range(25):
        low, high = start + timedelta(hours=hour), start + timedelta(hours=hour + 1)
        if _offset(low, zone) == _offset(high, zone):
            continue
        minutes = range(1, 61)
        changed = next(minute for minute in minutes if _offset(low + timedelta(minutes=minute), zone) != _offset(low, zone))
        yield _to_ms(low + timedelta(minutes=changed))


def _offset(moment: datetime, zone: tzinfo) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()


def _to_ms(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
