from __future__ import annotations

import pytest

from streaming.doctor import measures
from streaming.doctor.measures import Interval, Pattern
from streaming.doctor.watch import ClockReport, Picture

FPS = 25


def stream(seconds: float, *, keys: tuple[float, ...] = (), gop_s: float = 1.0, pace: float = 1.0, size: int = 4000) -> list[Picture]:
    """Pictures as a healthy camera sends them; `keys` are the moments of keyframes, else one every `gop_s`."""
    found = []
    for number in range(round(seconds * FPS)):
        at_s = number / FPS
        is_key = any(abs(at_s - key) < 0.5 / FPS for key in keys) if keys else round(number % (gop_s * FPS)) == 0
        arrived_ms = 1_000_000 + round(at_s * 1000)
        found.append(Picture(round(at_s * 90_000 * pace), arrived_ms, arrived_ms + 1, size, is_key, is_key))
    return found


def late(pictures: list[Picture], begin: int, end: int, ms: int) -> list[Picture]:
    """The same with some that come later; the network keeps their order."""
    moved: list[Picture] = []
    for number, one in enumerate(pictures):
        arrived = one.arrived_at_ms + (ms if begin <= number < end else 0)
        arrived = max(arrived, moved[-1].arrived_at_ms if moved else 0)
        moved.append(Picture(one.at_90k, arrived, arrived + 1, one.size_bytes, one.is_key, one.has_sets))
    return moved


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ((0, 1, 2, 3, 4), Pattern.FIXED),
        ((0, 2, 2.6, 4.6, 6.6, 7.2), Pattern.SCENES),
        ((0, 1, 3, 7), Pattern.ROAMING),
        ((0, 0.6, 5), Pattern.UNKNOWN),
        ((0, 1, 2.2), Pattern.UNKNOWN),
        ((0, 4), Pattern.UNKNOWN),
    ],
)
def test_the_pattern_of_keyframes(keys: tuple[float, ...], expected: Pattern) -> None:
    assert measures.pattern(measures.intervals(stream(8, keys=keys))) is expected


def test_intervals_are_told_in_pictures_and_by_the_cameras_clock() -> None:
    assert measures.intervals(stream(3, gop_s=1)) == [Interval(25, 1000), Interval(25, 1000)]


def test_intervals_of_a_camera_whose_clock_stands_still_are_told_by_ours() -> None:
    standing = [Picture(0, one.arrived_at_ms, one.complete_at_ms, 1, one.is_key, True) for one in stream(3)]
    assert measures.intervals(standing) == [Interval(25, 1000), Interval(25, 1000)]


def test_growth_is_each_longer_than_the_one_before() -> None:
    assert measures.is_growing([Interval(1, 500), Interval(1, 1000), Interval(1, 2000)])
    assert not measures.is_growing([Interval(1, 500), Interval(1, 1000)])
    assert not measures.is_growing([Interval(1, 500), Interval(1, 1000), Interval(1, 1100)])


@pytest.mark.parametrize(("pace", "expected"), [(1.0, 0), (0.98, 20), (1.01, -10)])
def test_drift_is_told_in_ms_a_second(pace: float, expected: float) -> None:
    assert measures.lag_growth_ms_per_s(stream(10, pace=pace)) == pytest.approx(expected, abs=1)


def test_a_network_that_delays_some_is_no_drift() -> None:
    assert measures.lag_growth_ms_per_s(late(stream(10), 60, 80, 400)) == pytest.approx(0, abs=1)


def test_a_short_look_says_nothing_about_drift() -> None:
    assert measures.lag_growth_ms_per_s(stream(4)) is None
    assert measures.lag_growth_ms_per_s([]) is None


def test_a_leap_stays_and_a_stall_catches_up() -> None:
    leaping = [
        Picture(one.at_90k + (90_000 * 60 if number >= 50 else 0), one.arrived_at_ms, one.complete_at_ms, 1, one.is_key, True)
        for number, one in enumerate(stream(6))
    ]
    assert measures.jumps(leaping) == 1
    assert measures.jumps(late(stream(8), 50, 51, 3000)) == 0
    assert measures.jumps(stream(6)) == 0


def test_pictures_sent_before_ones_shown_earlier_are_reordered() -> None:
    order = [0, 3, 1, 2, 6, 4, 5]
    assert measures.reorders([Picture(number * 3600, number, number, 1, False, False) for number in order])
    assert not measures.reorders(stream(2))


def test_bitrate_counts_whole_groups() -> None:
    assert measures.bitrate_bps(stream(4.2, size=4000)) == 4000 * FPS * 8
    assert measures.bitrate_bps([]) == 0
    assert measures.bitrate_bps(stream(0.04)) == 0


def test_the_pace_of_the_cameras_two_clocks() -> None:
    reports = [ClockReport(0, 5_000_000, 1), ClockReport(90_000 * 9, 5_010_000, 2)]
    assert measures.clock_pace(reports) == pytest.approx(0.9)
    assert measures.clock_pace(reports[:1]) is None
    assert measures.clock_pace([ClockReport(0, None, 1), *reports[1:]]) is None
