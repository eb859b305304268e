"""Pictures out of recorded samples: one of PyAV's doors. On one thread, as more cost more.

A file's samples are handed over as they lie there: the decoder is given the file's configuration record, so it expects NAL units behind
their lengths; a JPEG is one as it is. What a camera sent may be broken: then there is no picture, and nothing is raised.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from av import Packet, VideoFrame
from av.codec.context import CodecContext
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

from recordings.rules.samples import TrackInit
from streaming.codec.decode import MOST_PIXELS
from streaming.media.packet import Codec

logger = logging.getLogger(__name__)
_DECODERS = {Codec.H264: "h264", Codec.H265: "hevc", Codec.MJPEG: "mjpeg"}


class PictureDecoder:
    """For segments with this video track. Not for two threads at once."""

    def __init__(self, track: TrackInit, *, is_for_small: bool = False) -> None:
        """`is_for_small`: pictures are going to be shrunk, so the loop filter, a third of the work, is left out.

        Raises SegmentFormatError, ValueError for an audio track.
        """
        if track.codec not in _DECODERS:
            raise ValueError(f"{track.codec} is no video codec")
        context = CodecContext.create(_DECODERS[track.codec], "r")
        assert isinstance(context, VideoCodecContext)
        context.thread_count = 1
        if track.codec is not Codec.MJPEG:  # its configuration only says that it is MJPEG
            context.extradata = track.configuration
        context.options = {"max_pixels": str(MOST_PIXELS)} | ({"skip_loop_filter": "all"} if is_for_small else {})
        self._context = context

    def keyframe(self, sample: bytes) -> VideoFrame | None:
        """The picture of one keyframe, alone."""
        frames = [frame for _, frame in self.pictures([(0, sample)])]
        return next((frame for frame in frames if not frame.is_corrupt), None)

    def pictures(self, samples: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, VideoFrame]]:
        """Of presentation times and samples in the order of decoding, from a keyframe on: pictures in the order of showing."""
        try:
            for shown, sample in samples:
                packet: Packet[Any] = Packet(sample)
                packet.pts = packet.dts = shown
                yield from ((frame.pts or 0, frame) for frame in self._context.decode(packet))
            yield from ((frame.pts or 0, frame) for frame in self._context.decode(None))
        except FFmpegError as error:
            logger.debug("a recorded picture can't be decoded: %s", error)
        finally:
            self._context.flush_buffers()


class GreyScaler:
    """Pictures of any size and form as small grey ones of one size. Not for two threads at once."""

    def __init__(self, width_px: int, height_px: int) -> None:
        self._width_px, self._height_px = width_px, height_px
        self._reformatter = VideoReformatter()

    def grey(self, frame: VideoFrame) -> NDArray[np.uint8] | None:
        """The brightness as it was sent, whatever its range: averaged over areas, so that no detail flickers. None when it can't be had."""
        try:
            small = self._reformatter.reformat(
                frame, width=self._width_px, height=self._height_px, format="gray", interpolation=Interpolation.AREA, threads=1
            )
        except (FFmpegError, ValueError, MemoryError) as error:
            logger.debug("a recorded picture can't be shrunk: %s", error)
            return None
        plane = small.planes[0]
        rows: NDArray[np.uint8] = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        return rows[: self._height_px, : self._width_px].copy()
