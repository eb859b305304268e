from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.rules.schedule import ALWAYS, Schedule, ScheduleError, parse_schedule, to_stored

BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # half an hour of daylight saving
APIA = ZoneInfo("Pacific/Apia")  # left a whole day out in 2011
WEEKDAYS = {str(day): [["08:00", "18:00"]] for day in range(5)}


def ms(text: str, zone: Any = BERLIN, fold: int = 0) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).timestamp()) * 1000


@pytest.mark.parametrize(
    ("at", "is_on"),
    [
        ("2026-11-20 07:59:59", False),
        ("2026-11-20 08:00:00", True),
        ("2026-11-20 17:59:59", True),
        ("2026-11-20 18:00:00", False),
        ("2026-11-21 12:00:00", False),  # a Saturday
    ],
)
def test_hours_are_half_open_and_local(at: str, is_on: bool) -> None:
    assert parse_schedule(WEEKDAYS).is_on(ms(at), BERLIN) is is_on


def test_next_change_skips_the_week_end() -> None:
    assert parse_schedule(WEEKDAYS).next_change_ms(ms("2026-11-20 18:00:00"), BERLIN) == ms("2026-11-23 08:00:00")


def test_a_range_over_midnight_belongs_to_the_day_it_starts_on_and_sunday_goes_on_on_monday() -> None:
    nights = parse_schedule({"6": [["22:00", "06:00"]]})
    moments = ["2026-11-22 21:59", "2026-11-22 22:00", "2026-11-23 05:59", "2026-11-23 06:00"]
    assert [nights.is_on(ms(at), BERLIN) for at in moments] == [False, True, True, False]
    assert nights.next_change_ms(ms("2026-11-23 01:00"), BERLIN) == ms("2026-11-23 06:00")
    assert to_stored(nights) == {"0": [["00:00", "06:00"]], "6": [["22:00", "24:00"]]}
    assert parse_schedule(to_stored(nights)).is_on(ms("2026-11-23 05:59"), BERLIN)


def test_the_hour_that_comes_twice_is_recorded_twice_and_the_one_left_out_is_not() -> None:
    early = parse_schedule({str(day): [["02:00", "03:00"]] for day in range(7)})
    assert [early.is_on(ms("2026-10-25 02:30", fold=fold), BERLIN) for fold in (0, 1)] == [True, True]
    assert early.next_change_ms(ms("2026-10-25 02:30"), BERLIN) == ms("2026-10-25 03:00")
    assert ms("2026-10-25 03:00") - ms("2026-10-25 02:00") == 2 * 3_600_000
    before_spring = ms("2026-03-28 12:00")
    assert early.next_change_ms(before_spring, BERLIN) == ms("2026-03-30 02:00")


def test_a_start_that_falls_into_the_hour_left_out_counts_from_the_change_of_the_clocks() -> None:
    from_half_past = parse_schedule({"6": [["02:30", "08:00"]]})
    assert from_half_past.next_change_ms(ms("2026-03-29 01:00"), BERLIN) == ms("2026-03-29 03:00")


def test_an_empty_schedule_is_never_on_and_a_full_one_always() -> None:
    at = ms("2026-11-20 12:00")
    assert (parse_schedule({}).is_on(at, BERLIN), parse_schedule({}).next_change_ms(at, BERLIN)) == (False, None)
    full = parse_schedule({str(day): [["00:00", "24:00"]] for day in range(7)})
    assert full == ALWAYS
    assert (full.is_on(at, BERLIN), full.next_change_ms(at, BERLIN)) == (True, None)


_WRONG_HOURS: tuple[Any, ...] = (
    "08:00",
    [["08:00"]],
    [["8:00", "9:00"]],
    [["08:00", "24:01"]],
    [["24:00", "01:00"]],
    [[8, 18]],
    [["08:60", "09:00"]],
    [["08:00", "09:00"]] * 49,
)


@pytest.mark.parametrize("wrong", [[], {"7": []}, {"monday": []}, {0: []}, *({"0": hours} for hours in _WRONG_HOURS)])
def test_what_is_no_schedule_is_refused_in_words(wrong: Any) -> None:
    with pytest.raises(ScheduleError, match=r"\w"):
        parse_schedule(wrong)


@given(
    st.lists(st.tuples(st.integers(0, 7 * 1440 - 1), st.integers(1, 1440)), max_size=6),
    st.sampled_from([BERLIN, LORD_HOWE, APIA, UTC, timezone(timedelta(hours=5, minutes=45))]),
    st.integers(1_300_000_000, 1_900_000_000),
)
def test_the_next_change_is_the_next_minute_at_which_it_differs(ranges: list[tuple[int, int]], zone: Any, at_s: int) -> None:
    stored: dict[str, list[list[str]]] = {}
    for start, length in ranges:
        clock = f"{start % 1440 // 60:02d}:{start % 60:02d}"
        end = (start + length) % 1440
        stored.setdefault(str(start // 1440), []).append([clock, f"{end // 60:02d}:{end % 60:02d}"])
    schedule: Schedule = parse_schedule(stored)
    at_ms = at_s * 1000
    change_ms = schedule.next_change_ms(at_ms, zone)
    is_on = schedule.is_on(at_ms, zone)
    first_minute_ms = (at_s // 60 + 1) * 60_000
    last_ms = min(change_ms, at_ms + 3 * 86_400_000) if change_ms is not None else at_ms + 3 * 86_400_000
    assert all(schedule.is_on(moment, zone) == is_on for moment in range(first_minute_ms, last_ms, 60_000))
    if change_ms is not None:
        assert schedule.is_on(change_ms, zone) != is_on
        assert change_ms % 60_000 == 0
