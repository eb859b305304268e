"""Fragmented MP4 for browsers: an init segment per track and moof + mdat fragments of one or more samples.

    init segment  ftyp | moov( mvhd | trak( tkhd | mdia( mdhd | hdlr | minf( vmhd or smhd | dinf | stbl( stsd | … ) ) ) ) | mvex( trex ) )
    fragment      moof( mfhd | traf( tfhd | tfdt | trun ) ) | mdat

ISO/IEC 14496-12: 8.2 (moov), 8.8 (fragments). Written by hand because a fragment can then leave as soon as its one sample is there;
FFmpeg's muxer holds each frame until the next has come. Durations are 0 and there is no mehd: the stream has no end.

What does not belong here: which samples go into which fragment; sample entries (sample_entry.py).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from streaming.media.mp4_box import box, full_box
from streaming.media.opus import SAMPLE_RATE_HZ as OPUS_RATE_HZ
from streaming.media.packet import AudioTrack, Codec, VideoTrack
from streaming.media.sample_entry import sample_entry
from streaming.media.timing import TICKS_PER_SECOND

_MATRIX = struct.pack(">9I", 0x00010000, 0, 0, 0, 0x00010000, 0, 0, 0, 0x40000000)
_KEY_SAMPLE = 0x02000000  # depends on no other (8.8.3.1)
_DELTA_SAMPLE = 0x01010000  # depends on others, is no sync sample
_DEFAULT_BASE_IS_MOOF = 0x020000
_TRUN_FLAGS = 0x000F01  # data offset; per sample: duration, size, flags, composition offset
_SAMPLE_BYTES = 16
_HEAD_BYTES = 8 + 16 + 8 + 16 + 20 + 20
# moof | mfhd | traf | tfhd | tfdt version 1 | trun version 1 (signed composition offsets), up to its first sample
_HEAD = struct.Struct(">I4s I4sII I4s I4sII I4sIQ I4sIIi")
assert _HEAD.size == _HEAD_BYTES


@dataclass(frozen=True, slots=True)
class Sample:
    """Times in the track's timescale; `data` is length-prefixed video (to_length_prefixed) or one audio frame."""

    duration: int
    composition_offset: int
    is_key: bool
    data: bytes


def timescale(track: VideoTrack | AudioTrack) -> int:
    if isinstance(track, VideoTrack):
        return TICKS_PER_SECOND
    return OPUS_RATE_HZ if track.codec is Codec.OPUS else track.sample_rate_hz


def mime(track: VideoTrack | AudioTrack) -> str:
    kind = "video" if isinstance(track, VideoTrack) else "audio"
    return f'{kind}/mp4; codecs="{track.codec_string}"'


@dataclass(frozen=True, slots=True)
class TrackRun:
    """Consecutive samples of one track inside a fragment; `base_decode_time` is the first one's."""

    track_id: int
    base_decode_time: int
    samples: Sequence[Sample]


def init_segment(track: VideoTrack | AudioTrack, track_id: int) -> bytes:
    """For browsers. Raises ValueError for what they play in no MP4 (MJPEG, G.711), BitstreamError for broken parameter sets."""
    if track.codec is Codec.MJPEG:
        raise ValueError("MP4 can't carry mjpeg that a browser plays")
    return movie_init({track_id: track})


def movie_init(tracks: Mapping[int, VideoTrack | AudioTrack]) -> bytes:
    """One ftyp + moov for several tracks, by track id; MJPEG is fine in files. Raises as init_segment does."""
    traks = [_track(track, track_id, sample_entry(track)) for track_id, track in tracks.items()]
    # iso6: default-base-is-moof and signed composition offsets are understood (annex E.9)
    brands = box(b"ftyp", b"iso6", bytes(4), b"iso6", b"mp41")
    extends = box(b"mvex", *[full_box(b"trex", 0, 0, struct.pack(">5I", track_id, 1, 0, 0, 0)) for track_id in tracks])
    movie_header = full_box(
        b"mvhd", 0, 0, struct.pack(">IIIIIH10x", 0, 0, 1000, 0, 0x00010000, 0x0100), _MATRIX, bytes(24), struct.pack(">I", max(tracks) + 1)
    )
    return brands + box(b"moov", movie_header, *traks, extends)


