from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from recordings.notify.decision import (
    CAMERA_DOWN,
    COMPANY_WAIT_MS,
    DISK_WAIT_MS,
    GAP,
    LATE_AFTER_MS,
    LATE_EVERY_MS,
    LATE_GATHER_MS,
    MOTION,
    PICTURE_WAIT_MS,
    STORAGE,
    Happening,
    Held,
    Join,
    Phase,
    Tell,
    Told,
    Wish,
    concerns,
    decide,
    is_no_news,
    sort_of,
)
from recordings.notify.mute import until_morning_ms
from recordings.notify.retry import MOST_ATTEMPTS, next_delay_s
from recordings.rules.schedule import ALWAYS, parse_schedule

BERLIN = ZoneInfo("Europe/Berlin")
NOW_MS = 1_795_000_000_000  # Wednesday, 18 November 2026, 12:06:40 in Berlin
WISH = Wish(
    kinds=frozenset({MOTION, CAMERA_DOWN, STORAGE, GAP}),
    cameras=None,
    zones=frozenset(),
    labels=frozenset(),
    min_score=0,
    tells_end=True,
    schedule=ALWAYS,
    zone=BERLIN,
    muted_until_ms=0,
    every_s=60,
    group_s=60,
)
MOVED = Happening(kind=MOTION, phase=Phase.BEGUN, camera_id=1, start_ms=NOW_MS - 1000, score=40, zones=frozenset({"Drive"}))
DOWN = replace(MOVED, kind=CAMERA_DOWN, score=0, zones=frozenset())


@pytest.mark.parametrize(
    ("wish", "happening", "is_meant"),
    [
        ({}, {}, True),
        ({"kinds": frozenset({CAMERA_DOWN})}, {}, False),
        ({"cameras": frozenset({2})}, {}, False),
        ({"cameras": frozenset({1, 2})}, {}, True),
        ({"cameras": frozenset()}, {}, False),
        ({"cameras": frozenset()}, {"kind": STORAGE, "camera_id": None}, True),
        ({"min_score": 40}, {}, True),
        ({"min_score": 41}, {}, False),
        ({"min_score": 41}, {"kind": CAMERA_DOWN}, True),
        ({"zones": frozenset({"Drive", "Door"})}, {}, True),
        ({"zones": frozenset({"Door"})}, {}, False),
        ({"zones": frozenset({"Door"})}, {"kind": GAP}, True),
        ({"labels": frozenset({"person"})}, {}, False),
        ({"labels": frozenset({"person"})}, {"labels": frozenset({"car", "person"})}, True),
        ({}, {"phase": Phase.ENDED}, False),
        ({}, {"kind": CAMERA_DOWN, "phase": Phase.ENDED}, True),
        ({"tells_end": False}, {"kind": CAMERA_DOWN, "phase": Phase.ENDED}, False),
    ],
)
def test_what_a_rule_is_about(wish: dict[str, object], happening: dict[str, object], is_meant: bool) -> None:
    assert concerns(replace(WISH, **wish), replace(MOVED, **happening)) is is_meant  # type: ignore[arg-type]  # by name


def test_the_first_is_told_as_soon_as_its_picture_is_there() -> None:
    assert decide(WISH, MOVED, Told(), NOW_MS) == Tell(NOW_MS, NOW_MS + PICTURE_WAIT_MS)


def test_a_camera_that_is_down_waits_for_those_behind_the_same_switch() -> None:
    assert decide(WISH, DOWN, Told(), NOW_MS) == Tell(NOW_MS + COMPANY_WAIT_MS, NOW_MS + COMPANY_WAIT_MS)
    assert decide(WISH, replace(DOWN, camera_id=2), Told(has_open=True), NOW_MS) == Join()


def test_what_follows_within_the_group_time_becomes_one_message_at_its_end() -> None:
    told = Told(of_sort_ms=NOW_MS - 20_000)
    assert decide(WISH, MOVED, told, NOW_MS) == Tell(NOW_MS + 40_000, NOW_MS + 40_000)
    assert decide(WISH, MOVED, replace(told, has_open=True), NOW_MS) == Join()
    assert decide(WISH, MOVED, Told(of_sort_ms=NOW_MS - 60_000), NOW_MS) == Tell(NOW_MS, NOW_MS + PICTURE_WAIT_MS)
    assert decide(replace(WISH, group_s=0), MOVED, told, NOW_MS) == Tell(NOW_MS, NOW_MS + PICTURE_WAIT_MS)


def test_a_camera_is_told_of_at_most_once_in_its_time() -> None:
    assert decide(WISH, MOVED, Told(of_camera_ms=NOW_MS - 59_999), NOW_MS) is Held.TOO_OFTEN
    assert isinstance(decide(WISH, MOVED, Told(of_camera_ms=NOW_MS - 60_000), NOW_MS), Tell)
    assert isinstance(decide(replace(WISH, every_s=0), MOVED, Told(of_camera_ms=NOW_MS), NOW_MS), Tell)
    # into a message that goes out anyway it comes along
    assert decide(WISH, MOVED, Told(has_open=True, of_camera_ms=NOW_MS), NOW_MS) == Join()


