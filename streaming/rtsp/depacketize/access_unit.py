"""Access units put together from NAL units, for H.264 and H.265 alike.

A unit ends at the RTP marker, without waiting for the next packet; where the marker is missing, when the timestamp changes. What real
cameras get wrong, and what is done about it:

- a marker, or a new timestamp, behind parameter sets and SEI alone: a unit has no end before it has a slice
- a marker behind every slice of one picture: noticed at the first slice that continues a finished picture; from then on only the
  timestamp and the first slice of a picture count
- a whole Annex B stream inside one NAL unit: left as it is, since that is what it becomes, but looked into for parameter sets
- no end bit on the last fragment of a NAL unit: the next NAL unit or the end of the access unit ends it as well
- parameter sets only in the session description, or only at the start: the newest ones are put in front of every keyframe that lacks them

Packets lost in a unit drop the unit, and after a loss nothing comes out before the next keyframe that is whole: what refers to a
missing picture is not worth decoding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streaming.media.annexb import START_CODE, split_annexb
from streaming.rtsp.depacketize.frame import MAX_FRAME_BYTES, Frame

_CHUNK_COST_BYTES = 64  # what a piece costs beyond its bytes: millions of tiny ones must not grow a unit without bound either
_MAX_REMEMBERED_SETS = 16  # per type; H.264 allows 32 SPS and 256 PPS, cameras use one of each
_MAX_SET_BYTES = 4096  # real ones have a few hundred; remembered ones go in front of every keyframe, however small that is
_NONE: Sequence[Frame] = ()


@dataclass(frozen=True, slots=True)
class NalSyntax:
    """How to tell NAL units apart by their header: type = (first byte >> shift) & mask.

    The first bit behind the header says in both codecs that a slice begins a picture: first_mb_in_slice is ue(v) 0 (H.264, 7.3.3),
    first_slice_segment_in_pic_flag (H.265, 7.3.6.1).
    """

    header_bytes: int
    shift: int
    mask: int
    slices: frozenset[int]
    keys: frozenset[int]
    parameter_sets: tuple[int, ...]
    delimiter: int

    def type_of(self, first_byte: int) -> int:
        return (first_byte >> self.shift) & self.mask


class AccessUnitAssembler:
    """Fed with NAL units and fragments between `open` and `close`, once per packet."""

    def __init__(self, syntax: NalSyntax, parameter_sets: Sequence[bytes]) -> None:
        self._syntax = syntax
        self._sets: dict[int, list[bytes]] = {}
        self._is_marker_trusted = True
        self._is_waiting_for_key = False
        self._finished_timestamp = -1
        self._begin(0)
        for nal in parameter_sets:
            self._note_parameter_set(nal)
        self._begin(0)

    def _begin(self, timestamp: int) -> None:
        self._timestamp = timestamp
        self._chunks: list[bytes] = []
        self._size = 0
        self._fresh_sets: set[int] = set()
        self._has_delimiter = False
        self._has_slice = False
        self._is_key = False
        self._is_damaged = False
        self._fragment_first_chunk = -1  # where the NAL being reassembled begins in _chunks; -1 outside of one

    def open(self, timestamp: int, lost: bool) -> Sequence[Frame]:
        """To be called first for each packet. Gives the previous unit if it ended without a marker."""
        ended = _NONE
        if lost:
            self._is_waiting_for_key = True
            self._is_damaged = bool(self._chunks)
        if timestamp != self._timestamp:
            if self._has_slice or self._is_damaged:
                ended = self._finish()
            self._timestamp = timestamp
        return ended

    def nal(self, nal: bytes) -> Sequence[Frame]:
        """One whole NAL unit, header included. Gives the previous unit when the NAL shows that it had ended."""
        self.fragment_end()
        if len(nal) <= self._syntax.header_bytes:
            return _NONE
        ended = self._notice(nal)
        self._append(START_CODE, nal)
        return ended

    def fragment_start(self, header: bytes, payload: bytes) -> Sequence[Frame]:
        """The first fragment: the NAL's restored header, and what follows it."""
        self.fragment_end()
        ended = self._notice(header + payload, is_whole=False)
        self._fragment_first_chunk = len(self._chunks)
        self._append(START_CODE + header, payload)
        return ended

    def fragment(self, payload: bytes) -> None:
        """A middle or last fragment."""
        if self._fragment_first_chunk < 0:
            self._is_damaged = self._is_waiting_for_key = True
            return
        self._size += len(payload) + _CHUNK_COST_BYTES
        if self._size <= MAX_FRAME_BYTES:
            self._chunks.append(payload)

    def fragment_end(self) -> None:
        """Also called when the next NAL unit begins: without loss in between, an end bit that never came is the camera's habit."""
        first = self._fragment_first_chunk
        self._fragment_first_chunk = -1
        if not 0 <= first < len(self._chunks) or self._syntax.type_of(self._chunks[first][4]) in self._syntax.slices:
            return
        self._look_into(b"".join(self._chunks[first:])[len(START_CODE) :])

    def close(self, marker: bool) -> Sequence[Frame]:
        """To be called last for each packet."""
        if not marker or not self._has_slice or not self._is_marker_trusted:
            return _NONE
        return self._finish()

    def _append(self, first: bytes, second: bytes) -> None:
        self._size += len(first) + len(second) + 2 * _CHUNK_COST_BYTES
        if self._size <= MAX_FRAME_BYTES:
            self._chunks.append(first)
            self._chunks.append(second)

    def _notice(self, nal: bytes, is_whole: bool = True) -> Sequence[Frame]:
        """Takes note of what a NAL is, before it is appended."""
        syntax, kind = self._syntax, self._syntax.type_of(nal[0])
        if kind not in syntax.slices:
            if is_whole:
                self._look_into(nal)
            return _NONE
        ended = _NONE
        is_first = len(nal) > syntax.header_bytes and nal[syntax.header_bytes] & 0x80 != 0
        if is_first:
            if self._has_slice and not self._is_marker_trusted:
                ended = self._finish()
        elif not self._has_slice:
            if self._finished_timestamp == self._timestamp and not self._is_waiting_for_key:
                self._is_marker_trusted = False
            self._is_damaged = True  # its first slice is missing, or went out already
        self._has_slice = True
        if kind in syntax.keys:
            self._is_key = True
        return ended

    def _look_into(self, nal: bytes) -> None:
        """Parameter sets, delimiters, and Annex B in disguise."""
        syntax = self._syntax
        if b"\0\0\1" in nal:
            for part in split_annexb(START_CODE + nal):
                kind = syntax.type_of(part[0])
                self._has_slice = self._has_slice or kind in syntax.slices
                self._is_key = self._is_key or kind in syntax.keys
                self._note_parameter_set(part)
            return
        kind = syntax.type_of(nal[0])
        if kind in syntax.parameter_sets:
            self._note_parameter_set(nal)
        elif kind == syntax.delimiter and not self._chunks:
            self._has_delimiter = True

    def _note_parameter_set(self, nal: bytes) -> None:
        kind = self._syntax.type_of(nal[0]) if nal else -1
        if kind not in self._syntax.parameter_sets or len(nal) > _MAX_SET_BYTES:
            return
        if kind not in self._fresh_sets:
            self._sets[kind] = []
            self._fresh_sets.add(kind)
        if nal not in self._sets[kind] and len(self._sets[kind]) < _MAX_REMEMBERED_SETS:
            self._sets[kind].append(nal)

    def _finish(self) -> Sequence[Frame]:
        """Ends the unit: gives it if it is whole and can be decoded."""
        self.fragment_end()
        timestamp, chunks, is_key = self._timestamp, self._chunks, self._is_key
        is_whole = not self._is_damaged and self._size <= MAX_FRAME_BYTES
        if is_whole and is_key:
            at = 2 if self._has_delimiter else 0
            chunks[at:at] = [part for nal in self._lacking_sets() for part in (START_CODE, nal)]
        self._begin(timestamp)
        self._finished_timestamp = timestamp
        if not is_whole:
            self._is_waiting_for_key = True
            return _NONE
        if self._is_waiting_for_key:
            if not is_key:
                return _NONE
            self._is_waiting_for_key = False
        return (Frame(timestamp, b"".join(chunks), is_key),)

    def _lacking_sets(self) -> list[bytes]:
        """Remembered sets that the unit does not hold. A PPS has to follow its SPS, so what comes before a lacking one is repeated."""
        kinds = self._syntax.parameter_sets
        lacking = [index for index, kind in enumerate(kinds) if kind not in self._fresh_sets]
        return [nal for kind in kinds[: lacking[-1] + 1] for nal in self._sets.get(kind, ())] if lacking else []
