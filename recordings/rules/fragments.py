"""The fragment index of a segment file: where each moof + mdat lies and what it holds. Pure: bytes are asked for, never read here.

    scan        walks the boxes of a file, reading heads only, up to the last whole fragment: what is behind it is a torn tail
    to_gops     the same file as groups of pictures, which is what the catalogue keeps and playlists need
    to_bytes    the compact form kept in the catalogue: five unsigned varints (LEB128) a fragment, offsets and times as differences

What does not belong here: opening files (segment_file.py), which fragments make a playlist entry (playlist.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

VIDEO_TRACK_ID = 1
_LARGEST_MOOF_BYTES = 4 * 1024 * 1024
_SYNC_MASK = 0x00010000


class SegmentFormatError(ValueError):
    """The file does not begin as a segment does."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """Times in 90 kHz ticks since the start of the segment; `is_key`: its first picture is a keyframe."""

    offset_bytes: int
    size_bytes: int
    start_90k: int
    duration_90k: int
    is_key: bool


@dataclass(frozen=True, slots=True)
class Scan:
    """`init_bytes`: ftyp, header and moov. `whole_bytes`: up to the end of the last whole fragment."""

    init_bytes: int
    header_payload: bytes
    fragments: tuple[Fragment, ...]
    whole_bytes: int


ReadAt = Callable[[int, int], bytes]


def scan(read_at: ReadAt, size_bytes: int, *, resume: Scan | None = None) -> Scan:
    """Goes on behind `resume`. Raises SegmentFormatError when there is no whole init segment."""
    init, header = (resume.init_bytes, resume.header_payload) if resume else _scan_init(read_at, size_bytes)
    fragments = list(resume.fragments) if resume else []
    position = resume.whole_bytes if resume else init
    while True:
        moof_bytes, kind = _box_at(read_at, position, size_bytes)
        if kind != b"moof" or moof_bytes > _LARGEST_MOOF_BYTES:
            break
        mdat_bytes, kind = _box_at(read_at, position + moof_bytes, size_bytes)
        if kind != b"mdat":
            break
        fragment = _fragment(read_at(position, moof_bytes), position, moof_bytes + mdat_bytes)
        if fragment is None:
            break
        fragments.append(fragment)
        position += moof_bytes + mdat_bytes
    return Scan(init, header, tuple(fragments), position)


def to_gops(fragments: Iterable[Fragment]) -> tuple[Fragment, ...]:
    """Fragments merged so that every entry starts with a keyframe; GOPs may be merged with the fragments that follow them."""
    gops: list[Fragment] = []
    for fragment in fragments:
        if fragment.is_key or not gops:
            gops.append(fragment)
            continue
        first = gops[-1]
        size_bytes = fragment.offset_bytes + fragment.size_bytes - first.offset_bytes
        duration_90k = fragment.start_90k + fragment.duration_90k - first.start_90k
        gops[-1] = Fragment(first.offset_bytes, size_bytes, first.start_90k, duration_90k, first.is_key)
    return tuple(gops)


def to_bytes(fragments: Sequence[Fragment]) -> bytes:
    out = bytearray()
    offset = end = 0
    for fragment in fragments:
        _put(out, fragment.offset_bytes - offset)
        _put(out, fragment.size_bytes)
        _put(out, fragment.start_90k - end if fragment.start_90k >= end else 0)
        _put(out, fragment.duration_90k)
        _put(out, int(fragment.is_key))
        offset, end = fragment.offset_bytes + fragment.size_bytes, fragment.start_90k + fragment.duration_90k
    return bytes(out)


def from_bytes(data: bytes) -> tuple[Fragment, ...]:
    """Raises ValueError for bytes that to_bytes did not make."""
    numbers = _numbers(data)
    if len(numbers) % 5:
        raise ValueError("a fragment index with a torn entry")
    found: list[Fragment] = []
    offset = end = 0
    for at in range(0, len(numbers), 5):
        skip, size, pause, duration, key = numbers[at : at + 5]
        found.append(Fragment(offset + skip, size, end + pause, duration, bool(key)))
        offset, end = offset + skip + size, end + pause + duration
    return tuple(found)


def _scan_init(read_at: ReadAt, size_bytes: int) -> tuple[int, bytes]:
    position, header = 0, b""
    while True:
        box_bytes, kind = _box_at(read_at, position, size_bytes)
        if kind == b"uuid":
            header = read_at(position + 8, box_bytes - 8)
        elif kind not in (b"ftyp", b"moov"):
            raise SegmentFormatError(f"no whole init segment in {size_bytes} bytes")
        position += box_bytes
        if kind == b"moov":
            return position, header


def _box_at(read_at: ReadAt, position: int, size_bytes: int) -> tuple[int, bytes]:
    """Size and type of a box that lies wholly inside the file; (0, b"") when none does."""
    if position + 8 > size_bytes:
        return 0, b""
    head = read_at(position, 8)
    size = int.from_bytes(head[:4], "big")
    if len(head) < 8 or size < 8 or position + size > size_bytes:
        return 0, b""
    return size, head[4:8]


def _fragment(moof: bytes, offset: int, size: int) -> Fragment | None:
    """From the video track's tfdt and trun (8.8.12, 8.8.8), written with all per-sample fields as media/fmp4.py does."""
    for kind, traf in _children(moof[8:]):
        if kind != b"traf":
            continue
        parts = dict(_children(traf))
        try:
            if int.from_bytes(parts[b"tfhd"][4:8], "big") != VIDEO_TRACK_ID:
                continue
            start, run = int.from_bytes(parts[b"tfdt"][4:12], "big"), parts[b"trun"]
        except KeyError:
            return None
        count = int.from_bytes(run[4:8], "big")
        table = run[12:]
        if count == 0 or len(table) < count * 16:
            return None
        duration = sum(int.from_bytes(table[at : at + 4], "big") for at in range(0, count * 16, 16))
        is_key = not int.from_bytes(table[8:12], "big") & _SYNC_MASK
        return Fragment(offset, size, start, duration, is_key)
    return None


def _children(data: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size < 8 or at + size > len(data):
            break
        found.append((data[at + 4 : at + 8], data[at + 8 : at + size]))
        at += size
    return found


def _put(out: bytearray, number: int) -> None:
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)


def _numbers(data: bytes) -> list[int]:
    found, number, shift = [], 0, 0
    for byte in data:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            found.append(number)
            number = shift = 0
    if shift:
        raise ValueError("a fragment index with a torn number")
    return found
