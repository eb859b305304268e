"""The sending end of one RTP stream: numbers packets and reports on them.

RFC 3550, 5.1 (RTP header) and 6.4 (sender reports); RFC 2326, 10.12 (interleaved frames).

    u8 "$"  u8 channel  u16 length                             interleaved only
    u8 0x80  u8 marker 1, payload type 7  u16 sequence  u32 time stamp  u32 SSRC

All receivers of a stream share its numbers, so a frame is laid out once however many there are. Pure: the clock and all random
numbers come in as arguments.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from streaming.rtsp.rtcp import SenderReport, ms_to_ntp, sender_report

TrackName = Literal["video", "audio"]

RTP_HEADER_BYTES = 12
_RTP = struct.Struct(">BBHII")
_INTERLEAVED_RTP = struct.Struct(">BBHBBHII")
_DOLLAR, _VERSION, _MARKER = 0x24, 0x80, 0x80


@dataclass(frozen=True, slots=True)
class RtpFrame:
    """One frame as a source hands it over. `rtp_timestamp` counts in the track's clock from any origin and needs not wrap.

    `is_key` says that a receiver may start here; it is False for audio.
    """

    track: TrackName
    rtp_timestamp: int
    payloads: Sequence[bytes]
    is_key: bool
    captured_at_ms: int


class NumberedFrame:
    """A frame with its final headers. Both layouts are made when first asked for and kept."""

    __slots__ = (
        "_datagrams",
        "_interleaved",
        "_marked",
        "_payload_type",
        "_sequence",
        "_ssrc",
        "_timestamp",
        "is_key",
        "payloads",
        "size_bytes",
        "track",
    )

    def __init__(self, frame: RtpFrame, payload_type: int, sequence: int, timestamp: int, ssrc: int, *, is_marked: bool) -> None:
        self.track = frame.track
        self.is_key = frame.is_key
        self.payloads = frame.payloads
        self.size_bytes = sum(map(len, frame.payloads)) + (RTP_HEADER_BYTES + 4) * len(frame.payloads)
        self._payload_type = payload_type
        self._marked = len(frame.payloads) - 1 if is_marked else -1
        self._sequence = sequence
        self._timestamp = timestamp
        self._ssrc = ssrc
        self._datagrams: list[bytes] | None = None
        self._interleaved: dict[int, bytes] = {}

    def datagrams(self) -> list[bytes]:
        """One RTP packet each."""
        if self._datagrams is None:
            self._datagrams = [_RTP.pack(_VERSION, *head) + payload for head, payload in self._headed()]
        return self._datagrams

    def interleaved(self, channel: int) -> bytes:
        """All packets, framed for a connection."""
        joined = self._interleaved.get(channel)
        if joined is None:
            parts: list[bytes] = []
            for head, payload in self._headed():
                parts.append(_INTERLEAVED_RTP.pack(_DOLLAR, channel, RTP_HEADER_BYTES + len(payload), _VERSION, *head))
                parts.append(payload)
            joined = self._interleaved[channel] = b"".join(parts)
        return joined

    def _headed(self) -> list[tuple[tuple[int, int, int, int], bytes]]:
        """Marker and type, sequence, time stamp and SSRC of every payload."""
        marked = self._marked
        plain, timestamp, ssrc, sequence = self._payload_type, self._timestamp, self._ssrc, self._sequence
        return [
            ((plain | _MARKER if index == marked else plain, (sequence + index) & 0xFFFF, timestamp, ssrc), payload)
            for index, payload in enumerate(self.payloads)
        ]


class RtpSender:
    """Counts what one track of one source has sent since it began.

    `marks_frames`: the last packet of each frame carries the marker, as video and AAC want it (RFC 6184, 5.1; RFC 3640, 3.1). In other
    sound it would mean the end of a silence (RFC 3551, 4.1).
    """

    def __init__(
        self, payload_type: int, clock_rate_hz: int, *, ssrc: int, first_sequence: int, timestamp_offset: int, marks_frames: bool
    ) -> None:
        self.ssrc = ssrc & 0xFFFFFFFF
        self._payload_type = payload_type
        self._clock_rate_hz = clock_rate_hz
        self._sequence = first_sequence & 0xFFFF
        self._offset = timestamp_offset
        self._marks_frames = marks_frames
        self._packets = 0
        self._octets = 0
        self._newest: RtpFrame | None = None

    def number(self, frame: RtpFrame) -> NumberedFrame:
        timestamp = (frame.rtp_timestamp + self._offset) & 0xFFFFFFFF
        numbered = NumberedFrame(frame, self._payload_type, self._sequence, timestamp, self.ssrc, is_marked=self._marks_frames)
        count = len(frame.payloads)
        self._sequence = (self._sequence + count) & 0xFFFF
        self._packets += count
        self._octets += numbered.size_bytes - (RTP_HEADER_BYTES + 4) * count
        self._newest = frame
        return numbered

    def report(self, now_ms: int) -> bytes | None:
        """Sender report and CNAME as one RTCP compound packet; None before the first frame. `now_ms` is wall time."""
        if self._newest is None:
            return None
        since_ms = now_ms - self._newest.captured_at_ms
        timestamp = self._newest.rtp_timestamp + since_ms * self._clock_rate_hz // 1000 + self._offset
        report = SenderReport(self.ssrc, ms_to_ntp(now_ms), timestamp & 0xFFFFFFFF, self._packets, self._octets)
        return sender_report(report, f"{self.ssrc:08x}")
