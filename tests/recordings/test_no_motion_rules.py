from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from recordings.rules.no_motion import Verdict, Watch, judged
from recordings.rules.spans import Span, joined, without

T = 1_795_046_400_000
S = 1000
MINUTE = 60 * S


def span(start_s: float, end_s: float) -> Span:
    return Span(T + round(start_s * S), T + round(end_s * S))


TEN = [span(60 * number, 60 * number + 60) for number in range(10)]
WATCH = Watch(since_ms=T, until_ms=T + 10 * MINUTE, pre_roll_ms=5 * S, looked_at=[span(0, 700)], looked_until_ms=T + 700 * S, wanted=[])


def test_where_nothing_moved_all_goes_that_was_held_long_enough() -> None:
    assert judged(WATCH, TEN) == Verdict(tuple(range(10)), T + 10 * MINUTE)
    held = replace(WATCH, until_ms=T + 5 * MINUTE - 1)
    assert judged(held, TEN) == Verdict((0, 1, 2, 3), T + 4 * MINUTE)


def test_what_belongs_to_motion_stays_also_by_its_rolls() -> None:
    assert judged(replace(WATCH, wanted=[span(118, 181), span(310, 311)]), TEN).goes == (0, 4, 6, 7, 8, 9)
    assert judged(replace(WATCH, wanted=[span(120, 180)]), TEN).goes == (0, 1, 3, 4, 5, 6, 7, 8, 9)


def test_what_nobody_looked_at_stays_and_is_passed_by() -> None:
    looked_at = [span(0, 130), span(140, 700)]
    assert judged(replace(WATCH, looked_at=looked_at), TEN) == Verdict((0, 1, 3, 4, 5, 6, 7, 8, 9), T + 10 * MINUTE)
    long_ago = replace(WATCH, looked_at=[], looked_until_ms=T + 1000 * S)
    assert judged(long_ago, TEN) == Verdict((), T + 10 * MINUTE)


def test_what_the_detector_has_not_come_to_is_waited_for_with_what_lies_before_it() -> None:
    behind = replace(WATCH, looked_at=[span(0, 302)], looked_until_ms=T + 302 * S)
    assert judged(behind, TEN) == Verdict((0, 1, 2, 3), T + 4 * MINUTE), "motion at 302 s would want what was from 297 s on"
    assert judged(replace(behind, pre_roll_ms=0), TEN) == Verdict((0, 1, 2, 3, 4), T + 5 * MINUTE)
    assert judged(replace(behind, looked_at=[], looked_until_ms=0), TEN) == Verdict((), T)


def test_both_streams_go_and_stay_together() -> None:
    sub = [Span(one.start_ms + 20 * S, one.end_ms + 20 * S) for one in TEN]
    both = sorted([*TEN, *sub])
    goes = judged(replace(WATCH, until_ms=T + 11 * MINUTE, wanted=[span(125, 126)]), both).goes
    assert {both[number] for number in range(20)} - {both[number] for number in goes} == {TEN[2], sub[1]}


def test_where_there_is_no_footage_it_goes_on_behind() -> None:
    assert judged(WATCH, []) == Verdict((), T + 10 * MINUTE)
    assert judged(replace(WATCH, until_ms=T - 1), []) == Verdict((), T)


def test_a_picture_s_duration_between_two_files_need_not_be_looked_at() -> None:
    looked_at = [Span(one.start_ms + 40, one.end_ms - 40) for one in TEN]
    assert judged(replace(WATCH, looked_at=looked_at), TEN).goes == tuple(range(10))


@st.composite
def courses(draw: st.DrawFn) -> tuple[list[Span], list[Span], list[Span]]:
    """Segments of two streams with gaps, what is ever looked at, what moves."""
    segments = []
    for stream in range(2):
        at_s = draw(st.integers(0, 50))
        for _ in range(draw(st.integers(1, 15))):
            length_s = draw(st.integers(1, 60))
            segments.append(span(at_s, at_s + length_s))
            at_s += length_s + draw(st.sampled_from([0, 0, 0, 0, 7 + stream, 300]))
    end_s = max(one.end_ms - T for one in segments) // S
    times = st.integers(0, end_s)
    blind = [span(first, first + length) for first, length in draw(st.lists(st.tuples(times, st.integers(2, 90)), max_size=4))]
    looked_at = without(span(0, end_s), blind)
    moving = [span(first, first + length) for first, length in draw(st.lists(st.tuples(times, st.integers(1, 40)), max_size=4))]
    return sorted(segments), looked_at, [part for one in moving for part in _clip(one, looked_at)]


