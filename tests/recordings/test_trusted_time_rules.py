from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from recordings.rules.days import DAY_MS
from recordings.rules.trusted_time import TOLERANCE_MS, Memory, Reading, Verdict, believed, judged

NOW_MS = 1_700_000_000_000
HOUR_MS = 3_600_000
YEAR_MS = 365 * DAY_MS


class Machine:
    """Its clocks, and what retention makes of them each half a minute."""

    def __init__(self) -> None:
        self.off_ms, self.boot, self.up_ms, self.real_ms = 0, "first", 5_000, NOW_MS
        self.memory: Memory | None = None
        self.look()

    def look(self) -> Verdict:
        verdict = judged(self.memory, self.reading)
        self.memory = verdict.memory
        return verdict

    @property
    def reading(self) -> Reading:
        return Reading(self.real_ms + self.off_ms, self.boot, self.up_ms)

    def run(self, length_ms: int, step_ms: int = 30_000) -> Verdict:
        for _ in range(max(length_ms // step_ms, 1)):
            self.real_ms, self.up_ms = self.real_ms + step_ms, self.up_ms + step_ms
            verdict = self.look()
        return verdict

    def restart(self, off_for_ms: int) -> Verdict:
        self.real_ms, self.boot, self.up_ms = self.real_ms + off_for_ms, self.boot + "again", 20_000
        return self.look()


def test_a_clock_that_runs_is_believed() -> None:
    machine = Machine()
    assert machine.run(HOUR_MS) == believed(machine.reading)


def test_a_clock_that_goes_far_ahead_makes_nothing_older_than_it_is_until_it_comes_back() -> None:
    for jump_ms in (2 * HOUR_MS, 3 * DAY_MS, 2 * YEAR_MS):
        machine = Machine()
        machine.off_ms = jump_ms
        verdict = machine.run(HOUR_MS)
        assert (verdict.now_ms, verdict.ahead_ms) == (machine.real_ms, jump_ms)
        machine.off_ms = 0
        verdict = machine.run(HOUR_MS)
        assert (verdict.now_ms, verdict.ahead_ms) == (machine.real_ms, 0)


def test_one_that_was_confirmed_is_believed_from_then_on() -> None:
    machine = Machine()
    machine.off_ms = 3 * DAY_MS
    assert machine.run(HOUR_MS).ahead_ms
    machine.memory = believed(machine.reading).memory
    assert machine.run(HOUR_MS) == believed(machine.reading)


def test_a_clock_that_is_corrected_a_little_is_believed() -> None:
    machine = Machine()
    for off_ms in (TOLERANCE_MS - 1, 0, 1 - TOLERANCE_MS):
        machine.off_ms = off_ms
        assert machine.run(30_000) == believed(machine.reading)


def test_a_machine_that_was_off_for_a_night_is_believed_and_one_that_was_for_weeks_is_asked_about() -> None:
    machine = Machine()
    assert machine.restart(DAY_MS // 2) == believed(machine.reading)
    assert machine.restart(21 * DAY_MS).ahead_ms == 21 * DAY_MS
    assert machine.run(HOUR_MS).ahead_ms == 21 * DAY_MS


def test_a_restart_does_not_make_a_clock_right() -> None:
    machine = Machine()
    machine.off_ms = 2 * HOUR_MS
    machine.run(60_000)
    assert machine.restart(300_000).ahead_ms == 2 * HOUR_MS
    machine.off_ms = 0
    assert machine.restart(300_000) == believed(machine.reading)


def test_a_machine_that_starts_in_1970_deletes_nothing_when_it_learns_the_time() -> None:
    machine = Machine()
    machine.off_ms = -NOW_MS
    verdict = machine.restart(HOUR_MS)
    assert (verdict.now_ms, verdict.ahead_ms) == (machine.reading.wall_ms, 0)
    machine.run(10 * 60_000)
    machine.off_ms = 0
    assert machine.run(30_000) == believed(machine.reading)


def test_a_clock_that_stays_behind_is_right_after_a_day() -> None:
    machine = Machine()
    machine.off_ms = -YEAR_MS
    machine.run(DAY_MS + HOUR_MS, step_ms=600_000)
    machine.off_ms = 0
    assert machine.run(30_000).ahead_ms == YEAR_MS


jumps = st.lists(st.tuples(st.integers(-3 * YEAR_MS, 3 * YEAR_MS), st.integers(1, 50), st.booleans()), max_size=12)


@given(jumps)
def test_whatever_the_clock_does_no_look_gains_more_than_a_correction(changes: list[tuple[int, int, bool]]) -> None:
    """Nothing is believed to be older than it is by more than the corrections there were."""
    machine, gained_ms = Machine(), 0
    for off_ms, looks, is_restart in changes:
        machine.off_ms = off_ms
        if is_restart:
            machine.restart(60_000)
            gained_ms += DAY_MS
        for _ in range(looks):
            gained_ms += TOLERANCE_MS
            assert machine.run(30_000).now_ms <= machine.real_ms + gained_ms
