from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cameras.control.tour_plan import FIRST_PAUSE_MS, LONGEST_PAUSE_MS, Do, Next, Situation, Stop, next_step, pause_ms

STOPS = (Stop(1, "a", 10_000), Stop(2, "b", 20_000), Stop(3, "c", 5_000))
NOW = 1_000_000
FRESH = Situation(STOPS, 0, 0, is_due=True, person_until_ms=0, resume_after_ms=30_000)


def test_a_tour_begins_at_its_first_stop_and_goes_round() -> None:
    assert next_step(FRESH, NOW) == Next(Do.GO, 0, NOW)
    there = replace(FRESH, arrived_at_ms=NOW)
    assert next_step(there, NOW + 1) == Next(Do.STAY, 0, NOW + 10_000)
    assert next_step(there, NOW + 10_000) == Next(Do.GO, 1, NOW + 10_000)
    last = replace(FRESH, stop_index=2, arrived_at_ms=NOW)
    assert next_step(last, NOW + 5_000) == Next(Do.GO, 0, NOW + 5_000)


def test_it_rests_while_a_person_steers_and_goes_back_to_where_it_was() -> None:
    there = replace(FRESH, stop_index=1, arrived_at_ms=NOW)
    steered = replace(there, person_until_ms=NOW + 12_000)
    assert next_step(steered, NOW + 2_000) == Next(Do.PAUSE, 1, NOW + 42_000)
    assert next_step(steered, NOW + 41_999).do is Do.PAUSE
    assert next_step(steered, NOW + 42_000) == Next(Do.GO, 1, NOW + 42_000)
    assert next_step(replace(steered, arrived_at_ms=NOW + 43_000), NOW + 44_000).do is Do.STAY


def test_it_sleeps_outside_its_hours_and_without_stops() -> None:
    assert next_step(replace(FRESH, is_due=False), NOW).do is Do.SLEEP
    assert next_step(replace(FRESH, stops=()), NOW).do is Do.SLEEP


def test_a_camera_that_fails_is_asked_less_and_less_often() -> None:
    failed = replace(FRESH, failures=1, failed_at_ms=NOW)
    assert next_step(failed, NOW + 1).do is Do.STAY
    assert next_step(failed, NOW + FIRST_PAUSE_MS).do is Do.GO
    assert [pause_ms(n) for n in (1, 2, 3)] == [5_000, 10_000, 20_000]
    assert pause_ms(1000) == LONGEST_PAUSE_MS


@pytest.mark.parametrize("index", [0, 3, 100])
def test_a_stop_that_is_gone_is_passed_by(index: int) -> None:
    assert next_step(replace(FRESH, stop_index=index), NOW).stop_index < len(STOPS)


@given(
    st.builds(
        Situation,
        stops=st.lists(st.builds(Stop, st.integers(1, 9), st.just("t"), st.integers(0, 10**6)), max_size=4),
        stop_index=st.integers(0, 10),
        arrived_at_ms=st.integers(0, 2 * NOW),
        is_due=st.booleans(),
        person_until_ms=st.integers(0, 2 * NOW),
        resume_after_ms=st.integers(0, NOW),
        failed_at_ms=st.integers(0, 2 * NOW),
        failures=st.integers(0, 50),
    )
)
def test_a_person_always_comes_first(now: Situation) -> None:
    step = next_step(now, NOW)
    if now.person_until_ms > NOW:
        assert step.do in (Do.PAUSE, Do.SLEEP)
    assert step.until_ms >= NOW
