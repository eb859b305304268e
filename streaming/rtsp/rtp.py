"""RTP packets: header, order, loss.

RFC 3550, 5.1:

     0: V=2 (2 bits) P X CC(4)   1: M PT(7)   2: sequence u16   4: timestamp u32   8: SSRC u32   12: CSRC u32 * CC
    then with X: u16 profile, u16 length in words, extension; then the payload; with P its last byte counts the padding

What does not belong here: what the payload means (depacketize/), RTCP (rtcp.py).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

_HEADER = struct.Struct(">BBHII")
HEADER_BYTES = _HEADER.size

# RFC 3550, A.1: a jump below MAX_DROPOUT is loss, back by less than MAX_MISORDER a late packet, anything else a restart if it holds.
MAX_DROPOUT = 3000
MAX_MISORDER = 100


class RtpError(ValueError):
    """The bytes are no RTP packet of version 2."""


class RtpPacket(NamedTuple):
    """`extension` is the header extension with its four-byte head, empty when there is none."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    extension: bytes = b""


def parse_rtp(data: bytes) -> RtpPacket:
    """Copies the payload once. Raises RtpError."""
    if len(data) < HEADER_BYTES:
        raise RtpError(f"{len(data)} bytes are no RTP packet")
    first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
    if first == 0x80:  # no CSRC, extension or padding: nearly every packet
        return RtpPacket(second & 0x7F, second > 0x7F, sequence, timestamp, ssrc, data[12:])
    if first >> 6 != 2:
        raise RtpError(f"RTP version {first >> 6}")
    start, end = HEADER_BYTES + 4 * (first & 0x0F), len(data)
    extension = b""
    if first & 0x10:
        if start + 4 > end:
            raise RtpError("an RTP header extension without its length")
        after = start + 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
        extension, start = data[start:after], after
    if first & 0x20 and end > start:
        end -= data[-1]
    if start > end:
        raise RtpError(f"an RTP header of {start} bytes in a packet with {end}")
    return RtpPacket(second & 0x7F, second > 0x7F, sequence, timestamp, ssrc, data[start:end], extension)


def build_rtp(packet: RtpPacket) -> bytes:
    head = _HEADER.pack(
        0x90 if packet.extension else 0x80,
        packet.payload_type | (0x80 if packet.marker else 0),
        packet.sequence,
        packet.timestamp,
        packet.ssrc,
    )
    return head + packet.extension + packet.payload


class SequenceTracker:
    """Counts loss over the sequence numbers of one source, in the order in which packets are used.

    `expected` and `received` are what RFC 3550, A.3 needs for receiver reports.
    """

    __slots__ = ("_bad_next", "_first", "_next", "_unwrapped", "received")

    def __init__(self) -> None:
        self._next = -1
        self._bad_next = -1
        self._first = 0
        self._unwrapped = 0  # RFC 3550's extended highest sequence number
        self.received = 0

    @property
    def expected(self) -> int:
        return self._unwrapped - self._first + 1 if self.received else 0

    @property
    def highest(self) -> int:
        """32 bits: wraps and sequence number."""
        return self._unwrapped & 0xFFFFFFFF

    def advance(self, sequence: int) -> int:
        """Packets lost in front of this one; -1 when it must not be used (late, repeated, or a stray)."""
        if sequence == self._next:
            self._next = (sequence + 1) & 0xFFFF
            self._unwrapped += 1
            self.received += 1
            return 0
        if self._next < 0:
            return self._restart(sequence, 0)
        ahead = (sequence - self._next) & 0xFFFF
        if ahead < MAX_DROPOUT:
            self._next = (sequence + 1) & 0xFFFF
            self._unwrapped += ahead + 1
            self.received += 1
            return ahead
        if ahead >= 0x10000 - MAX_MISORDER:
            return -1
        if sequence == self._bad_next:  # two in a row from elsewhere: the sender started anew
            return self._restart(sequence, 1)
        self._bad_next = (sequence + 1) & 0xFFFF
        return -1

    def _restart(self, sequence: int, lost: int) -> int:
        self._next = (sequence + 1) & 0xFFFF
        self._bad_next = -1
        self._first = self._unwrapped = sequence
        self.received = 1
        return lost


class ReorderBuffer:
    """Puts UDP packets back in order, waiting no longer than `max_wait_ms` and holding no more than `max_packets`.

    Packets in order pass straight through. Time is any clock in milliseconds that does not go back.
    """

    def __init__(self, max_packets: int = 64, max_wait_ms: int = 60) -> None:
        self._max_packets = max_packets
        self._max_wait_ms = max_wait_ms
        self._next = -1
        self._held: dict[int, tuple[RtpPacket, int]] = {}  # by sequence number, with the time of arrival

    def push(self, packet: RtpPacket, now_ms: int) -> Sequence[RtpPacket]:
        """The packets that are due now, in order. Late and repeated ones come out at once: SequenceTracker drops them."""
        held = self._held
        if packet.sequence == self._next or self._next < 0:
            self._next = (packet.sequence + 1) & 0xFFFF
            return (packet, *self._follow(), *self.expire(now_ms)) if held else (packet,)
        ahead = (packet.sequence - self._next) & 0xFFFF
        if ahead >= 0x10000 - MAX_MISORDER:
            return (packet,)
        if ahead >= MAX_DROPOUT:
            return (*self._flush(), packet)
        held[packet.sequence] = packet, now_ms
        due = self._skip() if len(held) >= self._max_packets else []
        return [*due, *self.expire(now_ms)]

    def expire(self, now_ms: int) -> Sequence[RtpPacket]:
        """Gives up on missing packets when others have waited for them long enough."""
        due: list[RtpPacket] = []
        while self._held and now_ms - min(arrived_at_ms for _, arrived_at_ms in self._held.values()) >= self._max_wait_ms:
            due += self._skip()
        return due

    def _skip(self) -> list[RtpPacket]:
        """Takes the first gap for lost."""
        self._next = min(self._held, key=lambda sequence: (sequence - self._next) & 0xFFFF)
        return self._follow()

    def _follow(self) -> list[RtpPacket]:
        due = []
        while (found := self._held.pop(self._next, None)) is not None:
            due.append(found[0])
            self._next = (self._next + 1) & 0xFFFF
        return due

    def _flush(self) -> list[RtpPacket]:
        """Everything held, in order, and a new start."""
        due = sorted((packet for packet, _ in self._held.values()), key=lambda packet: (packet.sequence - self._next) & 0xFFFF)
        self._held.clear()
        self._next = -1
        return due
