"""A classic MP4, as every player knows it: all tables in a moov in front, then the samples. Pure.

    ftyp | moov( mvhd | trak( tkhd | edts( elst ) | mdia( mdhd | hdlr | minf( vmhd or smhd | dinf | stbl( stsd | stts | ctts | stss |
    stsc | stsz | co64 ) ) ) ) … | udta( meta( hdlr | ilst ) ) ) | mdat

ISO/IEC 14496-12, 8.2 to 8.7. Everything is known before the first byte of video is copied, so the file is written once, from front to
back: straight into a zip, too. What is shown begins exactly where it should by an edit (8.6.6): pictures from the keyframe on are there to
be decoded, not to be seen.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from recordings.rules.samples import TrackInit
from streaming.media.mp4_box import box, full_box
from streaming.media.packet import Codec
from streaming.media.timing import TICKS_PER_SECOND

_MATRIX = struct.pack(">9I", 0x00010000, 0, 0, 0, 0x00010000, 0, 0, 0, 0x40000000)
_SECONDS_1904_TO_1970 = 2_082_844_800
_UND = 0x55C4
# A 64-bit size, whatever it is: then nothing moves when the file is large.
MDAT_HEAD_BYTES = 16


@dataclass(frozen=True, slots=True)
class Edit:
    """What of a track is shown: from `media_time` (track's timescale) on for `duration_90k`, beginning `late_90k` after the movie."""

    media_time: int
    duration_90k: int
    late_90k: int = 0


@dataclass(slots=True)
class SampleTable:
    """Grows sample by sample; a day at 30 pictures a second is 40 MB."""

    durations: array[int] = field(default_factory=lambda: array("I"))
    sizes: array[int] = field(default_factory=lambda: array("I"))
    compositions: array[int] = field(default_factory=lambda: array("i"))
    keys: array[int] = field(default_factory=lambda: array("I"))
    chunk_offsets: array[int] = field(default_factory=lambda: array("Q"))
    chunk_samples: array[int] = field(default_factory=lambda: array("I"))

    def begin_chunk(self, offset_bytes: int) -> None:
        """`offset_bytes` counts from the first byte of the mdat's payload."""
        self.chunk_offsets.append(offset_bytes)
        self.chunk_samples.append(0)

    def add(self, duration: int, size_bytes: int, composition: int, *, is_key: bool) -> None:
        self.durations.append(duration)
        self.sizes.append(size_bytes)
        self.compositions.append(composition)
        if is_key:
            self.keys.append(len(self.sizes))
        self.chunk_samples[-1] += 1


@dataclass(frozen=True, slots=True)
class Track:
    init: TrackInit
    table: SampleTable
    edit: Edit


@dataclass(frozen=True, slots=True)
class Labels:
    """`made_at_ms`: when what it shows was recorded, on the wall clock."""

    made_at_ms: int
    title: str
    comment: str


def movie_head(tracks: Sequence[Track], labels: Labels, mdat_bytes: int) -> bytes:
    """Everything up to the first sample; `mdat_bytes` of samples follow."""
    brands = b"isomiso2" + (b"avc1" if tracks[0].init.codec is Codec.H264 else b"") + b"mp41mp42"
    if any(composition < 0 for track in tracks for composition in track.table.compositions):
        brands += b"iso4"  # signed composition offsets
    front = box(b"ftyp", b"isom", (512).to_bytes(4, "big"), brands)
    base = len(front) + len(_moov(tracks, labels, 0)) + MDAT_HEAD_BYTES
    mdat = (1).to_bytes(4, "big") + b"mdat" + (MDAT_HEAD_BYTES + mdat_bytes).to_bytes(8, "big")
    return front + _moov(tracks, labels, base) + mdat


def _moov(tracks: Sequence[Track], labels: Labels, base: int) -> bytes:
    at = labels.made_at_ms // 1000 + _SECONDS_1904_TO_1970
    duration = max(track.edit.late_90k + track.edit.duration_90k for track in tracks)
    head = struct.pack(">QQIQIH10x", at, at, TICKS_PER_SECOND, duration, 0x00010000, 0x0100)
    header = full_box(b"mvhd", 1, 0, head, _MATRIX, bytes(24), struct.pack(">I", len(tracks) + 1))
    traks = [_trak(track, number, at, base) for number, track in enumerate(tracks, 1)]
    return box(b"moov", header, *traks, _labels(labels))


def _trak(track: Track, number: int, at: int, base: int) -> bytes:
    init, edit = track.init, track.edit
    header = full_box(
        b"tkhd",
        1,
        3,  # enabled, in the movie
        struct.pack(">QQIIQ8xHHHH", at, at, number, 0, edit.late_90k + edit.duration_90k, 0, 0, 0 if init.is_video else 0x0100, 0),
        _MATRIX,
        struct.pack(">II", init.width_px << 16, init.height_px << 16),
    )
    media_header = full_box(b"mdhd", 1, 0, struct.pack(">QQIQHH", at, at, init.timescale, sum(track.table.durations), _UND, 0))
    handler = full_box(b"hdlr", 0, 0, struct.pack(">I4s12x", 0, b"vide" if init.is_video else b"soun"), b"\x00")
    kind_header = full_box(b"vmhd", 0, 1, bytes(8)) if init.is_video else full_box(b"smhd", 0, 0, bytes(4))
    data_info = box(b"dinf", full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1)))
    media = box(b"mdia", media_header, handler, box(b"minf", kind_header, data_info, _table(track, base)))
    return box(b"trak", header, box(b"edts", _edits(edit)), media)


