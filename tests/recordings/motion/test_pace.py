from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.rules.motion.pace import TOO_DEAR, Level, Pace, PaceError, from_stored, next_pace

NOW_MS = 1_795_000_000_000
BUDGET = 300.0


class Machine:
    """A camera's batches, one a second: footage waits longer when less is done than comes in."""

    def __init__(self, pace: Pace | None = None) -> None:
        self.pace, self.now_ms, self.age_ms = pace or Pace(), NOW_MS, 1000.0

    def run(self, seconds: int, *, does: dict[Level, float], cost: float = 20.0) -> None:
        """`does`: how many seconds of footage a second suffices for, by level."""
        for _ in range(seconds):
            self.pace = next_pace(self.pace, now_ms=self.now_ms, age_ms=round(self.age_ms), budget_ms_per_s=BUDGET)
            self.pace = self.pace.with_cost(cost, 1000)
            self.now_ms += 1000
            self.age_ms = max(self.age_ms + 1000 - 1000 * does[self.pace.level], 500)


def test_all_is_looked_at_while_the_machine_keeps_up() -> None:
    machine = Machine()
    machine.run(600, does={Level.FULL: 1.5})
    assert machine.pace.level is Level.FULL
    assert machine.pace.reason == ""


def test_less_is_looked_at_step_by_step_and_more_again_when_there_is_time() -> None:
    machine = Machine()
    machine.run(60, does={Level.FULL: 0.5, Level.HALF: 0.8, Level.KEYS: 3.0})
    assert (machine.pace.level, "keep up" in machine.pace.reason) == (Level.KEYS, True)
    machine.run(600, does=dict.fromkeys(Level, 4.0))
    assert (machine.pace.level, machine.pace.reason) == (Level.FULL, "")


def test_half_is_enough_when_half_keeps_up() -> None:
    machine = Machine()
    machine.run(40, does={Level.FULL: 0.6, Level.HALF: 1.4, Level.KEYS: 3.0})
    assert machine.pace.level is Level.HALF


def test_after_an_outage_all_is_looked_at_as_long_as_that_catches_up() -> None:
    machine = Machine()
    machine.age_ms = 20 * 60_000
    machine.run(300, does=dict.fromkeys(Level, 30.0))
    assert machine.pace.level is Level.FULL
    assert machine.age_ms < 1000


def test_a_step_up_that_was_too_much_is_tried_less_often() -> None:
    machine = Machine()
    ups, level = 0, Level.FULL
    for _ in range(1800):
        machine.run(1, does={Level.FULL: 0.5, Level.HALF: 2.0, Level.KEYS: 4.0})
        ups += machine.pace.level < level
        level = machine.pace.level
    assert 2 <= ups <= 8


def test_a_stream_that_costs_too_much_is_looked_at_in_part_though_nothing_waits() -> None:
    machine = Machine()
    machine.run(3, does=dict.fromkeys(Level, 1.2), cost=800)
    assert machine.pace.level is Level.KEYS
    assert machine.pace.reason == TOO_DEAR
    machine.run(60, does=dict.fromkeys(Level, 1.2), cost=30)
    assert machine.pace.level is Level.KEYS


def test_a_decision_of_long_ago_is_not_compared_with() -> None:
    old = Pace(level=Level.HALF, judged_at_ms=NOW_MS - 3_600_000, age_ms=1000)
    pace = next_pace(old, now_ms=NOW_MS, age_ms=3_600_000, budget_ms_per_s=BUDGET)
    assert (pace.level, pace.judged_at_ms, pace.age_ms) == (Level.HALF, NOW_MS, 3_600_000)


@given(st.lists(st.tuples(st.integers(0, 90_000), st.integers(-5000, 4_000_000), st.floats(0, 5000)), max_size=50))
def test_whatever_happens_it_stays_a_pace_that_can_be_kept(steps: list[tuple[int, int, float]]) -> None:
    pace, now_ms = Pace(), NOW_MS
    for elapsed_ms, age_ms, cost in steps:
        now_ms += elapsed_ms
        pace = next_pace(pace, now_ms=now_ms, age_ms=age_ms, budget_ms_per_s=BUDGET).with_cost(cost, 1000)
    kept = from_stored(json.loads(json.dumps(pace.to_stored())))
    assert (kept.level, kept.judged_at_ms, kept.patience_ms) == (pace.level, pace.judged_at_ms, pace.patience_ms)


@pytest.mark.parametrize("stored", [None, {}, [], {"level": 7}, Pace().to_stored() | {"costs": [1]}, Pace().to_stored() | {"age_ms": "x"}])
def test_what_is_no_pace_is_refused(stored: object) -> None:
    with pytest.raises(PaceError):
        from_stored(stored)
