"""PyAV's door for encoding: planes to H.264 and samples to AAC, each frame out as soon as it is in.

What does not belong here: decoding (decode.py), JPEG (jpeg.py), containers.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.video.frame import PictureType
from numpy.typing import NDArray

Planes = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]
_TIME_BASE = Fraction(1, 90_000)
# BT.601 because JPEG pictures are: nobody downstream has to convert between matrices.
_COLOUR = "colorprim=smpte170m:transfer=smpte170m:colormatrix=smpte170m:range=tv"


class H264Encoder:
    """libx264 without delay: no B-frames, no look-ahead, parameter sets in band on every keyframe. One thread at a time may use it."""

    def __init__(
        self, width_px: int, height_px: int, *, fps: float, gop_frames: int, quality: float = 23.0, bitrate_limit_bps: int = 4_000_000
    ) -> None:
        """`quality` is x264's CRF: 18 is fine, 28 coarse."""
        context: Any = av.CodecContext.create("libx264", "w")
        context.width, context.height, context.pix_fmt = width_px, height_px, "yuv420p"
        context.time_base, context.framerate = _TIME_BASE, Fraction(fps).limit_denominator(1001)
        context.thread_count = 1
        context.options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "crf": str(quality),
            "forced-idr": "1",
            "x264-params": f"keyint={gop_frames}:min-keyint=1:scenecut=0:vbv-maxrate={bitrate_limit_bps // 1000}"
            f":vbv-bufsize={bitrate_limit_bps // 1000}:{_COLOUR}",
        }
        self._context = context
        self._frame = av.VideoFrame(width_px, height_px, "yuv420p")
        self._frame.time_base = _TIME_BASE

    def encode(self, planes: Planes, pts_90k: int, *, is_key: bool = False) -> tuple[bytes, bool]:
        """An access unit in Annex B, and whether it is a keyframe. `pts_90k` grows from call to call; `is_key` asks for a keyframe."""
        for plane, samples in zip(self._frame.planes, planes, strict=True):
            np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: samples.shape[0], : samples.shape[1]] = samples
        self._frame.pts = pts_90k
        self._frame.pict_type = PictureType.I if is_key else PictureType.NONE
        packets = self._context.encode(self._frame)
        return b"".join(map(bytes, packets)), any(packet.is_keyframe for packet in packets)


class AacEncoder:
    """AAC-LC, mono. Frames come out one call late, under the time of their own first sample."""

    def __init__(self, sample_rate_hz: int, *, bitrate_bps: int = 32_000) -> None:
        context: Any = av.CodecContext.create("aac", "w")
        context.sample_rate, context.format, context.layout = sample_rate_hz, "fltp", "mono"
        context.bit_rate = bitrate_bps
        context.time_base = Fraction(1, sample_rate_hz)
        context.open()
        self._context = context
        self._sample_rate_hz = sample_rate_hz

    @property
    def frame_samples(self) -> int:
        return int(self._context.frame_size)

    @property
    def config(self) -> bytes:
        """The AudioSpecificConfig."""
        return bytes(self._context.extradata)

    def encode(self, samples: NDArray[np.float32], pts_samples: int) -> list[tuple[bytes, int]]:
        """Takes `frame_samples` values from -1 to 1; returns frames and the position of their first sample.

        The first frame's lies before the first call's: the encoder's own delay.
        """
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = self._sample_rate_hz, pts_samples, Fraction(1, self._sample_rate_hz)
        return [(bytes(packet), int(packet.pts)) for packet in self._context.encode(frame)]
