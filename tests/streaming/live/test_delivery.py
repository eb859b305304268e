"""The delivery of one viewer, without sockets, clocks or a bus: what it may hold, and what the viewer can rely on."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streaming.live.delivery import Delivery, Limits
from streaming.live.message import Message, is_text, unframed
from streaming.media.wire import HEADER_BYTES, Flag, Header, Kind, parse_header

GOP = 30
LIMITS = Limits(queue_bytes=20_000, queue_ms=1000, first_bytes=10_000, window_bytes=10_000, window_ms=1000)


def message(sequence: int, *, size: int = 500, track: int = 0, gop: int = GOP, arrived_ms: int | None = None) -> Message:
    is_key = track == 0 and sequence % gop == 0
    flags = Flag.KEY if is_key else Flag.NONE
    at_ms = sequence * 33 if arrived_ms is None else arrived_ms
    return Message(Kind.ACCESS_UNIT, bytes(size), flags=int(flags), track=track, sequence=sequence, generation=7, arrived_ms=at_ms)


class Viewer:
    """A delivery with the feed's cache beside it, and everything it has let out."""

    def __init__(self, *, is_newest_only: bool = False, reports_writable: bool = True, first: int = 0, limits: Limits = LIMITS) -> None:
        self._is_newest_only = is_newest_only
        self.delivery = Delivery(limits, is_newest_only=is_newest_only, reports_writable=reports_writable)
        self.delivery.begin(['{"type":"init"}'], [], 7, 0)
        self.next = first
        self.group: list[Message] = []
        self.texts: list[dict[str, Any]] = []
        self.headers: list[Header] = []
        self.events: list[str] = []
        self.overflows = 0

    def feed(self, now_ms: int, *, size: int = 500, is_writable: bool = True) -> None:
        made = message(self.next, size=size, arrived_ms=now_ms)
        self.next += 1
        self.group = [made] if made.is_key or self.delivery_is_newest_only else [*self.group, made]
        self.overflows += not self.delivery.offer(made, now_ms)
        if is_writable:
            self.take(now_ms)

    @property
    def delivery_is_newest_only(self) -> bool:
        return self._is_newest_only

    def take(self, now_ms: int, most: int = 10_000) -> None:
        if self.delivery.is_skipping and self.delivery.window.is_open(now_ms):
            self._pull(now_ms, most)
            self.delivery.enter(self.group, now_ms)
        self._pull(now_ms, most)

    def _pull(self, now_ms: int, most: int) -> None:
        for _ in range(most):
            found = self.delivery.pull(now_ms)
            if found is None:
                return
            frame = found[0]
            if is_text(frame):
                text = json.loads(unframed(frame))
                self.texts.append(text)
                self.events.append(text["type"])
            else:
                header = parse_header(unframed(frame)[:HEADER_BYTES])
                self.headers.append(header)
                self.events.append("media")

    @property
    def gaps(self) -> list[dict[str, Any]]:
        return [text for text in self.texts if text["type"] == "gap"]


def test_a_newcomer_gets_init_then_the_cached_group_as_backlog() -> None:
    viewer = Viewer(first=60)
    viewer.group = [message(sequence) for sequence in range(60, 70)]
    viewer.next = 70
    viewer.take(0)
    viewer.feed(33)
    assert viewer.events[0] == "init"
    assert [header.sequence for header in viewer.headers] == list(range(60, 71))
    assert viewer.headers[0].flags == Flag.KEY | Flag.CHANGED | Flag.BACKLOG
    assert [Flag.BACKLOG in header.flags for header in viewer.headers] == [True] * 9 + [False] * 2
    assert not viewer.gaps


def test_nothing_is_said_of_a_key_before_the_feed_has_one() -> None:
    viewer = Viewer(first=5)
    viewer.group = []
    viewer.take(0)
    assert viewer.events == ["init"]


