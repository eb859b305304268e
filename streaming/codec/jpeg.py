"""Pictures for people and programs out of decoded frames: JPEG (full range, BT.601, as JFIF wants it) and I420 planes of the same kind.

What a frame's samples mean is told by its tags: matrix (BT.601, BT.709, BT.2020) and range. An untagged matrix is read as browsers
do (Chromium, ffmpeg_common.cc): BT.709 from 720 lines on, else BT.601; an untagged range as limited. bench/jpeg.py compares the ways:
BT.601 planes go into the JPEG as libswscale shrinks them and stretches their range; other matrices go through RGB, at the small
size, because libswscale's conversion between matrices takes twice as long. Everything here releases the GIL.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import simplejpeg
from av import VideoFrame
from av.error import FFmpegError
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

_HD_LINES = 720
_UNTAGGED = 2
# ISO/IEC 23091-2 MatrixCoefficients to libswscale's tables.
_MATRICES = {
    1: Colorspace.ITU709,
    4: Colorspace.ITU601,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
    10: Colorspace.BT2020,
}


class PictureError(ValueError):
    """This frame can't be made into a picture."""


@dataclass(frozen=True, slots=True)
class EncodedPicture:
    """`data` is a JPEG, or tightly packed Y, U and V planes with chroma sizes rounded up."""

    width_px: int
    height_px: int
    data: bytes


def fit_width(width_px: int, height_px: int, at_most_px: int) -> tuple[int, int]:
    """The size with the same shape and at most that width; even when it is smaller, untouched when it fits."""
    if width_px <= at_most_px:
        return width_px, height_px
    width = max(at_most_px & ~1, 2)
    return width, max(2 * round(height_px * width / width_px / 2), 2)


class PictureMaker:
    """Keeps libswscale's contexts, so use one per size of picture, and never from two threads at once.

    Its methods raise PictureError for a frame of a layout that libswscale doesn't know.
    """

    def __init__(self) -> None:
        self._scaler = VideoReformatter()
        self._converter = VideoReformatter()

    def jpeg(self, frame: VideoFrame, at_most_px: int, quality: int) -> EncodedPicture:
        """The picture, no wider than `at_most_px`; `quality` from 1 to 100."""
        width, height = fit_width(frame.width, frame.height, at_most_px)
        with _translated_errors(frame):
            if _goes_in_as_planes(frame, width):
                data = simplejpeg.encode_jpeg_yuv_planes(*_planes(self._to_planes(frame, width, height)), quality=quality)
            else:
                data = simplejpeg.encode_jpeg(self._to_rgb(frame, width, height), quality=quality, colorsubsampling="420")
        return EncodedPicture(width, height, data)

    def i420(self, frame: VideoFrame, at_most_px: int) -> EncodedPicture:
        """The planes, no wider than `at_most_px`."""
        width, height = fit_width(frame.width, frame.height, at_most_px)
        with _translated_errors(frame):
            planes = _planes(self._to_planes(frame, width, height))
        return EncodedPicture(width, height, b"".join(plane.tobytes() for plane in planes))

    def rgb(self, frame: VideoFrame, width: int, height: int) -> NDArray[np.uint8]:
        """Rows of pixels in exactly that size, whatever the picture's shape."""
        with _translated_errors(frame):
            return self._to_rgb(frame, width, height)

    def _to_planes(self, frame: VideoFrame, width: int, height: int) -> VideoFrame:
        return self._scaler.reformat(
            frame,
            width=width,
            height=height,
            format="yuvj420p",
            interpolation=_interpolation(frame, width),
            src_colorspace=_matrix(frame),
            dst_colorspace=Colorspace.ITU601,
            src_color_range=_range(frame),
            dst_color_range=ColorRange.JPEG,
            threads=1,
        )

    def _to_rgb(self, frame: VideoFrame, width: int, height: int) -> NDArray[np.uint8]:
        small = self._scaler.reformat(
            frame, width=width, height=height, format=frame.format.name, interpolation=_interpolation(frame, width), threads=1
        )
        rgb = self._converter.reformat(
            small,
            format="rgb24",
            interpolation=Interpolation.BILINEAR,
            src_colorspace=_matrix(frame),
            dst_colorspace=Colorspace.ITU601,
            src_color_range=_range(frame),
            dst_color_range=ColorRange.JPEG,
            threads=1,
        )
        plane = rgb.planes[0]
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[:height, : 3 * width]
        return np.ascontiguousarray(rows).reshape(height, width, 3)


@contextmanager
def _translated_errors(frame: VideoFrame) -> Iterator[None]:
    try:
        yield
    except (FFmpegError, ValueError) as error:
        raise PictureError(f"{frame.width}x{frame.height} {frame.format.name}: {error}") from error


def _goes_in_as_planes(frame: VideoFrame, width: int) -> bool:
    """Stretching the range alone, without shrinking, takes a little longer than the way through RGB."""
    return _matrix(frame) == Colorspace.ITU601 and (width < frame.width or _range(frame) == ColorRange.JPEG)


def _planes(frame: VideoFrame) -> list[NDArray[np.uint8]]:
    """Views on the frame's memory, without the padding at the end of each row."""
    return [
        np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width] for plane in frame.planes
    ]


def _matrix(frame: VideoFrame) -> Colorspace:
    tag = int(frame.colorspace)
    if tag in _MATRICES:
        return _MATRICES[tag]
    return Colorspace.ITU709 if frame.height >= _HD_LINES else Colorspace.ITU601


def _range(frame: VideoFrame) -> ColorRange:
    is_full = frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj")
    return ColorRange.JPEG if is_full else ColorRange.MPEG


def _interpolation(frame: VideoFrame, width: int) -> Interpolation:
    """AREA is the fastest that does not alias when it shrinks a picture."""
    return Interpolation.AREA if width < frame.width else Interpolation.BILINEAR
