from __future__ import annotations

import contextlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.rtsp.rtp import ReorderBuffer, RtpError, RtpPacket, SequenceTracker, build_rtp, parse_rtp

PLAIN = RtpPacket(96, True, 65535, 0xFFFFFFFF, 0xDEADBEEF, b"payload")


def numbered(sequence: int) -> RtpPacket:
    return PLAIN._replace(sequence=sequence & 0xFFFF)


def numbers(packets: Sequence[RtpPacket]) -> list[int]:
    return [packet.sequence for packet in packets]


@pytest.mark.parametrize("packet", [PLAIN, PLAIN._replace(marker=False, payload=b""), PLAIN._replace(extension=b"\xff\xd8\0\1abcd")])
def test_what_is_built_is_read_back(packet: RtpPacket) -> None:
    assert parse_rtp(build_rtp(packet)) == packet


def test_sources_extension_and_padding_are_no_payload() -> None:
    data = b"\xb2\xe0\xff\xff\xff\xff\xff\xff\xde\xad\xbe\xef" + b"csrc" * 2 + b"\xbe\xde\0\1ext!" + b"payload" + b"\0\0\3"
    assert parse_rtp(data) == PLAIN._replace(extension=b"\xbe\xde\0\1ext!")
    for cut in range(len(data)):
        with contextlib.suppress(RtpError):
            parse_rtp(data[:cut])


@given(st.binary(max_size=80))
def test_no_bytes_raise_anything_but_rtp_error(data: bytes) -> None:
    with contextlib.suppress(RtpError):
        parse_rtp(data)


@pytest.mark.parametrize(
    ("sequences", "lost"),
    [
        ([5, 6, 7], [0, 0, 0]),
        ([65534, 65535, 0, 1], [0, 0, 0, 0]),
        ([10, 14, 15], [0, 3, 0]),
        ([65535, 2], [0, 2]),
        ([10, 11, 10, 9, 12], [0, 0, -1, -1, 0]),
        ([10, 30_000, 11, 12], [0, -1, 0, 0]),
        ([10, 30_000, 30_001, 30_002], [0, -1, 1, 0]),
    ],
    ids=["in order", "wrap", "gap", "gap over the wrap", "late and repeated", "stray", "restart"],
)
def test_loss_is_counted(sequences: list[int], lost: list[int]) -> None:
    tracker = SequenceTracker()
    assert [tracker.advance(sequence) for sequence in sequences] == lost


def test_expected_and_received_survive_the_wrap() -> None:
    tracker = SequenceTracker()
    for sequence in range(65_000, 70_000):
        if sequence % 10:
            tracker.advance(sequence & 0xFFFF)
    assert (tracker.expected, tracker.received) == (4999, 4500)
    assert tracker.highest == 69_999


def test_packets_that_overtook_others_wait_for_them() -> None:
    buffer = ReorderBuffer()
    assert [numbers(buffer.push(numbered(n), 0)) for n in (1, 3, 4, 2, 5)] == [[1], [], [], [2, 3, 4], [5]]


def test_waiting_ends_after_a_time() -> None:
    buffer = ReorderBuffer(max_wait_ms=60)
    buffer.push(numbered(1), 0)
    assert numbers(buffer.push(numbered(3), 10)) == []
    assert numbers(buffer.expire(69)) == []
    assert numbers(buffer.expire(70)) == [3]
    assert numbers(buffer.push(numbered(4), 70)) == [4]


def test_waiting_ends_with_too_many_packets() -> None:
    buffer = ReorderBuffer(max_packets=3)
    assert [numbers(buffer.push(numbered(n), 0)) for n in (1, 3, 4, 6)] == [[1], [], [], [3, 4]]


def test_a_restarted_sender_is_followed_at_once() -> None:
    buffer = ReorderBuffer()
    assert [numbers(buffer.push(numbered(n), 0)) for n in (1, 3, 40_000, 40_001)] == [[1], [], [3, 40_000], [40_001]]


@given(st.integers(0, 0xFFFF), st.permutations(range(12)), st.sets(st.integers(1, 11), max_size=4))
def test_any_order_comes_out_sorted_without_repeats(start: int, order: list[int], missing: set[int]) -> None:
    """Within the bounds, and from the first packet on, whose number nobody could know."""
    buffer, tracker = ReorderBuffer(), SequenceTracker()
    arrivals = [0] + [n for n in order if n and n not in missing]
    out = [packet for n in arrivals for packet in buffer.push(numbered(start + n), 0)]
    out += buffer.expire(60)
    used = [(p.sequence - start) & 0xFFFF for p in out if tracker.advance(p.sequence) >= 0]
    assert used == [n for n in range(12) if n not in missing]
    assert tracker.expected - tracker.received == len({n for n in missing if n < max(used)})