def test_a_stall_longer_than_the_group_is_told_and_resumes_at_the_newest_keyframe() -> None:
    viewer = Viewer()
    for number in range(30):
        viewer.feed(number * 33)
    for number in range(30, 130):
        viewer.feed(number * 33, is_writable=False)
    assert viewer.overflows == 1
    assert viewer.delivery.queue_bytes == 0
    viewer.take(130 * 33)
    assert viewer.gaps == [viewer.gaps[0] | {"skipped": 90, "reason": "slow"}]
    resumed = viewer.headers[30]
    assert (resumed.sequence, resumed.dropped) == (120, 90)
    assert resumed.flags == Flag.KEY | Flag.DISCONTINUITY | Flag.BACKLOG
    assert [header.sequence for header in viewer.headers[30:]] == list(range(120, 130))
    assert viewer.headers[-1].flags == Flag.NONE


def test_a_stall_within_the_group_loses_nothing() -> None:
    viewer = Viewer()
    for number in range(3):
        viewer.feed(number * 33)
    viewer.feed(3 * 33, is_writable=False)
    viewer.feed(3 * 33 + 1100, is_writable=False)
    assert viewer.delivery.is_skipping
    viewer.take(1300)
    assert [header.sequence for header in viewer.headers] == list(range(5))
    assert not viewer.gaps


def test_overflowing_again_soon_waits_for_the_next_group() -> None:
    viewer = Viewer()
    viewer.feed(0)
    for start_ms in (0, 1200):
        viewer.feed(start_ms + 1, is_writable=False)
        viewer.feed(start_ms + 1102, is_writable=False)
        viewer.take(start_ms + 1103, most=2)
    assert viewer.delivery.is_skipping
    before = len(viewer.headers)
    viewer.take(2400)
    assert len(viewer.headers) == before
    while viewer.next <= GOP:
        viewer.feed(2400 + viewer.next)
    assert viewer.headers[before].flags == Flag.KEY | Flag.DISCONTINUITY


def test_a_gap_of_the_bus_is_told_in_its_place() -> None:
    viewer = Viewer()
    viewer.feed(0)
    viewer.delivery.gap(12, "bus", 40)
    viewer.next = GOP
    viewer.delivery.offer(message(1), 41)
    viewer.take(42)
    assert viewer.events == ["init", "media", "gap", "media"]
    assert Flag.DISCONTINUITY in viewer.headers[-1].flags


def test_the_window_closes_after_a_second_without_acknowledgement() -> None:
    viewer = Viewer()
    viewer.feed(0)
    viewer.delivery.acknowledge(7, 0)
    for number in range(1, 40):
        viewer.feed(number * 33, size=50)
    assert viewer.headers[-1].sequence == 32  # what was under way spanned no more than 1000 ms
    viewer.delivery.acknowledge(6, 31)  # of a rung left behind
    assert not viewer.delivery.window.is_open(1300)
    viewer.delivery.acknowledge(7, 31)
    viewer.take(1300)
    assert viewer.headers[-1].sequence == 39


def test_a_viewer_that_acknowledges_only_what_comes_is_not_waited_for_for_ever() -> None:
    """After a break of the stream, or when its last acknowledgement came just before the last messages."""
    viewer = Viewer()
    viewer.feed(0)
    viewer.delivery.acknowledge(7, 0)
    viewer.feed(33)
    viewer.feed(5000)
    assert viewer.headers[-1].sequence == 2
    viewer.feed(5033)
    assert viewer.headers[-1].sequence == 2
    viewer.feed(6100)
    assert viewer.headers[-1].sequence == 3


def test_a_viewer_that_fell_behind_is_given_a_second_of_the_cached_group_at_a_time() -> None:
    """All at once, a slow viewer would be further behind by the whole group."""
    viewer = Viewer(limits=Limits())
    viewer.feed(0)
    viewer.delivery.acknowledge(7, 0)
    for number in range(1, 130):
        viewer.feed(number * 33, is_writable=False)
    viewer.group = [message(sequence) for sequence in range(60, 130)]
    viewer.take(130 * 33)
    assert viewer.headers[1].sequence == 60
    assert viewer.headers[-1].sequence == 60 + 31
    viewer.delivery.acknowledge(7, 60 + 31)
    viewer.take(130 * 33 + 100)
    assert viewer.headers[-1].sequence == 60 + 63


