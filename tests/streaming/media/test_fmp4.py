"""What we write, FFmpeg reads back: codec, size, times, and every frame decodes."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import av
import pytest

from streaming.media import fmp4, h264, h265
from streaming.media.errors import BitstreamError
from streaming.media.packet import AudioTrack, Codec, VideoTrack
from tests.support.encoded import EncodedUnit, aac_frames, h264_units, h265_units, opus_frames


def h264_track(units: Sequence[EncodedUnit]) -> VideoTrack:
    sets = tuple(nal for nal in h264.split_annexb(units[0].data) if h264.nal_type(nal) in (h264.SPS, h264.PPS))
    sps = h264.parse_sps(sets[0])
    return VideoTrack(Codec.H264, sps.width_px, sps.height_px, h264.codec_string(sets[0]), sets)


def h265_track(units: Sequence[EncodedUnit]) -> VideoTrack:
    sets = tuple(nal for nal in h265.split_annexb(units[0].data) if h265.nal_type(nal) in (h265.VPS, h265.SPS, h265.PPS))
    sps = h265.parse_sps(sets[1])
    return VideoTrack(Codec.H265, sps.width_px, sps.height_px, h265.codec_string(sets[1]), sets)


def samples_of(units: Sequence[EncodedUnit], to_sample: Callable[[bytes], bytes] = bytes, duration: int = 3600) -> list[fmp4.Sample]:
    return [fmp4.Sample(duration, unit.pts - unit.dts, unit.is_key, to_sample(unit.data)) for unit in units]


def fragments(samples: Sequence[fmp4.Sample], per_fragment: int, *, start: int = 0) -> bytes:
    out = b""
    at = start
    for sequence, first in enumerate(range(0, len(samples), per_fragment), 1):
        group = samples[first : first + per_fragment]
        out += fmp4.fragment(sequence, 1, at, group)
        at += sum(sample.duration for sample in group)
    return out


def read_back(data: bytes) -> tuple[str, list[tuple[int, int, bool]], int]:
    container: Any = av.open(io.BytesIO(data))
    with container:
        stream = container.streams[0]
        packets = [packet for packet in container.demux(stream) if packet.size]
        rows = [(int(packet.dts or 0), int(packet.pts or 0), packet.is_keyframe) for packet in packets]
        decoded = sum(len(stream.decode(packet)) for packet in packets) + len(stream.decode(None))
        return stream.codec_context.name, rows, decoded


@pytest.mark.parametrize("per_fragment", [1, 5, 10])
@pytest.mark.parametrize("b_frames", [0, 2])
@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
def test_video_is_read_back_as_it_was(codec: Codec, b_frames: int, per_fragment: int) -> None:
    if codec is Codec.H264:
        units = h264_units(642, 362, b_frames=b_frames)
        track, samples = h264_track(units), samples_of(units, h264.to_length_prefixed)
    else:
        units = h265_units(642, 362, b_frames=b_frames)
        track, samples = h265_track(units), samples_of(units, h265.to_length_prefixed)
    start = 9_000_000_000_000  # beyond 32 bits, as wall-clock anchored times are
    name, rows, decoded = read_back(fmp4.init_segment(track, 1) + fragments(samples, per_fragment, start=start))
    assert name == ("h264" if codec is Codec.H264 else "hevc")
    assert decoded == len(units)
    offset = start - units[0].dts
    assert rows == [(unit.dts + offset, unit.pts + offset, unit.is_key) for unit in units]


def test_the_init_segment_tells_codec_and_size() -> None:
    track = h264_track(h264_units(642, 362))
    with av.open(
        io.BytesIO(fmp4.init_segment(track, 1) + fragments(samples_of(h264_units(642, 362), h264.to_length_prefixed), 1))
    ) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.width, stream.codec_context.height) == (642, 362)
        assert stream.codec_context.extradata == h264.avcc(*track.parameter_sets)
        assert fmp4.mime(track) == 'video/mp4; codecs="avc1.64001e"'
    assert b"hvc1" in fmp4.init_segment(h265_track(h265_units()), 1)


def test_aac_is_read_back_as_it_was() -> None:
    audio = aac_frames(16_000, 1)
    track = AudioTrack(Codec.AAC, 16_000, 1, "mp4a.40.2", audio.config)
    name, rows, decoded = read_back(fmp4.init_segment(track, 1) + fragments(samples_of(audio.frames, duration=1024), 1))
    assert (name, decoded) == ("aac", len(audio.frames))
    assert [dts for dts, _, _ in rows] == [frame.dts for frame in audio.frames]
    assert fmp4.timescale(track) == 16_000
    assert fmp4.mime(track) == 'audio/mp4; codecs="mp4a.40.2"'


def test_opus_is_read_back_as_it_was() -> None:
    audio = opus_frames()
    track = AudioTrack(Codec.OPUS, 48_000, 2, "opus")
    name, rows, decoded = read_back(fmp4.init_segment(track, 1) + fragments(samples_of(audio.frames, duration=960), 1))
    assert (name.removeprefix("lib"), decoded) == ("opus", len(audio.frames))
    assert [dts for dts, _, _ in rows] == [frame.dts for frame in audio.frames]


def test_what_mp4_cannot_carry_is_refused() -> None:
    with pytest.raises(ValueError, match="mjpeg"):
        fmp4.init_segment(VideoTrack(Codec.MJPEG, 320, 180, "mjpeg"), 1)
    with pytest.raises(ValueError, match="pcma"):
        fmp4.init_segment(AudioTrack(Codec.PCMA, 8000, 1, "alaw"), 1)
    with pytest.raises(BitstreamError):
        fmp4.init_segment(VideoTrack(Codec.H264, 320, 180, "avc1.640016"), 1)