def _edits(edit: Edit) -> bytes:
    entries = [struct.pack(">QqHH", edit.late_90k, -1, 1, 0)] if edit.late_90k else []
    entries.append(struct.pack(">QqHH", edit.duration_90k, edit.media_time, 1, 0))
    return full_box(b"elst", 1, 0, struct.pack(">I", len(entries)), *entries)


def _table(track: Track, base: int) -> bytes:
    table = track.table
    parts = [full_box(b"stsd", 0, 0, struct.pack(">I", 1), track.init.sample_entry), _counted(b"stts", 0, ">II", table.durations)]
    if any(table.compositions):
        parts.append(_counted(b"ctts", int(min(table.compositions) < 0), ">Ii", table.compositions))
    if track.init.is_video:
        parts.append(full_box(b"stss", 0, 0, struct.pack(">I", len(table.keys)), _big_endian(table.keys)))
    chunks, first = [], 1
    for samples, same in groupby(table.chunk_samples):
        chunks.append(struct.pack(">III", first, samples, 1))
        first += sum(1 for _ in same)
    parts.append(full_box(b"stsc", 0, 0, struct.pack(">I", len(chunks)), *chunks))
    parts.append(full_box(b"stsz", 0, 0, struct.pack(">II", 0, len(table.sizes)), _big_endian(table.sizes)))
    offsets = array("Q", (base + offset for offset in table.chunk_offsets))
    parts.append(full_box(b"co64", 0, 0, struct.pack(">I", len(offsets)), _big_endian(offsets)))
    return box(b"stbl", *parts)


def _counted(kind: bytes, version: int, form: str, values: array[int]) -> bytes:
    """Runs of the same value as (count, value)."""
    entries = [struct.pack(form, sum(1 for _ in same), value) for value, same in groupby(values)]
    return full_box(kind, version, 0, struct.pack(">I", len(entries)), *entries)


def _big_endian(values: array[int]) -> bytes:
    if sys.byteorder == "little":
        values = values[:]
        values.byteswap()
    return values.tobytes()


def _labels(labels: Labels) -> bytes:
    """The way iTunes writes them, which FFmpeg, VLC and QuickTime read."""
    handler = full_box(b"hdlr", 0, 0, bytes(4), b"mdirappl", bytes(9))
    items = [box(kind, box(b"data", struct.pack(">II", 1, 0), text.encode())) for kind, text in _texts(labels)]
    return box(b"udta", full_box(b"meta", 0, 0, handler, box(b"ilst", *items)))


def _texts(labels: Labels) -> list[tuple[bytes, str]]:
    return [(b"\xa9nam", labels.title), (b"\xa9cmt", labels.comment), (b"\xa9too", "NVR")]
