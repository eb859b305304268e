from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recordings.rules.motion.area import Found, found_in, joined_found, summed
from recordings.rules.motion.grid import CELLS
from recordings.rules.spans import Span
from tests.support.moving import activity

T = 1_795_000_000_000
WINDOW = Span(T, T + 3_600_000)


def test_what_changed_in_the_area_is_found_with_how_much_of_it_did() -> None:
    told = [
        activity(T, cells=[1, 2, 3]),
        activity(T + 2000, (0, 500), score=60, cells=[3, 4]),
        activity(T + 4000, (0, 500), cells=[400]),
        activity(T + 6000),
        activity(T - 2000, cells=[3]),
    ]
    assert found_in(told, [2, 3, 4, 5], WINDOW) == [
        Found(Span(T, T + 2000), 0, 0.5),
        Found(Span(T + 2000, T + 4000), 60, 0.5),
    ]
    assert found_in(told[3:], [2], WINDOW) == []


def found(start_s: int, end_s: int, score: int = 0, share: float = 0.1) -> Found:
    return Found(Span(T + start_s * 1000, T + end_s * 1000), score, share)


def test_what_is_close_together_is_one_with_the_most_of_all() -> None:
    told = [found(14, 16, 5, 0.3), found(0, 2, 10, 0.1), found(6, 8, 20, 0.2), found(-3, -1), found(13, 14)]
    assert joined_found(told[:-1], WINDOW) == [found(0, 8, 20, 0.2), found(14, 16, 5, 0.3)]
    assert joined_found(told[1:3], Span(T + 1000, T + 7000)) == [found(1, 7, 20, 0.2)]


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 60)), max_size=80), st.integers(1, 10))
def test_however_much_there_is_all_of_it_is_told_in_so_many(spans: list[tuple[int, int]], most: int) -> None:
    told = [found(start_s, start_s + length_s, share=length_s / 60) for start_s, length_s in spans]
    joined = joined_found(told, WINDOW, most=most)
    assert len(joined) <= most
    for one in told:
        assert any(whole.span.start_ms <= one.span.start_ms and whole.span.end_ms >= one.span.end_ms for whole in joined)
    assert max((one.share for one in joined), default=0) == max((one.share for one in told), default=0)


def test_counts_add_up_beyond_a_byte() -> None:
    told = [activity(T, cells=[7])] * 300 + [activity(T)]
    expected = np.zeros(CELLS, np.int64)
    expected[7] = 1500
    assert (summed(told) == expected).all()
    assert summed([]).sum() == 0