def test_muted_is_muted_to_the_millisecond() -> None:
    assert decide(replace(WISH, muted_until_ms=NOW_MS + 1), MOVED, Told(), NOW_MS) is Held.MUTED
    assert isinstance(decide(replace(WISH, muted_until_ms=NOW_MS), MOVED, Told(), NOW_MS), Tell)


def test_hours_are_those_of_the_event_in_the_rules_zone() -> None:
    mornings = replace(WISH, schedule=parse_schedule({str(day): [["10:00", "12:06"]] for day in range(7)}))
    assert decide(mornings, MOVED, Told(), NOW_MS) is Held.HOURS
    assert isinstance(decide(mornings, replace(MOVED, start_ms=NOW_MS - 60_000), Told(), NOW_MS), Tell)


def test_the_end_of_what_was_told_is_told_at_any_hour_and_that_of_nothing_is_not() -> None:
    ended = replace(DOWN, phase=Phase.ENDED, is_over=True)
    never = replace(WISH, schedule=parse_schedule({"0": [["00:00", "00:01"]]}))
    assert decide(never, ended, Told(), NOW_MS) is Held.UNTOLD
    assert decide(never, ended, Told(has_begin=True, of_camera_ms=NOW_MS - 1), NOW_MS) == Tell(NOW_MS + 3000, NOW_MS + 3000)


def test_late_ones_are_gathered_and_rare() -> None:
    late = replace(MOVED, is_late=True)
    assert sort_of(late, NOW_MS) == "late"
    assert decide(WISH, late, Told(), NOW_MS) == Tell(NOW_MS + LATE_GATHER_MS, NOW_MS + LATE_GATHER_MS)
    assert decide(WISH, late, Told(has_open=True), NOW_MS) == Join()
    again = decide(WISH, late, Told(of_sort_ms=NOW_MS - 60_000, of_camera_ms=NOW_MS - 1), NOW_MS)
    assert again == Tell(NOW_MS - 60_000 + LATE_EVERY_MS, NOW_MS - 60_000 + LATE_EVERY_MS)


def test_what_we_hear_of_long_afterwards_is_no_news_but_a_camera_that_is_still_down_is() -> None:
    old = replace(MOVED, start_ms=NOW_MS - LATE_AFTER_MS - 1)
    assert is_no_news(old, NOW_MS)
    assert not is_no_news(replace(old, start_ms=NOW_MS - LATE_AFTER_MS), NOW_MS)
    assert not is_no_news(replace(old, kind=CAMERA_DOWN, is_late=True), NOW_MS)
    assert is_no_news(replace(old, kind=CAMERA_DOWN, is_over=True), NOW_MS)
    assert not is_no_news(replace(old, kind=CAMERA_DOWN, is_over=True, phase=Phase.ENDED), NOW_MS)


def test_a_disk_waits_for_the_cameras_whose_footage_it_does_not_take() -> None:
    fails, missing = replace(DOWN, kind=STORAGE, camera_id=None), replace(DOWN, kind=GAP)
    assert decide(WISH, fails, Told(), NOW_MS) == Tell(NOW_MS + DISK_WAIT_MS, NOW_MS + DISK_WAIT_MS)
    assert sort_of(fails, NOW_MS) == sort_of(missing, NOW_MS) == STORAGE
    assert decide(WISH, missing, Told(has_open=True), NOW_MS) == Join()
    well = replace(fails, phase=Phase.ENDED)
    assert sort_of(well, NOW_MS) == "storage over"
    assert decide(WISH, well, Told(has_begin=True), NOW_MS) == Tell(NOW_MS + COMPANY_WAIT_MS, NOW_MS + COMPANY_WAIT_MS)


def test_sorts_never_hide_behind_each_other() -> None:
    ended = replace(DOWN, phase=Phase.ENDED)
    assert len({sort_of(one, NOW_MS) for one in (MOVED, DOWN, ended, replace(MOVED, is_late=True), replace(DOWN, kind=GAP))}) == 5


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-11-18T22:15:00+01:00", "2026-11-19T07:00:00+01:00"),
        ("2026-11-18T06:59:59+01:00", "2026-11-18T07:00:00+01:00"),
        ("2026-11-18T07:00:00+01:00", "2026-11-19T07:00:00+01:00"),
        ("2026-10-24T23:00:00+02:00", "2026-10-25T07:00:00+01:00"),  # the clocks are put back in this night
    ],
)
def test_until_morning(now: str, morning: str) -> None:
    at_ms = int(datetime.fromisoformat(now).timestamp()) * 1000
    assert until_morning_ms(at_ms, BERLIN) == int(datetime.fromisoformat(morning).timestamp()) * 1000


def test_retries_grow_and_end() -> None:
    delays = [next_delay_s(attempts, 0.5) for attempts in range(1, MOST_ATTEMPTS + 1)]
    assert delays == [5, 15, 45, 135, 405, 1215, 1800, 1800, 1800, None]
    assert (next_delay_s(1, 0.0), next_delay_s(1, 1.0)) == (3.75, 6.25)
    assert next_delay_s(1, 0.5, wished_s=120) == 120
    assert next_delay_s(1, 0.5, wished_s=10**9) == 3600
