from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.ingest.decode_times import DecodeTimes
from tests.support.encoded import h264_units, h265_units

pictures = st.lists(st.tuples(st.integers(0, 10**7), st.booleans()), min_size=1, max_size=80)


@given(pictures, st.one_of(st.none(), st.integers(0, 20)), st.sampled_from([None, 1.0, 30.0]))
def test_decoding_times_always_grow_and_never_pass_the_presentation(
    stream: list[tuple[int, bool]], reorder: int | None, rate: float | None
) -> None:
    times = DecodeTimes()
    last = -1
    for number, (pts_90k, is_key) in enumerate(stream):
        if number % 30 == 0:
            times.restart(reorder, rate)
        pts, dts, duration = times.stamp(pts_90k + 10**12, is_key)
        assert last < dts <= pts
        assert 90 <= duration <= 900_000
        last = dts


@pytest.mark.parametrize("b_frames", [0, 1, 2, 3])
@pytest.mark.parametrize("units_of", [h264_units, h265_units])
def test_a_told_reordering_gives_an_encoders_own_decoding_times(units_of: object, b_frames: int) -> None:
    units = units_of(frames=30, gop=15, b_frames=b_frames)  # type: ignore[operator]  # one of two functions with these arguments
    delay = (units[0].pts - units[0].dts) // 3600
    times = DecodeTimes()
    times.restart(delay, 25.0)
    stamps = [times.stamp(unit.pts + 10**12, unit.is_key) for unit in units]
    assert stamps == [(unit.pts + 10**12, unit.dts + 10**12, 3600) for unit in units]


def test_an_untold_reordering_is_learned_within_the_first_group() -> None:
    units = h264_units(frames=30, gop=15, b_frames=2)
    times = DecodeTimes()
    times.restart(None, 25.0)
    stamps = [times.stamp(unit.pts + 10**12, unit.is_key) for unit in units]
    assert [pts for pts, _, _ in stamps[8:]] == [unit.pts + 10**12 for unit in units[8:]]


def test_steps_back_of_a_stream_without_reordering_are_lifted() -> None:
    times = DecodeTimes()
    times.restart(0, 25.0)
    stamps = [times.stamp(pts, False) for pts in (10_000, 13_600, 13_600, 12_000, 20_800)]
    assert [pts for pts, _, _ in stamps] == [10_000, 13_600, 13_601, 13_602, 20_800]
    assert all(pts == dts for pts, dts, _ in stamps)


def test_one_lost_picture_does_not_lengthen_the_next() -> None:
    times = DecodeTimes()
    times.restart(0, None)
    durations = [times.stamp(pts, False)[2] for pts in (3000, 6000, 9000, 15_000, 18_000)]
    assert durations[2:] == [3000, 3000, 3000]
