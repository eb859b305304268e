from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from recordings.rules.motion.episodes import Course, carried_on, episodes
from recordings.rules.spans import Span

ENDS_AFTER_MS = 8000


@st.composite
def motion(draw: st.DrawFn) -> list[Span]:
    """In the order of time, apart, as a detector tells it."""
    found, at = [], 1_795_000_000_000
    for rest, length in draw(st.lists(st.tuples(st.integers(1, 20_000), st.integers(1, 5000)), max_size=20)):
        found.append(Span(at + rest, at + rest + length))
        at = found[-1].end_ms
    return found


def test_a_short_rest_does_not_end_an_episode() -> None:
    assert episodes([Span(0, 1000), Span(8999, 9500)], ends_after_ms=ENDS_AFTER_MS) == [Span(0, 9500)]


def test_a_rest_as_long_as_was_said_ends_it() -> None:
    assert episodes([Span(0, 1000), Span(9000, 9500)], ends_after_ms=ENDS_AFTER_MS) == [Span(0, 1000), Span(9000, 9500)]


def test_nothing_that_moves_is_no_episode() -> None:
    assert episodes([], ends_after_ms=ENDS_AFTER_MS) == []
    assert carried_on(None, [], known_until_ms=10**12, ends_after_ms=ENDS_AFTER_MS) == Course([], None)


def test_an_episode_goes_on_until_it_has_rested_long_enough() -> None:
    going_on = carried_on(None, [Span(0, 1000)], known_until_ms=2000, ends_after_ms=ENDS_AFTER_MS).going_on
    assert going_on == Span(0, 1000)
    assert carried_on(going_on, [], known_until_ms=8999, ends_after_ms=ENDS_AFTER_MS) == Course([], going_on)
    assert carried_on(going_on, [], known_until_ms=9000, ends_after_ms=ENDS_AFTER_MS) == Course([going_on], None)


def test_a_bit_may_end_one_and_begin_another() -> None:
    found = carried_on(Span(0, 1000), [Span(20_000, 21_000)], known_until_ms=22_000, ends_after_ms=ENDS_AFTER_MS)
    assert found == Course([Span(0, 1000)], Span(20_000, 21_000))


@given(motion(), st.integers(1, 15_000))
def test_bit_by_bit_it_is_the_same_as_at_once(moving: list[Span], ends_after_ms: int) -> None:
    over, going_on = [], None
    for span in moving:
        for _twice in range(2):
            course = carried_on(going_on, [span], known_until_ms=span.end_ms, ends_after_ms=ends_after_ms)
            over += course.over
            going_on = course.going_on
    assert over + ([going_on] if going_on else []) == episodes(moving, ends_after_ms=ends_after_ms)


@given(motion(), st.integers(1, 15_000))
def test_episodes_hold_all_motion_and_rest_between(moving: list[Span], ends_after_ms: int) -> None:
    found = episodes(reversed(moving), ends_after_ms=ends_after_ms)
    assert all(any(one.start_ms <= span.start_ms and span.end_ms <= one.end_ms for one in found) for span in moving)
    assert all(later.start_ms - earlier.end_ms >= ends_after_ms for earlier, later in itertools.pairwise(found))
