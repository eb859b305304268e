"""Single samples out of our own segment files: what a moof lists, and what the init segment says about the tracks. Pure.

Written for what media/fmp4.py writes (ISO/IEC 14496-12, 8.8): default-base-is-moof, one trun a track with all per-sample fields. The index
of whole fragments is fragments.py's.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from recordings.rules.fragments import SegmentFormatError
from streaming.media.aac import codec_string
from streaming.media.packet import AudioTrack, Codec

NOT_SYNC = 0x00010000
_SAMPLE = struct.Struct(">IIIi")
_VISUAL_HEAD_BYTES = 78  # of a sample entry, 12.1.3.2
_AUDIO_HEAD_BYTES = 28  # 12.2.3.2


class Sample(NamedTuple):
    """Times in the track's timescale; `composition` is the way from decoding to showing."""

    duration: int
    size_bytes: int
    flags: int
    composition: int

    @property
    def is_key(self) -> bool:
        return not self.flags & NOT_SYNC


class Run(NamedTuple):
    """Consecutive samples of one track, which lie one after the other from `offset_bytes` of the file on."""

    track_id: int
    decode_time: int
    offset_bytes: int
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class TrackInit:
    """`sample_entry` is the one box inside stsd: two files with the same ones can become one file."""

    track_id: int
    is_video: bool
    timescale: int
    sample_entry: bytes
    width_px: int
    height_px: int

    @property
    def configuration(self) -> bytes:
        """The payload of avcC, hvcC, esds or dOps."""
        head = 8 + (_VISUAL_HEAD_BYTES if self.is_video else _AUDIO_HEAD_BYTES)
        _, payload = next(boxes(self.sample_entry[head:]), (b"", b""))
        return payload

    @property
    def codec(self) -> Codec:
        try:
            return _CODECS[self.sample_entry[4:8]]
        except KeyError:
            raise SegmentFormatError(f"a sample entry {self.sample_entry[4:8]!r} in a segment") from None

    def audio_track(self) -> AudioTrack:
        channels = int.from_bytes(self.sample_entry[24:26], "big")
        config = _aac_config(self.configuration) if self.codec is Codec.AAC else b""
        return AudioTrack(self.codec, self.timescale, channels, codec_string(config) if config else "opus", config)


_CODECS = {b"avc1": Codec.H264, b"hvc1": Codec.H265, b"mp4v": Codec.MJPEG, b"mp4a": Codec.AAC, b"Opus": Codec.OPUS}


def boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Types and payloads, up to the first that is torn."""
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size < 8 or at + size > len(data):
            return
        yield data[at + 4 : at + 8], data[at + 8 : at + size]
        at += size


def runs_of(moof: bytes, offset_bytes: int) -> list[Run]:
    """Of a whole moof box that lies there in the file. Raises SegmentFormatError."""
    found = []
    for kind, traf in boxes(moof[8:]):
        if kind != b"traf":
            continue
        parts = dict(boxes(traf))
        try:
            track_id = int.from_bytes(parts[b"tfhd"][4:8], "big")
            decode_time, run = int.from_bytes(parts[b"tfdt"][4:12], "big"), parts[b"trun"]
        except KeyError as error:
            raise SegmentFormatError(f"no {error} in the fragment at byte {offset_bytes}") from error
        count, data_offset = struct.unpack_from(">Ii", run.ljust(12, b"\0"), 4)
        if len(run) != 12 + count * _SAMPLE.size:
            raise SegmentFormatError(f"a trun that is not ours in the fragment at byte {offset_bytes}")
        samples = tuple(Sample(*fields) for fields in _SAMPLE.iter_unpack(run[12:]))
        found.append(Run(track_id, decode_time, offset_bytes + data_offset, samples))
    return found


def tracks_of(init: bytes) -> dict[int, TrackInit]:
    """Of a whole init segment, by track id. Raises SegmentFormatError."""
    moov = dict(boxes(init)).get(b"moov")
    if moov is None:
        raise SegmentFormatError("no moov in the init segment")
    try:
        tracks = [_track(trak) for kind, trak in boxes(moov) if kind == b"trak"]
    except (KeyError, IndexError) as error:
        raise SegmentFormatError(f"a track without {error}") from error
    return {track.track_id: track for track in tracks}


def _track(trak: bytes) -> TrackInit:
    parts = dict(boxes(trak))
    media = dict(boxes(parts[b"mdia"]))
    table = dict(boxes(dict(boxes(media[b"minf"]))[b"stbl"]))
    header = parts[b"tkhd"]
    width, height = struct.unpack_from(">II", header, 76)
    return TrackInit(
        track_id=int.from_bytes(header[12:16], "big"),
        is_video=media[b"hdlr"][8:12] == b"vide",
        timescale=int.from_bytes(media[b"mdhd"][12:16], "big"),
        sample_entry=table[b"stsd"][8:],
        width_px=width >> 16,
        height_px=height >> 16,
    )


def _aac_config(esds: bytes) -> bytes:
    """The DecoderSpecificInfo (tag 5) in the form sample_entry.py writes: sizes in four bytes."""
    at = esds.find(b"\x05\x80\x80\x80")
    if at < 0:
        raise SegmentFormatError("no AudioSpecificConfig in esds")
    return esds[at + 5 : at + 5 + esds[at + 4]]
