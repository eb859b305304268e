from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streaming.media import timing


@given(st.integers(0, 2**50))
def test_wall_clock_milliseconds_survive_the_media_clock(milliseconds: int) -> None:
    assert timing.to_ms(timing.ms_to_90k(milliseconds)) == milliseconds


@given(st.integers(0, 2**52))
def test_ticks_survive_the_wires_microseconds(ticks: int) -> None:
    assert timing.us_to_90k(timing.to_us(ticks)) == ticks


def test_rescaling_rounds_to_the_nearest() -> None:
    assert timing.rescale(1024, 16_000, 90_000) == 5760
    assert timing.rescale(960, 48_000, 90_000) == 1800
    assert timing.rescale(1, 90_000, 8_000) == 0
