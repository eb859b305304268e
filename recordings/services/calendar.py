"""How much of each day there is, for days of any time zone: 23 or 25 hours long when the clocks change.

Taken from the catalogue's sums of UTC days. What of a UTC day lies before a local midnight is added up from the segments on the shorter
side of that midnight: a few hundred index entries at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import chain
from typing import Any, NamedTuple

from django.db import connection

from cameras.models import Camera
from recordings.models import LONGEST_SEGMENT_MS, CoverageDay, Segment
from recordings.rules.accounting import CATALOGUE_DELAY_MS, Kind, held
from recordings.rules.days import DAY_MS, day_of, span_of
from recordings.rules.spans import Span, clipped, total_ms, without
from recordings.services.timeline import facts_of


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
    """`enabled_ms`: how long recording was not switched off, up to now, without what a clock put ahead left out; `due_ms`: that without
    what the schedule leaves out.
    """

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
    """`last` is among them. Four queries, whatever the number of days."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    midnights = [midnight_ms(day, zone) for day in [*days, last + timedelta(days=1)]]
    sums = _sums_until(camera, role, midnights)
    window = Span(midnights[0], min(midnights[-1], now_ms - CATALOGUE_DELAY_MS))
    facts = facts_of(camera, role, window) if window.length_ms > 0 else []
    unwanted = [Kind.OFF, Kind.CLOCK_SET]
    off, unscheduled = held(window, facts, unwanted), held(window, facts, [*unwanted, Kind.SCHEDULE_OFF])
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
    sides = {moment_ms: _shorter_side(moment_ms) for moment_ms in moments_ms if day_of(moment_ms) in totals}
    amounts = _amounts_in(camera, role, [side for side in sides.values() if side.length_ms])
    sums, before, reached = list[Amount](), _NOTHING, first
    for moment_ms in moments_ms:
        while reached < day_of(moment_ms):
            before, reached = before.plus(totals.get(reached, _NOTHING)), reached + timedelta(days=1)
        side = sides.get(moment_ms, Span(moment_ms, moment_ms))
        part = amounts.get(side, _NOTHING)
        sums.append(before.plus(part if side.end_ms == moment_ms else totals[reached].minus(part)))
    return sums


def _shorter_side(moment_ms: int) -> Span:
    """Of the moment, within its UTC day: before it, or from it on."""
    day = span_of(day_of(moment_ms))
    return Span(day.start_ms, moment_ms) if moment_ms - day.start_ms <= DAY_MS // 2 else Span(moment_ms, day.end_ms)


def _amounts_in(camera: Camera, role: str, parts: Sequence[Span]) -> dict[Span, Amount]:
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(*sums_query(camera, role, parts))
        return {Span(start_ms, end_ms): Amount(int(recorded_ms), int(size)) for start_ms, end_ms, recorded_ms, size in cursor.fetchall()}


def sums_query(camera: Camera, role: str, parts: Sequence[Span]) -> tuple[str, list[Any]]:
    """Statement and parameters: start_ms, end_ms, recorded_ms, size_bytes of each part. Searches the index once for each."""
    least, greatest = ("min", "max") if connection.vendor == "sqlite" else ("least", "greatest")
    inside = f"({least}(ended_at_ms, end_ms) - {greatest}(started_at_ms, start_ms))"
    statement = f"""
        WITH parts (start_ms, end_ms) AS (VALUES {", ".join(["(%s, %s)"] * len(parts))})
        SELECT start_ms, end_ms, SUM({inside}), SUM(size_bytes * {inside} / {greatest}(ended_at_ms - started_at_ms, 1))
        FROM parts CROSS JOIN {Segment._meta.db_table}
        WHERE camera_id = %s AND role = %s AND doomed_by = ''
            AND started_at_ms > start_ms - {LONGEST_SEGMENT_MS} AND started_at_ms < end_ms AND ended_at_ms > start_ms
        GROUP BY start_ms, end_ms"""  # noqa: S608  # nothing but names and numbers of ours
    return statement, [*chain.from_iterable(parts), camera.pk, role]