def _clip(one: Span, into: list[Span]) -> list[Span]:
    return [part for part in (Span(max(one.start_ms, its.start_ms), min(one.end_ms, its.end_ms)) for its in into) if part.length_ms > 0]


PRE, POST = 5 * S, 10 * S


def run(course: tuple[list[Span], list[Span], list[Span]], looks_s: list[int], lag_s: int) -> tuple[set[int], int]:
    """What is gone after looking at these moments; the detector is behind by so much, footage is held for two minutes."""
    segments, looked_at, moving = course
    gone: set[int] = set()
    cursor = T
    for now_s in looks_s:
        come_to = Span(T, T + (now_s - lag_s) * S)
        seen = _clip(come_to, looked_at) if come_to.length_ms > 0 else []
        found = [part for one in moving for part in (_clip(one, [come_to]) if come_to.length_ms > 0 else [])]
        until_ms = min(T + (now_s - 120) * S, cursor + 5 * MINUTE)
        watch = Watch(
            since_ms=cursor,
            until_ms=until_ms,
            pre_roll_ms=PRE,
            looked_at=seen,
            looked_until_ms=max((one.end_ms for one in seen), default=0),
            wanted=[Span(one.start_ms - PRE, one.end_ms + POST) for one in found],
        )
        offered = [
            number
            for number, one in enumerate(segments)
            if one.start_ms >= cursor and one.start_ms < until_ms + PRE and one.end_ms <= T + now_s * S and number not in gone
        ]
        verdict = judged(watch, [segments[number] for number in offered])
        assert verdict.until_ms >= cursor
        cursor = verdict.until_ms
        gone |= {offered[number] for number in verdict.goes}
    return gone, cursor


@given(courses(), st.integers(0, 400), st.lists(st.integers(1, 90), min_size=1, max_size=60))
def test_nothing_goes_that_moved_or_that_nobody_looked_at(
    course: tuple[list[Span], list[Span], list[Span]], lag_s: int, steps_s: list[int]
) -> None:
    segments, looked_at, moving = course
    wanted = [Span(one.start_ms - PRE, one.end_ms + POST) for one in moving]
    looks_s, now_s = [], 0
    for step_s in steps_s * 20:
        now_s += step_s
        looks_s.append(now_s)
    gone, _ = run(course, looks_s, lag_s)
    for number in gone:
        one = segments[number]
        assert not any(other.start_ms < one.end_ms and other.end_ms > one.start_ms for other in wanted)
        assert all(hole.length_ms <= 1500 for hole in without(one, joined(looked_at, tolerance_ms=1500)))


@given(courses())
def test_all_goes_in_the_end_in_which_somebody_saw_nothing(course: tuple[list[Span], list[Span], list[Span]]) -> None:
    segments, looked_at, moving = course
    wanted = [Span(one.start_ms - PRE, one.end_ms + POST) for one in moving]
    still = {
        number
        for number, one in enumerate(segments)
        if not any(other.start_ms < one.end_ms and other.end_ms > one.start_ms for other in wanted)
        and all(hole.length_ms <= 1500 for hole in without(one, joined(looked_at, tolerance_ms=1500)))
    }
    end_s = max(one.end_ms - T for one in segments) // S
    every_half_minute, _ = run(course, list(range(0, end_s + 2000, 30)), lag_s=20)
    # What lies behind the last that is ever looked at, or in a hole shortly before it, is waited for: it may still come.
    last_ms = max((one.end_ms for one in looked_at), default=T)
    holes = without(Span(T, last_ms), looked_at) if last_ms > T else []
    horizon_ms = min([last_ms - 120_000, *(hole.start_ms for hole in holes if hole.end_ms > last_ms - 120_000)]) - PRE
    assert {number for number in still if segments[number].end_ms < horizon_ms} <= every_half_minute <= still
