"""Footage that tells what it is: every picture has its number drawn into it, and every second begins with a beep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from streaming.media import aac, h264, h265
from streaming.media.packet import AudioTrack, Codec, MediaPacket, Tracks, VideoTrack

FPS, GOP = 25, 50
WIDTH, HEIGHT = 320, 180
_BITS, _SIDE = 12, 24
_BEEP_S, _BEEP_HZ = 0.1, 1000
_ENCODERS = {Codec.H264: "libx264", Codec.H265: "libx265", Codec.MJPEG: "mjpeg"}
_PCM_HZ, _AAC_HZ = 8000, 16_000


def footage(
    seconds: int,
    *,
    start_ms: int,
    codec: Codec = Codec.H264,
    audio: Codec | None = None,
    b_frames: int = 0,
    first: int = 0,
    width: int = WIDTH,
) -> tuple[Tracks, list[MediaPacket]]:
    """In the order of decoding times. The first picture has the number `first` and is the one of `start_ms`."""
    units = _encoded(codec, seconds * FPS, b_frames, first, width)
    video = _track(codec, units[0][3], width)
    sound = _sound(seconds, audio) if audio else []
    start_90k = start_ms * 90
    packets = [_packet("video", start_90k, pts, dts, 3600, is_key, data) for pts, dts, is_key, data in units]
    packets += [_packet("audio", start_90k, pts, pts, length, True, data) for pts, length, data in sound]
    return Tracks(1, video, _audio_track(audio)), sorted(packets, key=lambda packet: packet.dts_90k)


def number_in(frame: av.VideoFrame) -> int:
    luma = frame.to_ndarray(format="gray8")
    side = _SIDE * frame.width // WIDTH
    bits = [luma[4 : side - 4, bit * side + 4 : (bit + 1) * side - 4].mean() > 128 for bit in range(_BITS)]
    return sum(1 << bit for bit, is_set in enumerate(bits) if is_set)


def shown(path: Path) -> list[tuple[float, int]]:
    """Times in seconds and numbers of the pictures that FFmpeg shows."""
    with av.open(str(path)) as container:
        return [(float(frame.time or 0), number_in(frame)) for frame in container.decode(video=0)]


def beeps(path: Path) -> list[float]:
    """When they begin, in seconds, as FFmpeg plays the file."""
    found, is_loud = list[float](), False
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="fltp", layout="mono")
        for frame in container.decode(audio=0):
            for part in resampler.resample(frame):
                samples = np.abs(part.to_ndarray()[0])
                step = part.sample_rate // 200
                for at in range(0, len(samples) - step + 1, step):
                    was_loud, is_loud = is_loud, bool(samples[at : at + step].max() > 0.12)
                    if is_loud and not was_loud:
                        found.append(float(part.time or 0) + at / part.sample_rate)
    return [at for number, at in enumerate(found) if number == 0 or at - found[number - 1] > 0.5]


def _packet(track: Any, start_90k: int, pts: int, dts: int, length: int, is_key: bool, data: bytes) -> MediaPacket:
    return MediaPacket(track, 1, start_90k + pts, start_90k + dts, length, is_key, (start_90k + dts) // 90, data)


@cache
def _encoded(codec: Codec, frames: int, b_frames: int, first: int, width: int) -> Sequence[tuple[int, int, bool, bytes]]:
    context: Any = av.CodecContext.create(_ENCODERS[codec], "w")
    context.width, context.height = width, HEIGHT * width // WIDTH & ~1
    context.pix_fmt = "yuvj420p" if codec is Codec.MJPEG else "yuv420p"
    context.framerate, context.time_base, context.thread_count = Fraction(FPS), Fraction(1, FPS), 1
    extra = f"keyint={GOP}:min-keyint={GOP}:scenecut=0:bframes={b_frames}:b-adapt=0:repeat-headers=1:open-gop=0"
    if codec is Codec.H264:
        context.options = {"preset": "ultrafast", "x264-params": f"{extra}:annexb=1:aud=1"}
    elif codec is Codec.H265:
        context.options = {"preset": "ultrafast", "x265-params": f"{extra}:log-level=none:pools=1"}
    packets = []
    for number in range(frames):
        frame = av.VideoFrame.from_ndarray(_picture(first + number, context.width, context.height), format="gray").reformat(
            format=context.pix_fmt
        )
        frame.pts, frame.time_base = number, context.time_base
        packets += context.encode(frame)
    packets += context.encode(None)
    return tuple((packet.pts * 3600, packet.dts * 3600, packet.is_keyframe, bytes(packet)) for packet in packets)


def _picture(number: int, width: int, height: int) -> NDArray[np.uint8]:
    luma = np.full((height, width), 90, np.uint8)
    side = _SIDE * width // WIDTH
    for bit in range(_BITS):
        luma[:side, bit * side : (bit + 1) * side] = 235 if number >> bit & 1 else 16
    return luma


def _track(codec: Codec, unit: bytes, width: int) -> VideoTrack:
    if codec is Codec.MJPEG:
        return VideoTrack(codec, width, HEIGHT * width // WIDTH & ~1, "mjpeg", is_full_range=True)
    module: Any = h264 if codec is Codec.H264 else h265
    kinds = (h264.SPS, h264.PPS) if codec is Codec.H264 else (h265.VPS, h265.SPS, h265.PPS)
    nals = [nal for nal in module.split_annexb(unit) if module.nal_type(nal) in kinds]
    sps = next(nal for nal in nals if module.nal_type(nal) == module.SPS)
    return VideoTrack(codec, width, HEIGHT * width // WIDTH & ~1, module.codec_string(sps), tuple(nals))


def _audio_track(codec: Codec | None) -> AudioTrack | None:
    if codec is None:
        return None
    if codec is Codec.AAC:
        config = aac.to_config(2, _AAC_HZ, 1)
        return AudioTrack(codec, _AAC_HZ, 1, aac.codec_string(config), config)
    return AudioTrack(codec, _PCM_HZ, 1, {Codec.PCMA: "alaw", Codec.PCMU: "ulaw"}[codec])


def _sound(seconds: int, codec: Codec) -> Iterator[tuple[int, int, bytes]]:
    rate = _AAC_HZ if codec is Codec.AAC else _PCM_HZ
    at = np.arange(seconds * rate) / rate
    wave = np.where(at % 1 < _BEEP_S, 0.5 * np.sin(2 * np.pi * _BEEP_HZ * at), 0)
    name = {Codec.AAC: "aac", Codec.PCMA: "pcm_alaw", Codec.PCMU: "pcm_mulaw"}[codec]
    context: Any = av.CodecContext.create(name, "w")
    context.sample_rate, context.layout, context.time_base = rate, "mono", Fraction(1, rate)
    context.format = "fltp" if codec is Codec.AAC else "s16"
    context.open()
    step = 1024 if codec is Codec.AAC else rate // 50
    for first in range(0, len(wave) - step + 1, step):
        part = wave[first : first + step]
        samples = part.astype(np.float32) if codec is Codec.AAC else (part * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples[None, :], format=context.format.name, layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, first, Fraction(1, rate)
        for packet in context.encode(frame):
            yield packet.pts * 90_000 // rate, step * 90_000 // rate, bytes(packet)
