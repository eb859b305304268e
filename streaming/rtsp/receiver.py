"""One medium from its RTP packets to units, with what its receiver reports need. Pure: the time comes with each packet.

What does not belong here: sockets (udp.py, connection.py), payload formats (depacketize/).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from streaming.rtsp.depacketize import depacketizer_for
from streaming.rtsp.rtcp import ReportBlock, SenderReport, is_rtcp, parse_rtcp
from streaming.rtsp.rtp import ReorderBuffer, RtpError, RtpPacket, SequenceTracker, parse_rtp
from streaming.rtsp.sdp import MediaDescription

_FIRST_DYNAMIC_TYPE = 96  # RFC 3551, 6


@dataclass(frozen=True, slots=True)
class Unit:
    """One Annex B access unit, one JPEG picture or one audio frame, in the order sent: nothing is sorted by time.

    `arrived_at_ms` is the wall clock when its first packet came in, `lost_packets` what went missing on this medium since the unit before.
    """

    media_index: int
    rtp_timestamp: int
    data: bytes
    is_key: bool
    arrived_at_ms: int
    lost_packets: int


OnUnit = Callable[[Unit], None]


class MediaReceiver:
    def __init__(self, index: int, media: MediaDescription, on_unit: OnUnit, *, may_reorder: bool) -> None:
        """`may_reorder` is for UDP: packets that overtook others wait for them a moment."""
        self._index = index
        self._clock_rate_hz = media.clock_rate_hz
        self._payload_type = media.payload_type
        self._on_unit = on_unit
        self._depacketizer = depacketizer_for(media)
        self._reorder = ReorderBuffer() if may_reorder else None
        self._tracker = SequenceTracker()
        self._ssrc = -1
        self._has_restarted = False
        self._timestamp = -1  # of the unit being put together, and when its first packet came
        self._arrived_at_ms = 0
        self._lost = 0
        self._jitter = 0.0
        self._transit: float | None = None
        self._reported = (0, 0)  # expected and received at the last report
        self._last_report: tuple[SenderReport, int] | None = None
        self.packets = 0
        self.lost_packets = 0
        self.is_over = False

    @property
    def sender_clock(self) -> tuple[int, int] | None:
        """RTP timestamp and the sender's wall clock in milliseconds since 1970, from its last report."""
        if self._last_report is None:
            return None
        report, _ = self._last_report
        return None if report.ntp_ms is None else (report.rtp_timestamp, report.ntp_ms)

    def receive(self, data: bytes, now_ms: int) -> None:
        """Takes one RTP packet; what is none is ignored."""
        try:
            packet = parse_rtp(data)
        except RtpError:
            return
        if packet.payload_type != self._payload_type and not self._is_acceptable(packet, data, now_ms):
            return
        if packet.ssrc != self._ssrc:
            self._begin_source(packet.ssrc)
        self.packets += 1
        if self._reorder is None:
            self._use(packet, now_ms)
            return
        self._measure_jitter(packet.timestamp, now_ms)
        for due in self._reorder.push(packet, now_ms):
            self._use(due, now_ms)

    def receive_rtcp(self, data: bytes, now_ms: int) -> None:
        for part in parse_rtcp(data):
            if isinstance(part, SenderReport):
                self._last_report = (part, now_ms)
            elif part.ssrc == self._ssrc:
                self.is_over = True

    def expire(self, now_ms: int) -> None:
        """Uses packets that have waited long enough for others; to be called now and then."""
        if self._reorder is not None:
            for due in self._reorder.expire(now_ms):
                self._use(due, now_ms)

    def report_block(self, now_ms: int) -> ReportBlock | None:
        """Reception since the last call (RFC 3550, A.3); None before the first packet."""
        if self._ssrc < 0:
            return None
        expected, received = self._tracker.expected, self._tracker.received
        new_expected, new_received = expected - self._reported[0], received - self._reported[1]
        self._reported = expected, received
        fraction = max(0, min(255, (new_expected - new_received) * 256 // new_expected)) if new_expected > 0 else 0
        last_report = delay = 0
        if self._last_report is not None:
            last_report = self._last_report[0].ntp >> 16 & 0xFFFFFFFF
            delay = max(0, (now_ms - self._last_report[1]) * 65536 // 1000) & 0xFFFFFFFF
        return ReportBlock(self._ssrc, fraction, expected - received, self._tracker.highest, int(self._jitter), last_report, delay)

    def _use(self, packet: RtpPacket, now_ms: int) -> None:
        lost = self._tracker.advance(packet.sequence)
        if lost < 0:
            return
        if lost or self._has_restarted:
            self._has_restarted = False
            self._lost += lost
            self.lost_packets += lost
            frames = self._depacketizer.push(packet, True)
        else:
            frames = self._depacketizer.push(packet, False)
        before = self._timestamp, self._arrived_at_ms
        if packet.timestamp != self._timestamp:
            self._timestamp, self._arrived_at_ms = packet.timestamp, now_ms
        if not frames:
            return
        for frame in frames:
            arrived_at_ms = before[1] if frame.rtp_timestamp == before[0] else self._arrived_at_ms
            self._on_unit(Unit(self._index, frame.rtp_timestamp, frame.data, frame.is_key, arrived_at_ms, self._lost))
            self._lost = 0
        if packet.marker:
            self._timestamp = -1  # the next unit begins with the next packet, whatever its timestamp

    def _is_acceptable(self, packet: RtpPacket, data: bytes, now_ms: int) -> bool:
        """Some cameras announce one dynamic payload type and send another; RTCP may come on the RTP channel (RFC 5761)."""
        if is_rtcp(data):
            self.receive_rtcp(data, now_ms)
            return False
        if self.packets or packet.payload_type < _FIRST_DYNAMIC_TYPE:
            return False
        self._payload_type = packet.payload_type
        return True

    def _begin_source(self, ssrc: int) -> None:
        self._has_restarted = self._ssrc >= 0
        self._ssrc = ssrc
        self._tracker = SequenceTracker()
        self._reported = (0, 0)
        self._transit = None
        self._last_report = None
        if self._reorder is not None:
            self._reorder = ReorderBuffer()

    def _measure_jitter(self, timestamp: int, now_ms: int) -> None:
        """RFC 3550, A.8, in timestamp units."""
        transit = now_ms * self._clock_rate_hz / 1000 - timestamp
        if self._transit is not None:
            difference = abs(transit - self._transit)
            if difference < self._clock_rate_hz * 10:  # else the timestamp wrapped or jumped
                self._jitter += (difference - self._jitter) / 16
        self._transit = transit
