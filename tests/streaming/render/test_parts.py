from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.media.packet import Gap, MediaPacket, Role, Tracks
from streaming.render.pace import Pace
from streaming.render.packet_queue import PacketQueue
from streaming.render.rungs import RUNGS, rung_named
from streaming.render.source_choice import choose_role
from tests.support.packets import gops, some_tracks, video


@given(st.lists(st.integers(0, 200), min_size=50, max_size=300), st.sampled_from([10, 15, 30]))
def test_pace_never_lets_more_through_than_allowed(steps_ms: list[int], rate: int) -> None:
    pace, now_ms, made = Pace(rate), 0, 0
    for step in steps_ms:
        now_ms += step
        if pace.is_due(now_ms):
            pace.spend()
            made += 1
    assert made <= now_ms * rate / 1000 + 2


def test_pace_loses_no_picture_of_a_stream_that_is_as_fast_as_allowed_but_jitters() -> None:
    pace, jitter_ms = Pace(30), [0, 12, -9, 14, -12, 3, 0, -14]
    for number in range(300):
        assert pace.is_due(1_000_000 + number * 1000 // 30 + jitter_ms[number % len(jitter_ms)])
        pace.spend()


def test_pace_takes_every_second_picture_of_a_stream_twice_as_fast() -> None:
    pace, taken = Pace(15), []
    for number in range(60):
        if pace.is_due(number * 1000 // 30):
            pace.spend()
            taken.append(number)
    assert {later - earlier for earlier, later in itertools.pairwise(taken)} <= {1, 2, 3}
    assert 29 <= len(taken) <= 31


@pytest.mark.parametrize(
    ("widths", "wanted", "chosen"),
    [
        ({Role.MAIN: 1920, Role.SUB: 640}, 320, Role.SUB),
        ({Role.MAIN: 1920, Role.SUB: 640}, 640, Role.SUB),
        ({Role.MAIN: 1920, Role.SUB: 640}, 854, Role.MAIN),
        ({Role.MAIN: 1280, Role.SUB: 640}, 1920, Role.MAIN),
        ({Role.SUB: 640}, 1920, Role.SUB),
        ({}, 640, None),
    ],
)
def test_smallest_stream_that_suffices_is_chosen_else_the_largest(widths: dict[Role, int], wanted: int, chosen: Role | None) -> None:
    assert choose_role(widths, wanted) is chosen


def test_rungs_are_those_of_the_protocol() -> None:
    assert [(rung.name, rung.width_px, rung.jpeg_quality, rung.pictures_per_second) for rung in RUNGS] == [
        ("1080p", 1920, 80, 30), ("720p", 1280, 80, 30), ("480p", 854, 75, 15), ("360p", 640, 75, 15), ("180p", 320, 70, 10),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="no rung"):
        rung_named("4k")


def drained(queue: PacketQueue) -> list[Tracks | MediaPacket | Gap]:
    queue.offer(some_tracks(99))
    items = []
    while (item := queue.take()) != some_tracks(99):
        assert item is not None
        items.append(item)
    return items


def test_thread_that_is_behind_goes_on_at_the_newest_keyframe() -> None:
    queue = PacketQueue()
    queue.offer(some_tracks())
    for packet in gops(0, 45, gop=20):
        queue.offer(packet)
    assert drained(queue) == [some_tracks(), Gap(20, video(40, key=True).captured_at_ms), *gops(40, 5, gop=20)]
    assert queue.jumped_packets == 40


def test_group_of_pictures_that_comes_in_one_burst_is_kept() -> None:
    queue = PacketQueue()
    for packet in gops(0, 100, gop=100):
        queue.offer(packet)
    assert drained(queue) == gops(0, 100, gop=100)


def test_queue_is_bounded_in_bytes_and_goes_on_at_a_keyframe() -> None:
    queue = PacketQueue()
    for packet in gops(0, 40, gop=30, size=1_000_000):
        queue.offer(packet)
    items = drained(queue)
    assert sum(len(item.data) for item in items if isinstance(item, MediaPacket)) <= 16_000_000
    assert items[-10:] == gops(30, 10, gop=30, size=1_000_000)


def test_nothing_after_a_gap_is_decoded_before_a_keyframe() -> None:
    queue = PacketQueue()
    queue.offer(Gap(3, 0))
    for packet in gops(5, 10, gop=10):
        queue.offer(packet)
    assert drained(queue) == [Gap(3, 0), *gops(10, 5, gop=10)]


def test_closed_queue_lets_its_thread_go() -> None:
    queue = PacketQueue()
    queue.offer(video(0, key=True))
    queue.close()
    assert queue.take() is None
