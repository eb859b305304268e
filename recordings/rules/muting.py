"""A recorded file without its sound, as long as with it to the byte: neither playlists nor ranges nor players have to know. Pure.

The sound's boxes are called `free` (ISO/IEC 14496-12, 8.1.2), which every reader passes over: its trak and trex in the init segment, its
traf in each fragment. Its samples become zeros. What is no picture counts as sound.

What does not belong here: who may hear (cameras/permissions.py), reading files (services/playback.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from recordings.rules.fragments import VIDEO_TRACK_ID, SegmentFormatError
from recordings.rules.samples import boxes, runs_of

_FREE = b"free"
_CONTAINERS = (b"moov", b"mvex")


class Patch(NamedTuple):
    """These bytes instead of those that are in the file from there on."""

    offset_bytes: int
    data: bytes


def muted_init(init: bytes) -> list[Patch]:
    """Of a whole init segment, at the beginning of its file."""
    return list(_muted_init(init, 0, len(init)))


def muted_fragment(moof: bytes, offset_bytes: int) -> list[Patch]:
    """Of a whole moof box that lies there in the file, and of its mdat. Raises SegmentFormatError."""
    if len(moof) < 8 or _box_end(moof, 0) != len(moof):
        raise SegmentFormatError(f"no whole moof at byte {offset_bytes}")
    sound = [run for run in runs_of(moof, offset_bytes) if run.track_id != VIDEO_TRACK_ID]
    silence = [Patch(run.offset_bytes, bytes(sum(sample.size_bytes for sample in run.samples))) for run in sound]
    named = [
        Patch(offset_bytes + at + 4, _FREE)
        for kind, at, end in _boxes_in(moof, 8, len(moof))
        if kind == b"traf" and _id_in(moof[at + 8 : end], b"tfhd", 4) != VIDEO_TRACK_ID
    ]
    return named + silence


def patched(data: bytes, offset_bytes: int, patches: Iterable[Patch]) -> bytes:
    """`data` lies there in the file; patches may reach beyond it on both sides."""
    changed = bytearray(data)
    for at, new in patches:
        begin, end = max(at, offset_bytes), min(at + len(new), offset_bytes + len(data))
        if begin < end:
            changed[begin - offset_bytes : end - offset_bytes] = new[begin - at : end - at]
    return bytes(changed)


def _muted_init(init: bytes, start: int, stop: int) -> Iterator[Patch]:
    for kind, at, end in _boxes_in(init, start, stop):
        if kind in _CONTAINERS:
            yield from _muted_init(init, at + 8, end)
        is_track = kind == b"trak" and _id_in(init[at + 8 : end], b"tkhd", 12) != VIDEO_TRACK_ID
        if is_track or (kind == b"trex" and int.from_bytes(init[at + 12 : at + 16], "big") != VIDEO_TRACK_ID):
            yield Patch(at + 4, _FREE)


def _boxes_in(data: bytes, start: int, stop: int) -> Iterator[tuple[bytes, int, int]]:
    """Type, begin and end of each."""
    at = start
    while at + 8 <= stop:
        end = _box_end(data, at)
        if not at + 8 <= end <= stop:
            raise SegmentFormatError(f"a torn box at byte {at}")
        yield data[at + 4 : at + 8], at, end
        at = end


def _box_end(data: bytes, at: int) -> int:
    return at + int.from_bytes(data[at : at + 4], "big")


def _id_in(payload: bytes, kind: bytes, at: int) -> int:
    """The track id in a child of it; 0, which no track has, without one."""
    return int.from_bytes(dict(boxes(payload)).get(kind, b"")[at : at + 4], "big")
