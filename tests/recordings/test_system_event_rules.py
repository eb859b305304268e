from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.rules.accounting import Fact
from recordings.rules.retention import Rule, Shortfall
from recordings.rules.spans import Span
from recordings.rules.system_events import Begin, CameraNow, End, Failure, Patience, failures, filling, gaps, judged

NOW_MS = 1_795_000_000_000
PATIENCE = Patience(down_after_ms=30_000, up_after_ms=10_000)


def of(state: str, s_ago: int, *, is_going_on: bool, is_enabled: bool = True, watched_s: int | None = 3600) -> Begin | End | None:
    return judged(
        CameraNow(is_enabled, state, NOW_MS - s_ago * 1000),
        is_going_on=is_going_on,
        watched_since_ms=None if watched_s is None else NOW_MS - watched_s * 1000,
        now_ms=NOW_MS,
        patience=PATIENCE,
    )


@pytest.mark.parametrize(
    ("state", "s_ago", "is_going_on", "expected"),
    [
        ("down", 29, False, None),
        ("down", 30, False, Begin(NOW_MS - 30_000)),
        ("down", 300, True, None),
        ("connecting", 300, False, None),
        ("connecting", 300, True, None),
        ("live", 9, True, None),
        ("live", 10, True, End(NOW_MS - 10_000)),
        ("live", 300, False, None),
        ("off", 300, False, None),
        ("off", 300, True, None),
    ],
)
def test_a_camera_is_down_and_back_when_it_has_been_so_for_long_enough(
    state: str, s_ago: int, is_going_on: bool, expected: Begin | End | None
) -> None:
    assert of(state, s_ago, is_going_on=is_going_on) == expected


def test_a_camera_that_is_switched_off_is_not_down() -> None:
    assert of("down", 300, is_going_on=False, is_enabled=False) is None
    assert of("off", 5, is_going_on=True, is_enabled=False) == End(NOW_MS - 5000)


def test_while_nobody_watches_nothing_begins_and_nothing_ends() -> None:
    for state in ("down", "live", "off"):
        assert of(state, 300, is_going_on=True, watched_s=None) is None
        assert of(state, 300, is_going_on=False, watched_s=None) is None


def test_a_state_from_before_the_start_counts_from_the_start_on() -> None:
    assert of("down", 7200, is_going_on=False, watched_s=29) is None
    assert of("down", 7200, is_going_on=False, watched_s=30) == Begin(NOW_MS - 30_000)
    assert of("live", 7200, is_going_on=True, watched_s=5) is None


@given(st.lists(st.tuples(st.sampled_from(["down", "live", "connecting", "off"]), st.integers(1, 60_000)), max_size=40))
def test_what_began_ends_before_it_begins_again_and_never_before_it_began(course: list[tuple[str, int]]) -> None:
    """Looked at every five seconds while a camera goes through any course of states."""
    at_ms, began_ms, ended_ms = NOW_MS, None, 0
    for state, length_ms in course:
        since_ms, at_ms = at_ms, at_ms + length_ms
        for now_ms in range(since_ms - since_ms % 5000 + 5000, at_ms, 5000):
            now = CameraNow(True, state, since_ms)
            verdict = judged(now, is_going_on=began_ms is not None, watched_since_ms=NOW_MS, now_ms=now_ms, patience=PATIENCE)
            if isinstance(verdict, Begin):
                assert began_ms is None and ended_ms <= verdict.at_ms <= now_ms - 30_000
                began_ms = verdict.at_ms
            elif isinstance(verdict, End):
                assert began_ms is not None and began_ms < verdict.at_ms <= now_ms - 10_000
                began_ms, ended_ms = None, verdict.at_ms


def fact(s: int, kind: str, reason: str = "") -> Fact:
    return Fact(NOW_MS + s * 1000, kind, reason)


def span(start_s: int, end_s: int) -> Span:
    return Span(NOW_MS + start_s * 1000, NOW_MS + end_s * 1000)


def test_footage_is_missing_from_the_failure_to_what_is_noted_next() -> None:
    facts = [fact(0, "recording"), fact(10, "write_failure", "no space"), fact(20, "recording"), fact(40, "overload"), fact(45, "off")]
    assert failures(facts, NOW_MS + 100_000) == [
        Failure(span(10, 20), "no space", True),
        Failure(span(40, 45), "the disk was too slow", True),
    ]
    assert failures([fact(10, "write_failure")], NOW_MS + 30_000) == [Failure(span(10, 30), "the footage could not be written", False)]
    assert failures([fact(10, "camera_down"), fact(20, "not_running")], NOW_MS + 30_000) == []


def test_short_failures_are_none_and_close_ones_are_one() -> None:
    told = [
        Failure(span(0, 4), "a", True),
        Failure(span(100, 103), "b", True),
        Failure(span(101, 106), "c", True),
        Failure(span(115, 117), "d", False),
        Failure(span(127, 129), "e", True),
    ]
    assert gaps(told) == [Failure(span(100, 117), "b", False)]


def test_only_what_fills_up_is_trouble() -> None:
    told = [Shortfall(rule, rule.value, 1, "all that is left is protected") for rule in Rule]
    assert [subject for subject, _ in filling(told)] == ["volume bytes", "free space", "total bytes"]
    assert filling(told)[0][1] == "There is hardly any room left, and nothing may be deleted: all that is left is protected"