def test_the_window_closes_at_its_bytes() -> None:
    viewer = Viewer()
    viewer.feed(0)
    viewer.delivery.acknowledge(7, 0)
    for number in range(1, 20):
        viewer.feed(number, size=2000)
    assert len(viewer.headers) == 1 + 5


def test_a_silent_viewer_behind_a_server_that_hides_its_socket_gets_one_window_only() -> None:
    viewer = Viewer(reports_writable=False, limits=Limits(first_bytes=20_000))
    for number in range(60):
        viewer.feed(number * 33)
    assert len(viewer.headers) == 20_000 // 536 + 1
    viewer.delivery.acknowledge(7, viewer.headers[-1].sequence)
    viewer.take(60 * 33)
    assert viewer.headers[-1].sequence == 59


def test_only_the_newest_picture_waits() -> None:
    viewer = Viewer(is_newest_only=True)
    viewer.feed(0)
    for number in range(1, 6):
        viewer.feed(number * 33, is_writable=False)
        assert viewer.delivery.queue_bytes < 2 * 600
    viewer.take(200)
    assert [(header.sequence, header.dropped) for header in viewer.headers] == [(0, 0), (5, 4)]
    assert not viewer.gaps  # a slower pace is no gap
    for number in range(6, 50):
        viewer.feed(number * 33, is_writable=False)
    viewer.take(50 * 33)
    assert viewer.gaps[0]["skipped"] == 43
    assert Flag.DISCONTINUITY in viewer.headers[-1].flags


def test_sequences_go_on_across_their_wrap() -> None:
    first = (1 << 32) - GOP - (1 << 32) % GOP
    viewer = Viewer(first=first)
    for number in range(60):
        viewer.feed(number * 33)
    assert len(viewer.headers) == 60
    assert all(header.dropped == 0 for header in viewer.headers)


STEPS = st.lists(
    st.tuples(st.integers(0, 200), st.integers(20, 30_000), st.sampled_from(["stalled", "one", "all", "ack"])), min_size=1, max_size=200
)


@settings(max_examples=150, deadline=None)
@given(STEPS, st.booleans(), st.booleans())
def test_whatever_happens(steps: list[tuple[int, int, str]], is_newest_only: bool, reports_writable: bool) -> None:
    """Bounds hold; a jump of the sequence is what the header says was dropped; after a gap comes a keyframe marked as such."""
    viewer = Viewer(is_newest_only=is_newest_only, reports_writable=reports_writable)
    now_ms = 0
    for after_ms, size, what in steps:
        now_ms += after_ms
        viewer.feed(now_ms, size=size, is_writable=False)
        waiting = viewer.delivery.queue_bytes
        assert waiting <= max(LIMITS.queue_bytes, 30_100)
        if what in ("one", "all"):
            viewer.take(now_ms, most=1 if what == "one" else 10_000)
        elif what == "ack" and viewer.headers:
            viewer.delivery.acknowledge(7, viewer.headers[-1].sequence)
            viewer.take(now_ms)
    _rely_on(viewer)


def _rely_on(viewer: Viewer) -> None:
    headers = iter(viewer.headers)
    last: Header | None = None
    is_after_gap = False
    for event in viewer.events:
        if event != "media":
            is_after_gap |= event == "gap"
            continue
        header = next(headers)
        if last is None:
            assert Flag.KEY in header.flags or viewer.delivery_is_newest_only
        else:
            assert header.sequence - last.sequence - 1 == header.dropped
        assert (Flag.DISCONTINUITY in header.flags) == is_after_gap
        if header.dropped and not viewer.delivery_is_newest_only:
            assert Flag.KEY in header.flags
            assert is_after_gap
        is_after_gap = False
        last = header
