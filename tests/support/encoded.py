"""Short encoded streams made on the spot, as a camera would send them: Annex B access units, AAC and Opus frames, JPEG pictures."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import av
import numpy as np


@dataclass(frozen=True, slots=True)
class EncodedUnit:
    """One access unit or audio frame; times in 90 kHz for video, in samples for audio."""

    pts: int
    dts: int
    is_key: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class EncodedAudio:
    frames: tuple[EncodedUnit, ...]
    config: bytes


def picture(number: int, width_px: int, height_px: int) -> av.VideoFrame:
    """A bright square that moves over a gradient."""
    rows, columns = np.mgrid[0:height_px, 0:width_px]
    rgb = np.stack([rows % 256, columns % 256, (rows + columns) % 256], axis=2).astype(np.uint8)
    left = number * 4 % max(1, width_px - 32)
    rgb[10:42, left : left + 32] = 255
    return av.VideoFrame.from_ndarray(rgb, format="rgb24")


@cache
def h264_units(
    width_px: int = 320,
    height_px: int = 180,
    frames: int = 10,
    *,
    gop: int = 5,
    b_frames: int = 0,
    profile: str = "high",
    rate: int = 25,
    is_full_range: bool = False,
) -> tuple[EncodedUnit, ...]:
    extra = f"keyint={gop}:min-keyint={gop}:scenecut=0:bframes={b_frames}:b-adapt=0:annexb=1:repeat-headers=1:aud=1"
    extra += ":fullrange=on" if is_full_range else ""
    options = {"preset": "superfast", "profile": profile, "x264-params": extra}
    return _video("libx264", width_px, height_px, frames, rate, options, pixel_format="yuv444p" if profile == "high444" else "yuv420p")


@cache
def h265_units(
    width_px: int = 320,
    height_px: int = 180,
    frames: int = 10,
    *,
    gop: int = 5,
    b_frames: int = 0,
    is_full_range: bool = False,
    rate: int = 25,
) -> tuple[EncodedUnit, ...]:
    extra = f"keyint={gop}:min-keyint={gop}:scenecut=0:bframes={b_frames}:repeat-headers=1:log-level=none:pools=1:fps={rate}"
    extra += f":range={'full' if is_full_range else 'limited'}"
    return _video("libx265", width_px, height_px, frames, rate, {"preset": "ultrafast", "x265-params": extra})


@cache
def jpeg_pictures(width_px: int = 320, height_px: int = 176, frames: int = 5, rate: int = 25) -> tuple[EncodedUnit, ...]:
    return _video("mjpeg", width_px, height_px, frames, rate, {}, pixel_format="yuvj420p")


@cache
def aac_frames(sample_rate_hz: int = 16_000, channels: int = 1, frames: int = 10) -> EncodedAudio:
    return _audio("aac", sample_rate_hz, channels, frames, 1024)


@cache
def opus_frames(channels: int = 2, frames: int = 10) -> EncodedAudio:
    return _audio("libopus", 48_000, channels, frames, 960)


def _video(
    codec: str, width_px: int, height_px: int, frames: int, rate: int, options: dict[str, str], pixel_format: str = "yuv420p"
) -> tuple[EncodedUnit, ...]:
    context: Any = av.CodecContext.create(codec, "w")
    context.width, context.height, context.pix_fmt = width_px, height_px, pixel_format
    context.framerate, context.time_base, context.options = Fraction(rate), Fraction(1, rate), options
    context.thread_count = 1
    packets = []
    for number in range(frames):
        frame = picture(number, width_px, height_px).reformat(format=pixel_format)
        frame.pts, frame.time_base = number, context.time_base
        packets += context.encode(frame)
    packets += context.encode(None)
    ticks = 90_000 // rate
    return tuple(EncodedUnit(packet.pts * ticks, packet.dts * ticks, packet.is_keyframe, bytes(packet)) for packet in packets)


def _audio(codec: str, sample_rate_hz: int, channels: int, frames: int, samples: int) -> EncodedAudio:
    context: Any = av.CodecContext.create(codec, "w")
    context.sample_rate, context.layout, context.time_base = (
        sample_rate_hz,
        "mono" if channels == 1 else "stereo",
        Fraction(1, sample_rate_hz),
    )
    context.format = "fltp" if codec == "aac" else "flt"
    tone = (np.sin(np.arange(frames * samples) * 440 * 2 * np.pi / sample_rate_hz) / 4).astype(np.float32)
    resampler = av.AudioResampler(format=context.format.name, layout=context.layout.name, rate=sample_rate_hz, frame_size=samples)
    whole = av.AudioFrame.from_ndarray(tone.reshape(1, -1), format="fltp", layout="mono")
    whole.sample_rate, whole.pts = sample_rate_hz, 0
    packets = [packet for frame in resampler.resample(whole) for packet in context.encode(frame)]
    units = tuple(EncodedUnit(number * samples, number * samples, True, bytes(packet)) for number, packet in enumerate(packets[:frames]))
    return EncodedAudio(units, bytes(context.extradata or b""))
