from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from nvr.people.attempt_rules import (
    LIMIT_PER_ADDRESS,
    LIMIT_PER_PAIR,
    PACE,
    SOFT_LIMIT,
    WINDOW,
    Step,
    Tries,
    account_wait,
    address_wait,
    in_words,
    row_wait,
)

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def test_a_row_waits_from_its_last_try_on() -> None:
    assert not row_wait(None, LIMIT_PER_PAIR, NOW)
    assert not row_wait(Tries(LIMIT_PER_PAIR - 1, NOW), LIMIT_PER_PAIR, NOW)
    assert row_wait(Tries(LIMIT_PER_PAIR, ago(5)), LIMIT_PER_PAIR, NOW) == timedelta(minutes=10)
    assert not row_wait(Tries(LIMIT_PER_PAIR, NOW - WINDOW), LIMIT_PER_PAIR, NOW)


def test_an_address_waits_until_enough_of_its_tries_are_forgotten() -> None:
    rows = [Tries(5, ago(1)), Tries(LIMIT_PER_ADDRESS - 7, ago(10)), Tries(3, ago(14)), Tries(99, ago(16))]
    assert address_wait(rows, NOW) == timedelta(minutes=1)
    assert not address_wait(rows[:2], NOW)
    assert address_wait([Tries(LIMIT_PER_ADDRESS, ago(10)), Tries(1, ago(14))], NOW) == timedelta(minutes=5)


@pytest.mark.parametrize("step", list(Step))
def test_an_account_is_slowed_down_and_never_locked(step: Step) -> None:
    flood = [Tries(1, ago(10)) for _ in range(SOFT_LIMIT[step] - 1)]
    assert not account_wait(flood, step, NOW)
    assert account_wait([*flood, Tries(10_000, NOW)], step, NOW) == PACE[step]
    assert not account_wait([*flood, Tries(10_000, NOW - PACE[step])], step, NOW)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "in a second"), (1.1, "in 2 seconds"), (89, "in 89 seconds"), (90, "in 2 minutes"), (601, "in 11 minutes")]
)
def test_the_wait_is_never_told_too_short(seconds: float, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words
