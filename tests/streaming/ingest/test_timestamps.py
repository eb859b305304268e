from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.ingest.timestamps import TrackClock, align

NOW_MS = 1_790_000_000_000
VIDEO_HZ = 90_000
U32 = 1 << 32


def run(clock: TrackClock, rtp: list[int], arrivals_ms: list[int]) -> list[int]:
    return [clock.to_pts(stamp % U32, arrived) for stamp, arrived in zip(rtp, arrivals_ms, strict=True)]


def steady(count: int, fps: int = 25, start: int = 0) -> tuple[list[int], list[int]]:
    return [start + n * 90_000 // fps for n in range(count)], [NOW_MS + n * 1000 // fps for n in range(count)]


@given(st.integers(0, U32 - 1), st.lists(st.integers(0, 400), min_size=25, max_size=25))
def test_the_cameras_spacing_is_kept_whatever_the_network_does(start: int, delays_ms: list[int]) -> None:
    rtp, arrivals = steady(25, start=start)
    pts = run(TrackClock(VIDEO_HZ), rtp, [at + delay for at, delay in zip(arrivals, delays_ms, strict=True)])
    assert pts[0] == (NOW_MS + delays_ms[0]) * 90
    assert [b - a for a, b in pairwise(pts)] == [3600] * 24


def test_a_wrap_is_no_event() -> None:
    rtp, arrivals = steady(20, start=U32 - 10 * 3600)
    pts = run(TrackClock(VIDEO_HZ), rtp, arrivals)
    assert [b - a for a, b in pairwise(pts)] == [3600] * 19


@pytest.mark.parametrize("jump_s", [11, 1000, -3, -1000, 20_000])
def test_a_jump_is_replaced_by_the_arrival(jump_s: int) -> None:
    rtp, arrivals = steady(100)
    rtp = rtp[:50] + [stamp + jump_s * 90_000 for stamp in rtp[50:]]
    pts = run(TrackClock(VIDEO_HZ), rtp, arrivals)
    assert all(b > a for a, b in pairwise(pts))
    assert pts[-1] == pytest.approx(arrivals[-1] * 90, abs=9000)


def test_a_pause_of_the_camera_is_kept() -> None:
    rtp, arrivals = steady(20)
    rtp = rtp[:10] + [stamp + 4 * 90_000 for stamp in rtp[10:]]
    arrivals = arrivals[:10] + [at + 4000 for at in arrivals[10:]]
    pts = run(TrackClock(VIDEO_HZ), rtp, arrivals)
    assert pts[-1] - pts[0] == 19 * 3600 + 4 * 90_000


@pytest.mark.parametrize("speed", [0.97, 1.03])
def test_a_camera_clock_that_runs_wrong_is_followed(speed: float) -> None:
    rtp, arrivals = steady(25 * 600)
    pts = run(TrackClock(VIDEO_HZ), [int(stamp * speed) for stamp in rtp], arrivals)
    assert all(b > a for a, b in pairwise(pts))
    assert max(abs(stamp - at * 90) for stamp, at in zip(pts, arrivals, strict=True)) < 1.6 * 90_000


def test_a_burst_of_old_pictures_at_the_start_is_slid_back_to_the_present() -> None:
    rtp, arrivals = steady(25 * 60)
    arrivals = [max(at, NOW_MS + 4000) for at in arrivals]  # the first four seconds come at once
    pts = run(TrackClock(VIDEO_HZ), rtp, arrivals)
    assert all(b > a for a, b in pairwise(pts))
    assert abs(pts[-1] - arrivals[-1] * 90) <= 90_000


@given(st.integers(-3_600_000, 3_600_000))
def test_media_time_grows_when_the_wall_clock_is_set(step_ms: int) -> None:
    rtp, arrivals = steady(400)
    pts = run(TrackClock(VIDEO_HZ), rtp, arrivals[:200] + [at + step_ms for at in arrivals[200:]])
    assert all(b > a for a, b in pairwise(pts))
    # Once settled, spacing is the camera's again, slid by an eighth at most.
    assert all(abs(b - a - 3600) <= 450 for a, b in pairwise(pts[300:]))


@given(st.integers(0, U32 - 1), st.integers(-10_000, 100_000))
def test_media_time_grows_across_reconnects(other_start: int, away_ms: int) -> None:
    clock = TrackClock(VIDEO_HZ)
    rtp, arrivals = steady(20)
    before = run(clock, rtp, arrivals)
    clock.reconnect(VIDEO_HZ)
    again_ms = arrivals[-1] + away_ms
    after = clock.to_pts(other_start, again_ms)
    assert after == max(before[-1] + 1, again_ms * 90)


rtp_steps = st.one_of(st.integers(-(U32 // 2), U32 // 2), st.integers(-300_000, 900_000), st.just(0), st.just(3600))


@given(st.lists(st.tuples(rtp_steps, st.integers(0, 1000)), min_size=1, max_size=80))
def test_no_timestamps_at_all_make_media_time_leave_the_wall_clock(steps: list[tuple[int, int]]) -> None:
    clock = TrackClock(VIDEO_HZ)
    rtp, arrived_ms, newest = 0, NOW_MS, 0
    for rtp_step, elapsed_ms in steps:
        rtp, arrived_ms = (rtp + rtp_step) % U32, arrived_ms + elapsed_ms
        pts = clock.to_pts(rtp, arrived_ms)
        newest = max(newest, pts)
        assert -15 * 90_000 <= pts - arrived_ms * 90 <= 10 * 90_000
        assert newest - pts <= 2 * 90_000


@pytest.mark.parametrize("claimed_hz", [1000, 9000, 45_000, 180_000, 1_000_000])
def test_a_clock_rate_that_is_a_lie_costs_evenness_only(claimed_hz: int) -> None:
    rtp, arrivals = steady(25 * 120)
    pts = run(TrackClock(claimed_hz), rtp, arrivals)
    assert all(b > a for a, b in pairwise(pts))
    assert max(abs(stamp - at * 90) for stamp, at in zip(pts, arrivals, strict=True)) < 15 * 90_000


def test_timestamps_that_stand_still_are_replaced_by_arrivals() -> None:
    _, arrivals = steady(100)
    pts = run(TrackClock(VIDEO_HZ), [4711] * 100, arrivals)
    assert pts == [at * 90 for at in arrivals]


def test_one_repeated_timestamp_moves_nothing_else() -> None:
    rtp, arrivals = steady(20)
    rtp[10] = rtp[9]
    pts = run(TrackClock(VIDEO_HZ), rtp, arrivals)
    assert [b - a for a, b in pairwise(pts)] == [3600] * 19


def test_sender_reports_bring_sound_in_line_with_pictures() -> None:
    video, audio = TrackClock(VIDEO_HZ), TrackClock(16_000)
    for n in range(25):
        video.to_pts(n * 3600, NOW_MS + n * 40)
    for n in range(16):  # recorded at the same time, arrives 300 ms later
        audio.to_pts(7000 + n * 1024, NOW_MS + 300 + n * 64)
    for n in range(16, 200):
        align(video, (0, 5_000_000), audio, (7000, 5_000_000))
        audio.to_pts(7000 + n * 1024, NOW_MS + 300 + n * 64)
    assert video.pts_at(0) == pytest.approx(audio.pts_at(7000), abs=900)


def test_sender_reports_that_contradict_the_arrival_are_ignored() -> None:
    video, audio = TrackClock(VIDEO_HZ), TrackClock(16_000)
    video.to_pts(0, NOW_MS)
    audio.to_pts(0, NOW_MS)
    align(video, (0, 5_000_000), audio, (0, 9_000_000))
    assert audio.to_pts(1024, NOW_MS + 64) == NOW_MS * 90 + 5760
