"""Looks at a stream packet by packet, as it comes from the camera and before anything is mended. Pure: the time comes with each packet.

Pictures are told apart by what begins in their packets, so that markers and time stamps may be wrong; `at_90k` is the camera's own clock,
unwrapped and counted from its first picture, and steps back where pictures are sent before ones that are shown earlier.

What does not belong here: what the numbers mean (measures.py, checks/).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from streaming.doctor.nal_heads import NalHead, nal_heads
from streaming.media.packet import Codec
from streaming.media.timing import TICKS_PER_SECOND, rescale
from streaming.rtsp.rtcp import SenderReport, is_rtcp, parse_rtcp
from streaming.rtsp.rtp import ReorderBuffer, RtpError, RtpPacket, SequenceTracker, parse_rtp
from streaming.rtsp.sdp import MediaDescription

_WRAP, _HALF = 1 << 32, 1 << 31
_MOST_PICTURES = 20_000  # more than any watch brings; a camera that sends nonsense must not fill the memory


@dataclass(frozen=True, slots=True)
class Picture:
    """`has_sets`: its parameter sets came with it. The times of arrival are those of its first and last packet."""

    at_90k: int
    arrived_at_ms: int
    complete_at_ms: int
    size_bytes: int
    is_key: bool
    has_sets: bool


@dataclass(frozen=True, slots=True)
class ClockReport:
    """A sender report: the camera said `ntp_ms` (None: it does not know the time) when its pictures were at `at_90k`."""

    at_90k: int
    ntp_ms: int | None
    arrived_at_ms: int


@dataclass(slots=True)
class _Open:
    """A picture whose packets are still coming."""

    at_90k: int
    arrived_at_ms: int
    complete_at_ms: int
    size_bytes: int = 0
    is_key: bool = False
    has_sets: bool = False

    def close(self) -> Picture:
        return Picture(self.at_90k, self.arrived_at_ms, self.complete_at_ms, self.size_bytes, self.is_key, self.has_sets)


class VideoWatch:
    """One video track."""

    def __init__(self, media: MediaDescription) -> None:
        assert media.codec is not None
        self._codec = media.codec
        self._rate_hz = media.clock_rate_hz
        self._order = ReorderBuffer()
        self._tracker = SequenceTracker()
        self._rtp = -1
        self._elapsed = 0  # of the newest packet, in the track's clock, since the first
        self._open: _Open | None = None
        self._is_in_slice = False  # what the newest NAL unit is that began
        self._has_sets_waiting = False  # parameter sets whose picture has not begun
        self._transit_90k: int | None = None
        self._newest_90k = -1
        self._ssrc = -1
        self._jitter_90k = 0.0
        self.pictures: list[Picture] = []
        self.reports: list[ClockReport] = []
        self.packets = 0
        self.lost = 0
        self.late = 0
        self.size_bytes = 0
        self.first_arrived_at_ms: int | None = None
        self.last_arrived_at_ms = 0
        self.longest_pause_ms = 0

    @property
    def jitter_ms(self) -> float:
        """RFC 3550, 6.4.1."""
        return self._jitter_90k / 90

    def take(self, data: bytes, now_ms: int, *, is_rtcp_channel: bool) -> None:
        if is_rtcp_channel or is_rtcp(data):
            self._take_report(data, now_ms)
            return
        try:
            packet = parse_rtp(data)
        except RtpError:
            return
        if packet.ssrc != self._ssrc:
            self._ssrc, self._tracker, self._order = packet.ssrc, SequenceTracker(), ReorderBuffer()
        self._note_arrival(len(data), now_ms)
        for due in self._order.push(packet, now_ms):
            self._use(due, now_ms)

    def finish(self) -> None:
        """What is still incomplete is left out: its size is not known."""
        self._open = None

    def _note_arrival(self, size_bytes: int, now_ms: int) -> None:
        self.packets += 1
        self.size_bytes += size_bytes
        if self.first_arrived_at_ms is None:
            self.first_arrived_at_ms = now_ms
        else:
            self.longest_pause_ms = max(self.longest_pause_ms, now_ms - self.last_arrived_at_ms)
        self.last_arrived_at_ms = now_ms

    def _use(self, packet: RtpPacket, now_ms: int) -> None:
        lost = self._tracker.advance(packet.sequence)
        if lost < 0:
            self.late += 1
            return
        self.lost += lost
        at_90k = self._unwrap(packet.timestamp)
        heads = self._heads(packet.payload)
        if heads:
            self._is_in_slice = heads[-1].is_slice
        elif lost:
            self._is_in_slice = True  # its beginning went missing; most of what is sent is slices
        if not self._is_in_slice and not any(head.is_slice for head in heads):
            self._has_sets_waiting = self._has_sets_waiting or any(head.is_parameter_set for head in heads)
            return
        if self._open is None or at_90k != self._open.at_90k or any(head.begins_picture for head in heads):
            self._begin(at_90k, now_ms)
        self._add(heads, len(packet.payload), now_ms)

    def _add(self, heads: list[NalHead], size_bytes: int, now_ms: int) -> None:
        opened = self._open
        assert opened is not None
        opened.complete_at_ms = now_ms
        opened.size_bytes += size_bytes
        opened.is_key = opened.is_key or any(head.is_key for head in heads)
        opened.has_sets = opened.has_sets or self._has_sets_waiting or any(head.is_parameter_set for head in heads)
        self._has_sets_waiting = False

    def _begin(self, at_90k: int, now_ms: int) -> None:
        if self._open is not None and len(self.pictures) < _MOST_PICTURES:
            self.pictures.append(self._open.close())
        self._open = _Open(at_90k, now_ms, now_ms)
        if at_90k > self._newest_90k:  # the others are shown earlier than they are sent, which says nothing about the network
            self._newest_90k = at_90k
            self._measure_jitter(now_ms * 90 - at_90k)

    def _measure_jitter(self, transit_90k: int) -> None:
        """RFC 3550, A.8, from picture to picture."""
        if self._transit_90k is not None and abs(transit_90k - self._transit_90k) < 10 * TICKS_PER_SECOND:
            self._jitter_90k += (abs(transit_90k - self._transit_90k) - self._jitter_90k) / 16
        self._transit_90k = transit_90k

    def _heads(self, payload: bytes) -> list[NalHead]:
        if self._codec is not Codec.MJPEG:
            return list(nal_heads(self._codec, payload))
        is_first = len(payload) > 3 and payload[1:4] == b"\0\0\0"  # fragment offset 0 (RFC 2435, 3.1)
        return [NalHead(True, True, True, True)] if is_first else []

    def _unwrap(self, timestamp: int) -> int:
        if self._rtp >= 0:
            self._elapsed += (timestamp - self._rtp + _HALF) % _WRAP - _HALF
        self._rtp = timestamp
        return rescale(self._elapsed, self._rate_hz, TICKS_PER_SECOND)

    def _take_report(self, data: bytes, now_ms: int) -> None:
        if self._rtp < 0:
            return
        for part in parse_rtcp(data):
            if isinstance(part, SenderReport):
                ahead = (part.rtp_timestamp - self._rtp + _HALF) % _WRAP - _HALF
                self.reports.append(ClockReport(rescale(self._elapsed + ahead, self._rate_hz, TICKS_PER_SECOND), part.ntp_ms, now_ms))


@dataclass(slots=True)
class StreamWatch:
    """All media of a session, the video first; sound is only counted."""

    media: tuple[MediaDescription, ...]
    video: VideoWatch = field(init=False)
    sound_packets: int = 0

    def __post_init__(self) -> None:
        self.video = VideoWatch(self.media[0])

    def take(self, media_index: int, data: bytes, now_ms: int, *, is_rtcp_channel: bool) -> None:
        if media_index == 0:
            self.video.take(data, now_ms, is_rtcp_channel=is_rtcp_channel)
        elif not is_rtcp_channel and not is_rtcp(data):
            self.sound_packets += 1
