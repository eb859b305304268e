"""Encoded packets to frames, with libavcodec on one thread: more threads cost more and add delay.

What a camera sends may be broken. Nothing here raises for that: the packet is counted, and pictures go on at the next keyframe.
"""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

from av import Packet, VideoFrame
from av.codec.context import CodecContext
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext

from streaming.media.packet import Codec, MediaPacket, VideoTrack

logger = logging.getLogger(__name__)

_DECODERS = {Codec.H264: "h264", Codec.H265: "hevc", Codec.MJPEG: "mjpeg"}
# More pictures than any stream keeps back for reordering (H.264 A.3.1: 16).
_MOST_IN_FLIGHT = 32
# Memory for a picture is taken as soon as its size is read: 8K is 33 million pixels, and a few bytes can claim eight times as many.
MOST_PIXELS = 40_000_000


class DecodedFrame(NamedTuple):
    frame: VideoFrame
    pts_90k: int
    captured_at_ms: int


class Decoder:
    """For one stream with these parameters; make a new one for a new generation. Not for two threads at once."""

    def __init__(self, track: VideoTrack) -> None:
        self._track = track
        self._context = _new_context(track)
        self._captured_at_ms: dict[int, int] = {}
        self._needs_key = True
        self.corrupt_packets = 0

    def decode(self, packet: MediaPacket) -> list[DecodedFrame]:
        """The frames that are ready now, in the order to show them; none before the first keyframe."""
        if self._needs_key:
            if not packet.is_key:
                return []
            self._needs_key = False
        self._captured_at_ms[packet.pts_90k] = packet.captured_at_ms
        try:
            frames = self._context.decode(_to_av(packet))
        except FFmpegError as error:
            self.corrupt_packets += 1
            logger.debug("Packet at pts %d can't be decoded: %s", packet.pts_90k, error)
            self.skip_to_keyframe()
            return []
        return [decoded for frame in frames if (decoded := self._finish(frame)) is not None]

    def skip_to_keyframe(self) -> None:
        """Forgets everything; for a gap in the stream."""
        if not self._needs_key:
            self._context = _new_context(self._track)
        self._captured_at_ms.clear()
        self._needs_key = True

    def _finish(self, frame: VideoFrame) -> DecodedFrame | None:
        pts = frame.pts
        captured_at_ms = None if pts is None else self._captured_at_ms.pop(pts, None)
        while len(self._captured_at_ms) > _MOST_IN_FLIGHT:
            del self._captured_at_ms[next(iter(self._captured_at_ms))]
        if pts is None or captured_at_ms is None:
            return None
        if frame.is_corrupt:
            self.corrupt_packets += 1
            return None
        return DecodedFrame(frame, pts, captured_at_ms)


def decode_keyframe(track: VideoTrack, packet: MediaPacket) -> VideoFrame | None:
    """The picture of one keyframe at once, also for a stream that keeps pictures back for reordering. None when it is broken."""
    context = _new_context(track)
    try:
        frames = [*context.decode(_to_av(packet)), *context.decode(None)]
    except FFmpegError as error:
        logger.debug("Keyframe at pts %d can't be decoded: %s", packet.pts_90k, error)
        return None
    return next((frame for frame in frames if not frame.is_corrupt), None)


def _new_context(track: VideoTrack) -> VideoCodecContext:
    """Raises ValueError for an audio codec."""
    if track.codec not in _DECODERS:
        raise ValueError(f"{track.codec} is no video codec")
    context = CodecContext.create(_DECODERS[track.codec], "r")
    assert isinstance(context, VideoCodecContext)
    context.thread_count = 1
    context.options = {"max_pixels": str(MOST_PIXELS)}
    return context


def _to_av(packet: MediaPacket) -> Packet[Any]:
    encoded: Packet[Any] = Packet(packet.data)
    encoded.pts = packet.pts_90k
    encoded.dts = packet.dts_90k
    return encoded
