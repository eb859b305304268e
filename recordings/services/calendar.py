"""How much of each day there is, for days of any time zone: 23 or 25 hours long when the clocks change.

Taken from the catalogue's sums of UTC days. What of a UTC day lies before a local midnight is added up from the segments on the shorter
side of that midnight: a few hundred index entries at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from cameras.models import Camera
from recordings.models import CoverageDay
from recordings.rules.accounting import CATALOGUE_DELAY_MS, Kind, held
from recordings.rules.days import DAY_MS, day_of, shares, span_of
from recordings.rules.spans import Span, clipped, total_ms, without
from recordings.services.timeline import facts_of, segments_in


class Amount(NamedTuple):
    recorded_ms: int
    size_bytes: int

    def plus(self, other: Amount) -> Amount:
        return Amount(self.recorded_ms + other.recorded_ms, self.size_bytes + other.size_bytes)

    def minus(self, other: Amount) -> Amount:
        return Amount(self.recorded_ms - other.recorded_ms, self.size_bytes - other.size_bytes)


_NOTHING = Amount(0, 0)


@dataclass(frozen=True, slots=True)
class CoveredDay:
    """`enabled_ms`: how long recording was not switched off, up to now; `due_ms`: that without what the schedule leaves out."""

    day: date
    span: Span
    recorded_ms: int
    size_bytes: int
    enabled_ms: int
    due_ms: int

    @property
    def share(self) -> float | None:
        """Of the enabled time, 0 to 1; None when there was none."""
        return min(self.recorded_ms / self.enabled_ms, 1.0) if self.enabled_ms else None


def days_of(camera: Camera, role: str, first: date, last: date, zone: tzinfo, now_ms: int) -> list[CoveredDay]:
    """`last` is among them. Costs a query a day outside UTC."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    midnights = [midnight_ms(day, zone) for day in [*days, last + timedelta(days=1)]]
    sums = _sums_until(camera, role, midnights)
    window = Span(midnights[0], min(midnights[-1], now_ms - CATALOGUE_DELAY_MS))
    facts = facts_of(camera, role, window) if window.length_ms > 0 else []
    off, unscheduled = held(window, facts, [Kind.OFF]), held(window, facts, [Kind.OFF, Kind.SCHEDULE_OFF])
    result = []
    for number, day in enumerate(days):
        span = Span(midnights[number], midnights[number + 1])
        amount = sums[number + 1].minus(sums[number])
        recorded_ms = min(amount.recorded_ms, span.length_ms)  # files of a clock that was set back overlap
        past = clipped([span], window)
        enabled_ms = total_ms(part for its in past for part in without(its, off))
        due_ms = total_ms(part for its in past for part in without(its, unscheduled))
        result.append(CoveredDay(day, span, recorded_ms, amount.size_bytes, max(enabled_ms, recorded_ms), due_ms))
    return result


def midnight_ms(day: date, zone: tzinfo) -> int:
    """Where the clocks jump over midnight the day begins with the jump; where it comes twice, with the first."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    return (midnight - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _sums_until(camera: Camera, role: str, moments_ms: Sequence[int]) -> list[Amount]:
    """What there is from the first moment's UTC day on up to each moment."""
    first, last = day_of(moments_ms[0]), day_of(moments_ms[-1])
    rows = CoverageDay.objects.filter(camera=camera, role=role, day__gte=first, day__lte=last)
    totals = {day: Amount(recorded_ms, size) for day, recorded_ms, size in rows.values_list("day", "recorded_ms", "size_bytes")}
    sums, before, reached = list[Amount](), _NOTHING, first
    for moment_ms in moments_ms:
        day = day_of(moment_ms)
        while reached < day:
            before, reached = before.plus(totals.get(reached, _NOTHING)), reached + timedelta(days=1)
        sums.append(before.plus(_until(camera, role, moment_ms, totals.get(day, _NOTHING))))
    return sums


def _until(camera: Camera, role: str, moment_ms: int, of_day: Amount) -> Amount:
    """What of the moment's UTC day lies before it; `of_day` is what there is of all of it."""
    day = span_of(day_of(moment_ms))
    if moment_ms == day.start_ms or of_day == _NOTHING:
        return _NOTHING
    if moment_ms - day.start_ms <= DAY_MS // 2:
        return _read(camera, role, Span(day.start_ms, moment_ms), of=day)
    return of_day.minus(_read(camera, role, Span(moment_ms, day.end_ms), of=day))


def _read(camera: Camera, role: str, part: Span, *, of: Span) -> Amount:
    amount = _NOTHING
    day = day_of(of.start_ms)
    for start_ms, end_ms, size_bytes in segments_in(camera, role, part).values_list("started_at_ms", "ended_at_ms", "size_bytes"):
        segment = Span(start_ms, end_ms)
        share = next(share for share in shares(segment, size_bytes) if share.day == day)
        (inside,) = clipped([segment], part)
        its_bytes = share.size_bytes * inside.length_ms // max(share.recorded_ms, 1)
        amount = amount.plus(Amount(inside.length_ms, its_bytes))
    return amount
