"""Packets as ingest hands them to a recorder: any length, at any time, without waiting for it to pass."""

from __future__ import annotations

import math
from collections.abc import Iterator

from streaming.media import aac, h264, h265
from streaming.media.packet import AudioTrack, Codec, MediaPacket, Tracks, VideoTrack
from tests.support.encoded import EncodedUnit, aac_frames, h264_units, h265_units, jpeg_pictures, opus_frames

FPS = 25
START_MS = 1_795_000_000_000
_AAC_RATE_HZ = 16_000


def tracks(
    codec: Codec = Codec.H264, *, audio: Codec | None = None, generation: int = 1, width_px: int = 320, height_px: int = 180
) -> Tracks:
    if codec is Codec.MJPEG:
        return Tracks(generation, VideoTrack(codec, width_px, height_px, "mjpeg", is_full_range=True), _audio_track(audio))
    module = h264 if codec is Codec.H264 else h265
    kinds = (h264.SPS, h264.PPS) if codec is Codec.H264 else (h265.VPS, h265.SPS, h265.PPS)
    units = (h264_units if codec is Codec.H264 else h265_units)(width_px, height_px, 50, gop=25)
    nals = [nal for nal in module.split_annexb(units[0].data) if module.nal_type(nal) in kinds]
    sps = next(nal for nal in nals if module.nal_type(nal) == (h264.SPS if codec is Codec.H264 else h265.SPS))
    video = VideoTrack(codec, width_px, height_px, module.codec_string(sps), tuple(nals))
    return Tracks(generation, video, _audio_track(audio))


def packets(seconds: float, *, of: Tracks, start_ms: int = START_MS, gop: int = 25, first_frame: int = 0) -> Iterator[MediaPacket]:
    """Video at 25 pictures a second, a keyframe every `gop` (50 at most) of them, and audio when the tracks have some, in order of time.

    MJPEG has keyframes only.
    """
    units = _units(of, gop)
    sound = list(_sound(seconds, of, start_ms)) if of.audio else []
    at = 0
    for number in range(first_frame, first_frame + math.ceil(seconds * FPS)):
        unit = units[number % min(gop, len(units))]
        pts_90k = start_ms * 90 + (number - first_frame) * 3600
        while at < len(sound) and sound[at].pts_90k < pts_90k:
            yield sound[at]
            at += 1
        captured_at_ms = start_ms + (number - first_frame) * 40
        yield MediaPacket("video", of.generation, pts_90k, pts_90k, 3600, unit.is_key, captured_at_ms, unit.data)


def _units(of: Tracks, gop: int) -> tuple[EncodedUnit, ...]:
    """A group of pictures that may be cut short and begun again."""
    if of.video.codec is Codec.MJPEG:
        return jpeg_pictures(of.video.width_px, of.video.height_px, 5)
    return (h264_units if of.video.codec is Codec.H264 else h265_units)(
        of.video.width_px, of.video.height_px, 50, gop=25 if gop <= 25 else 50
    )


def _audio_track(codec: Codec | None) -> AudioTrack | None:
    if codec is None:
        return None
    if codec is Codec.AAC:
        config = aac_frames(_AAC_RATE_HZ, 1, 100).config
        return AudioTrack(codec, _AAC_RATE_HZ, 1, aac.codec_string(config), config)
    if codec is Codec.OPUS:
        return AudioTrack(codec, 48_000, 2, "opus")
    return AudioTrack(codec, 8000, 1, {Codec.PCMA: "alaw", Codec.PCMU: "ulaw"}[codec])


def _sound(seconds: float, of: Tracks, start_ms: int) -> Iterator[MediaPacket]:
    assert of.audio is not None
    if of.audio.codec is Codec.AAC:
        frames, duration = [unit.data for unit in aac_frames(_AAC_RATE_HZ, 1, 100).frames], 1024 * 90_000 // _AAC_RATE_HZ
    elif of.audio.codec is Codec.OPUS:
        frames, duration = [unit.data for unit in opus_frames(2, 50).frames], 1800
    else:
        frames, duration = [bytes([0xD5 if of.audio.codec is Codec.PCMA else 0xFF]) * 160], 1800
    for number in range(int(seconds * 90_000 / duration)):
        pts_90k = start_ms * 90 + number * duration
        yield MediaPacket("audio", of.generation, pts_90k, pts_90k, duration, True, pts_90k // 90, frames[number % len(frames)])