def movie_fragment(sequence: int, runs: Sequence[TrackRun]) -> list[bytes]:
    """One moof for several tracks and its mdat, as pieces to be written one after the other without joining them first."""
    moof_bytes = 8 + 16 + sum(8 + 16 + 20 + 20 + _SAMPLE_BYTES * len(run.samples) for run in runs)
    boxes, offset = [full_box(b"mfhd", 0, 0, struct.pack(">I", sequence & 0xFFFFFFFF))], moof_bytes + 8
    for run in runs:
        table = b"".join(
            struct.pack(">IIIi", s.duration, len(s.data), _KEY_SAMPLE if s.is_key else _DELTA_SAMPLE, s.composition_offset)
            for s in run.samples
        )
        header = full_box(b"tfhd", 0, _DEFAULT_BASE_IS_MOOF, struct.pack(">I", run.track_id))
        decode_time = full_box(b"tfdt", 1, 0, struct.pack(">Q", run.base_decode_time))
        run_box = full_box(b"trun", 1, _TRUN_FLAGS, struct.pack(">Ii", len(run.samples), offset), table)
        boxes.append(box(b"traf", header, decode_time, run_box))
        offset += sum(len(sample.data) for sample in run.samples)
    moof = box(b"moof", *boxes)
    assert len(moof) == moof_bytes
    return [moof, (8 + offset - moof_bytes - 8).to_bytes(4, "big") + b"mdat", *[sample.data for run in runs for sample in run.samples]]


def fragment(sequence: int, track_id: int, base_decode_time: int, samples: Sequence[Sample]) -> bytes:
    """One moof and its mdat. `base_decode_time` is the decode time of the first sample; the others follow by their durations."""
    count = len(samples)
    trun = 20 + _SAMPLE_BYTES * count
    traf = 8 + 16 + 20 + trun
    moof = 8 + 16 + traf
    # fmt: off
    head = _HEAD.pack(
        moof, b"moof",
        16, b"mfhd", 0, sequence & 0xFFFFFFFF,
        traf, b"traf",
        16, b"tfhd", _DEFAULT_BASE_IS_MOOF, track_id,
        20, b"tfdt", 0x01000000, base_decode_time,
        trun, b"trun", 0x01000000 | _TRUN_FLAGS, count, moof + 8,
    )
    # fmt: on
    table = [
        struct.pack(">IIIi", s.duration, len(s.data), _KEY_SAMPLE if s.is_key else _DELTA_SAMPLE, s.composition_offset) for s in samples
    ]
    size = sum(len(sample.data) for sample in samples)
    return b"".join([head, *table, (8 + size).to_bytes(4, "big"), b"mdat", *[sample.data for sample in samples]])


def _track(track: VideoTrack | AudioTrack, track_id: int, entry: bytes) -> bytes:
    is_video = isinstance(track, VideoTrack)
    width, height = (track.width_px, track.height_px) if isinstance(track, VideoTrack) else (0, 0)
    header = full_box(
        b"tkhd",
        0,
        3,  # enabled, in the movie
        struct.pack(">IIIII8xhhHH", 0, 0, track_id, 0, 0, 0, 0, 0 if is_video else 0x0100, 0),
        _MATRIX,
        struct.pack(">II", width << 16, height << 16),
    )
    media_header = full_box(b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, timescale(track), 0, 0x55C4, 0))  # language "und"
    handler = full_box(b"hdlr", 0, 0, struct.pack(">I4s12x", 0, b"vide" if is_video else b"soun"), b"\x00")
    kind_header = full_box(b"vmhd", 0, 1, bytes(8)) if is_video else full_box(b"smhd", 0, 0, bytes(4))
    data_info = box(b"dinf", full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1)))
    empty_tables = [full_box(kind, 0, 0, bytes(size)) for kind, size in ((b"stts", 4), (b"stsc", 4), (b"stsz", 8), (b"stco", 4))]
    table = box(b"stbl", full_box(b"stsd", 0, 0, struct.pack(">I", 1), entry), *empty_tables)
    return box(b"trak", header, box(b"mdia", media_header, handler, box(b"minf", kind_header, data_info, table)))
