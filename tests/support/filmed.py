"""Grey pictures as the packets a camera would send of them, and as recorded footage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from streaming.media import h264, h265
from streaming.media.packet import Codec, MediaPacket, Tracks, VideoTrack

_ENCODERS = {Codec.H264: "libx264", Codec.H265: "libx265", Codec.MJPEG: "mjpeg"}


def filmed(
    pictures: Iterable[NDArray[np.uint8]],
    *,
    fps: int,
    start_ms: int,
    codec: Codec = Codec.H264,
    gop_s: float = 2.0,
    generation: int = 1,
    kbps: int = 600,
) -> tuple[Tracks, list[MediaPacket]]:
    """`pictures` are brightness alone, all of one size."""
    pictures = iter(pictures)
    first = next(pictures)
    height, width = first.shape
    encoder = _encoder(codec, width, height, fps, round(gop_s * fps), kbps)
    units, grey = [], np.full((height // 2, width), 128, np.uint8)
    for number, picture in enumerate([first, *pictures]):
        frame = av.VideoFrame.from_ndarray(np.vstack([picture, grey]), format="yuvj420p" if codec is Codec.MJPEG else "yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, fps)
        units += encoder.encode(frame)
    units += encoder.encode(None)
    ticks = 90_000 // fps
    packets = []
    for number, unit in enumerate(units):
        at_90k = start_ms * 90 + number * ticks
        packets.append(
            MediaPacket("video", generation, at_90k, at_90k, ticks, unit.is_keyframe or codec is Codec.MJPEG, at_90k // 90, bytes(unit))
        )
    return Tracks(generation, _track(codec, width, height, packets[0].data), None), packets


def later(film: tuple[Tracks, list[MediaPacket]], by_ms: int) -> tuple[Tracks, list[MediaPacket]]:
    """The same again, recorded at another time."""
    tracks, packets = film
    return tracks, [
        replace(
            packet, pts_90k=packet.pts_90k + by_ms * 90, dts_90k=packet.dts_90k + by_ms * 90, captured_at_ms=packet.captured_at_ms + by_ms
        )
        for packet in packets
    ]


def _encoder(codec: Codec, width: int, height: int, fps: int, gop: int, kbps: int) -> Any:
    context: Any = av.CodecContext.create(_ENCODERS[codec], "w")
    context.width, context.height = width, height
    context.pix_fmt = "yuvj420p" if codec is Codec.MJPEG else "yuv420p"
    context.framerate, context.time_base, context.bit_rate = Fraction(fps), Fraction(1, fps), kbps * 1000
    context.thread_count = 1
    keys = f"keyint={gop}:min-keyint={gop}:scenecut=0:bframes=0:repeat-headers=1"
    if codec is Codec.H264:
        context.options = {"preset": "veryfast", "x264-params": f"{keys}:annexb=1"}
    elif codec is Codec.H265:
        context.options = {"preset": "ultrafast", "x265-params": f"{keys}:log-level=none:pools=1"}
    else:
        context.options = {"qmin": "4", "qmax": "4"}
    return context


def _track(codec: Codec, width: int, height: int, first: bytes) -> VideoTrack:
    if codec is Codec.MJPEG:
        return VideoTrack(codec, width, height, "mjpeg", is_full_range=True)
    module = h264 if codec is Codec.H264 else h265
    kinds = (h264.SPS, h264.PPS) if codec is Codec.H264 else (h265.VPS, h265.SPS, h265.PPS)
    sets = tuple(nal for nal in module.split_annexb(first) if module.nal_type(nal) in kinds)
    sps = next(nal for nal in sets if module.nal_type(nal) == (h264.SPS if codec is Codec.H264 else h265.SPS))
    return VideoTrack(codec, width, height, module.codec_string(sps), sets)
