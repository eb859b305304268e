"""RTCP: the camera's sender reports read, our receiver reports written.

RFC 3550, 6.4 (SR, RR), 6.5 (SDES), 6.6 (BYE); times are NTP timestamps, seconds since 1900 in 32.32 fixed point.

What does not belong here: when reports are sent (client.py), statistics over packets (rtp.py).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

SENDER_REPORT = 200
RECEIVER_REPORT = 201
SOURCE_DESCRIPTION = 202
BYE = 203

_SENDER = struct.Struct(">IQIII")
_NTP_EPOCH_S = 2_208_988_800  # seconds from 1900 to 1970


@dataclass(frozen=True, slots=True)
class SenderReport:
    """`ntp` is the sender's wall clock when its media clock showed `rtp_timestamp`; 0 when it has none."""

    ssrc: int
    ntp: int
    rtp_timestamp: int
    packets: int = 0
    payload_bytes: int = 0

    @property
    def ntp_ms(self) -> int | None:
        """Milliseconds since 1970 by the sender's clock."""
        return ntp_to_ms(self.ntp) if self.ntp else None


@dataclass(frozen=True, slots=True)
class Goodbye:
    ssrc: int


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """Reception of one source (RFC 3550, 6.4.1); `delay` in 1/65536 s since the last sender report."""

    ssrc: int
    fraction_lost: int = 0
    cumulative_lost: int = 0
    highest_sequence: int = 0
    jitter: int = 0
    last_report: int = 0
    delay: int = 0


def parse_rtcp(data: bytes) -> Iterator[SenderReport | Goodbye]:
    """The parts of a compound packet that matter to a receiver; stops silently at the first part that makes no sense."""
    pos = 0
    while pos + 8 <= len(data):
        first, kind, words = data[pos], data[pos + 1], int.from_bytes(data[pos + 2 : pos + 4], "big")
        after = pos + 4 + 4 * words
        if first >> 6 != 2 or after > len(data):
            return
        if kind == SENDER_REPORT and after - pos >= 4 + _SENDER.size:
            yield SenderReport(*_SENDER.unpack_from(data, pos + 4))
        elif kind == BYE and first & 0x1F and words:
            yield Goodbye(int.from_bytes(data[pos + 4 : pos + 8], "big"))
        pos = after


def is_rtcp(data: bytes) -> bool:
    """Whether a packet on an RTP channel is RTCP all the same (RFC 5761, 4)."""
    return len(data) >= 8 and data[0] >> 6 == 2 and 200 <= data[1] <= 207


def receiver_report(ssrc: int, blocks: tuple[ReportBlock, ...], cname: str) -> bytes:
    """RR and SDES in one compound packet (RFC 3550, 6.1)."""
    report = struct.pack(">BBHI", 0x80 | len(blocks), RECEIVER_REPORT, 1 + 6 * len(blocks), ssrc)
    for block in blocks:
        report += struct.pack(
            ">IB3sIIII",
            block.ssrc,
            block.fraction_lost,
            max(-0x800000, min(block.cumulative_lost, 0x7FFFFF)).to_bytes(3, "big", signed=True),
            block.highest_sequence,
            block.jitter,
            block.last_report,
            block.delay,
        )
    return report + _source_description(ssrc, cname)


def sender_report(report: SenderReport, cname: str) -> bytes:
    """SR without blocks, and SDES."""
    head = struct.pack(">BBH", 0x80, SENDER_REPORT, 6)
    body = _SENDER.pack(report.ssrc, report.ntp, report.rtp_timestamp, report.packets & 0xFFFFFFFF, report.payload_bytes & 0xFFFFFFFF)
    return head + body + _source_description(report.ssrc, cname)


def goodbye(ssrc: int) -> bytes:
    return struct.pack(">BBHI", 0x81, BYE, 1, ssrc)


def ntp_to_ms(ntp: int) -> int:
    return (ntp * 1000 >> 32) - _NTP_EPOCH_S * 1000


def ms_to_ntp(ms: int) -> int:
    """Rounded up, so that ntp_to_ms gives the same millisecond back."""
    return -(-((ms + _NTP_EPOCH_S * 1000) << 32) // 1000)


def _source_description(ssrc: int, cname: str) -> bytes:
    name = cname.encode()[:255]
    item = bytes((1, len(name))) + name
    chunk = item + b"\0" * (4 - len(item) % 4)
    return struct.pack(">BBHI", 0x81, SOURCE_DESCRIPTION, 1 + len(chunk) // 4, ssrc) + chunk
