"""Clips for the test camera, drawn and encoded when first asked for: no binary files in the repository, nothing random.

Every clip lasts CLIP_MS and loops without a seam: 3.2 s is a whole number of frames at 25 and 30 fps, of AAC frames at 16 kHz, and of
the 20 ms frames of G.711 and Opus.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from streaming.media.annexb import split_annexb
from streaming.media.packet import AudioTrack, Codec, VideoTrack
from streaming.rtsp.packetize import PAYLOAD_BYTES, packetizer_for
from streaming.rtsp.packetize.sender import TrackName
from streaming.rtsp.server_source import SourceTracks

CLIP_MS = 3200


@dataclass(frozen=True, slots=True)
class VideoSpec:
    codec: Codec = Codec.H264
    width_px: int = 640
    height_px: int = 360
    fps: int = 25
    gop: int = 20
    b_frames: int = 0
    profile: str = "high"
    bitrate_bps: int = 500_000
    noise: int = 6


@dataclass(frozen=True, slots=True)
class ClipSpec:
    """`then` is what the second half of the clip looks like: other parameter sets in mid-stream."""

    video: VideoSpec | None
    audio: Codec | None = None
    then: VideoSpec | None = None


@dataclass(frozen=True, slots=True)
class ClipFrame:
    """`rtp_timestamp` in the track's clock (`clock_rate_hz`) and `sent_at_ms` both count from the clip's beginning."""

    track: TrackName
    rtp_timestamp: int
    clock_rate_hz: int
    sent_at_ms: float
    is_key: bool
    data: bytes
    payloads: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Clip:
    """Frames in sending order. `tracks` describes the beginning of the clip."""

    tracks: SourceTracks
    frames: tuple[ClipFrame, ...]

    def of(self, track: TrackName) -> list[ClipFrame]:
        return [frame for frame in self.frames if frame.track == track]


_PLAIN = VideoSpec()
SPECS: dict[str, ClipSpec] = {
    "h264": ClipSpec(_PLAIN),
    "h264_aac": ClipSpec(_PLAIN, Codec.AAC),
    "h264_pcma": ClipSpec(_PLAIN, Codec.PCMA),
    "h264_pcmu": ClipSpec(_PLAIN, Codec.PCMU),
    "h264_opus": ClipSpec(_PLAIN, Codec.OPUS),
    "h264_dense": ClipSpec(replace(_PLAIN, gop=5)),
    "h264_b": ClipSpec(replace(_PLAIN, b_frames=3)),
    "h264_baseline": ClipSpec(replace(_PLAIN, profile="baseline")),
    "h264_sub": ClipSpec(replace(_PLAIN, width_px=320, height_px=180, bitrate_bps=150_000)),
    "h264_square": ClipSpec(replace(_PLAIN, width_px=352, height_px=288, bitrate_bps=150_000)),
    "h264_change": ClipSpec(_PLAIN, None, replace(_PLAIN, width_px=480, height_px=272)),
    "h264_720p": ClipSpec(replace(_PLAIN, width_px=1280, height_px=720, bitrate_bps=2_000_000), Codec.AAC),
    "h264_720p30": ClipSpec(replace(_PLAIN, width_px=1280, height_px=720, fps=30, gop=48, bitrate_bps=3_000_000, noise=12)),
    "h264_1080p30": ClipSpec(replace(_PLAIN, width_px=1920, height_px=1080, fps=30, gop=48, bitrate_bps=4_000_000, noise=12)),
    "h265": ClipSpec(replace(_PLAIN, codec=Codec.H265)),
    "h265_aac": ClipSpec(replace(_PLAIN, codec=Codec.H265), Codec.AAC),
    "mjpeg": ClipSpec(replace(_PLAIN, codec=Codec.MJPEG)),
    "mjpeg_pcma": ClipSpec(replace(_PLAIN, codec=Codec.MJPEG), Codec.PCMA),
    "aac_only": ClipSpec(None, Codec.AAC),
}


@cache
def clip(name: str) -> Clip:
    """Takes up to a few seconds the first time for the large ones, 0.2 s for the others."""
    spec = SPECS[name]
    video, frames = None, list[ClipFrame]()
    if spec.video is not None:
        half = CLIP_MS // 2 if spec.then else CLIP_MS
        video, frames = _video(spec.video, 0, half)
        if spec.then:
            frames += _video(spec.then, half, CLIP_MS)[1]
    audio = None
    if spec.audio is not None:
        audio, sound = _audio(spec.audio)
        frames += sound
    return Clip(SourceTracks(video, audio), tuple(sorted(frames, key=lambda frame: frame.sent_at_ms)))


def _pictures(spec: VideoSpec, start_ms: int, end_ms: int) -> Iterator[av.VideoFrame]:
    """A square that goes round once in a clip over a still, grained gradient; some grain moves so that the rate is what it should be."""
    height, width = spec.height_px, spec.width_px
    grain = np.random.default_rng(7).integers(0, spec.noise + 1, (height, width), dtype=np.uint8)
    ground = (np.linspace(40, 170, width, dtype=np.uint8)[None, :] + grain).astype(np.uint8)
    side = height // 5 & ~1
    for index in range(start_ms * spec.fps // 1000, end_ms * spec.fps // 1000):
        turn = 2 * math.pi * index / (CLIP_MS * spec.fps / 1000)
        left = int((width - side) * (0.5 + 0.45 * math.cos(turn))) & ~1
        top = int((height - side) * (0.5 + 0.45 * math.sin(turn))) & ~1
        luma = ground.copy()
        luma[: height // 4] += np.roll(grain[: height // 4], index * 7, axis=1)
        luma[top : top + side, left : left + side] = 220
        chroma = np.full((height // 2, width), 128, dtype=np.uint8)
        chroma[: height // 4, :] = 118
        frame = av.VideoFrame.from_ndarray(np.vstack([luma, chroma]), format="yuv420p")
        frame.pts = index
        frame.time_base = Fraction(1, spec.fps)
        yield frame


_ENCODERS = {Codec.H264: "libx264", Codec.H265: "libx265", Codec.MJPEG: "mjpeg"}


def _options(spec: VideoSpec) -> dict[str, str]:
    keys = f"keyint={spec.gop}:min-keyint={spec.gop}:scenecut=0:bframes={spec.b_frames}"
    if spec.codec is Codec.H264:
        return {"preset": "veryfast", "profile": spec.profile, "x264-params": f"{keys}:open-gop=0:rc-lookahead=8"}
    if spec.codec is Codec.H265:
        return {"preset": "ultrafast", "x265-params": f"{keys}:open-gop=0:log-level=none:pools=none:frame-threads=1"}
    return {"huffman": "default", "qmin": "5", "qmax": "5"}


def _encoder(spec: VideoSpec) -> Any:
    context: Any = av.CodecContext.create(_ENCODERS[spec.codec], "w")
    context.width, context.height = spec.width_px, spec.height_px
    context.pix_fmt = "yuvj420p" if spec.codec is Codec.MJPEG else "yuv420p"
    context.time_base = Fraction(1, spec.fps)
    context.framerate = Fraction(spec.fps)
    context.bit_rate = spec.bitrate_bps
    context.thread_count = 1
    context.options = _options(spec)
    return context


def _video(spec: VideoSpec, start_ms: int, end_ms: int) -> tuple[VideoTrack, list[ClipFrame]]:
    encoder = _encoder(spec)
    packets = []
    for picture in _pictures(spec, start_ms, end_ms):
        shown = picture.reformat(format="yuvj420p") if spec.codec is Codec.MJPEG else picture
        shown.pts, shown.time_base = picture.pts, picture.time_base
        packets += encoder.encode(shown)
    packets += encoder.encode(None)
    packetize = packetizer_for(spec.codec)
    frames = []
    for index, packet in enumerate(packets):
        data = bytes(packet)
        sent_at_ms = start_ms + index * 1000 / spec.fps
        timestamp = round(packet.pts * 90_000 / spec.fps)
        is_key = packet.is_keyframe or spec.codec is Codec.MJPEG
        frames.append(ClipFrame("video", timestamp, 90_000, sent_at_ms, is_key, data, tuple(packetize(data, PAYLOAD_BYTES))))
    return _video_track(spec, frames[0].data), frames


def _video_track(spec: VideoSpec, first: bytes) -> VideoTrack:
    if spec.codec is Codec.MJPEG:
        return VideoTrack(spec.codec, spec.width_px, spec.height_px, "mjpeg", (), True)
    if spec.codec is Codec.H264:
        sets = tuple(nal for nal in split_annexb(first) if nal[0] & 31 in (7, 8))
        return VideoTrack(spec.codec, spec.width_px, spec.height_px, f"avc1.{sets[0][1:4].hex()}", sets)
    sets = tuple(nal for nal in split_annexb(first) if nal[0] >> 1 & 63 in (32, 33, 34))
    return VideoTrack(spec.codec, spec.width_px, spec.height_px, "hvc1", sets)


_SOUNDS: dict[Codec, tuple[str, int, int, str]] = {
    Codec.AAC: ("aac", 16_000, 1024, "fltp"),
    Codec.PCMA: ("pcm_alaw", 8_000, 160, "s16"),
    Codec.PCMU: ("pcm_mulaw", 8_000, 160, "s16"),
    Codec.OPUS: ("libopus", 48_000, 960, "s16"),
}


def _audio(codec: Codec) -> tuple[AudioTrack, list[ClipFrame]]:
    name, rate_hz, samples, layout = _SOUNDS[codec]
    encoder: Any = av.CodecContext.create(name, "w")
    encoder.sample_rate, encoder.format, encoder.layout = rate_hz, layout, "mono"
    encoder.time_base = Fraction(1, rate_hz)
    count = CLIP_MS * rate_hz // 1000 // samples
    # Two turns, of which the second is kept: an encoder's first frames are not what follows the last ones.
    packets = [packet for index in range(2 * count + 2) for packet in encoder.encode(_tone(index * samples, samples, rate_hz, layout))]
    packetize = packetizer_for(codec)
    frames = []
    for index, packet in enumerate(packets[count : 2 * count]):
        data, timestamp = bytes(packet), index * samples
        payloads = tuple(packetize(data, PAYLOAD_BYTES))
        frames.append(ClipFrame("audio", timestamp, rate_hz, timestamp * 1000 / rate_hz, False, data, payloads))
    config = bytes(encoder.extradata or b"") if codec is Codec.AAC else b""
    return AudioTrack(codec, rate_hz, 1, "mp4a.40.2" if codec is Codec.AAC else str(codec), config), frames


def _tone(first: int, samples: int, rate_hz: int, layout: str) -> av.AudioFrame:
    """440 Hz fits into a clip without a seam."""
    wave: NDArray[np.float64] = 0.2 * np.sin(2 * np.pi * 440 * (first + np.arange(samples)) / rate_hz)
    data = wave.astype(np.float32) if layout == "fltp" else (wave * 32767).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(data[None, :], format=layout, layout="mono")
    frame.sample_rate = rate_hz
    frame.pts = first
    return frame
