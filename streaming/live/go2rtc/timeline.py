"""Fragments of a feed, moved onto one player's own timeline: it begins near 0, has no holes, and both tracks share it.

go2rtc's player has one SourceBuffer for both tracks, never seeks over a hole, and plays from 0. The feed's fragments are a file for each
track and count from when the feed began. Where something is missing the next keyframe is put right behind what came last.

    fmp4.fragment   moof 8 | mfhd 16 | traf 8 | tfhd 12, track id | tfdt 12, base decode time (8) | trun 20, first sample's duration …
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from streaming.live.message import VIDEO
from streaming.media.timing import TICKS_PER_SECOND, rescale

TRACK_IDS = {0: 1, 1: 2}
_TRACK_ID = struct.Struct(">I")
_TRACK_ID_AT = 44
_DECODE_TIME = struct.Struct(">Q")
_DECODE_TIME_AT = 60
_DURATION = struct.Struct(">I")
_DURATION_AT = 88


class Timeline:
    def __init__(self, rates_hz: Mapping[int, int]) -> None:
        """`rates_hz`: the timescale of each track there is."""
        self._rates_hz = dict(rates_hz)
        self._shift_90k: int | None = None
        self._end_90k = 0

    def restart(self, rates_hz: Mapping[int, int]) -> None:
        """Another generation of the stream: what comes now is counted from somewhere else."""
        self._rates_hz = dict(rates_hz)
        self._shift_90k = None

    def missed(self) -> None:
        """Something is missing in front of the next video fragment, which is a keyframe."""
        self._shift_90k = None

    def place(self, fragment: bytes, track: int) -> bytes | None:
        """The fragment of one sample, as its place on the timeline wants it. None for sound from before the first picture."""
        rate_hz = self._rates_hz[track]
        begin = _DECODE_TIME.unpack_from(fragment, _DECODE_TIME_AT)[0]
        if self._shift_90k is None:
            if track != VIDEO:
                return None
            self._shift_90k = begin - self._end_90k
        moved = begin - rescale(self._shift_90k, TICKS_PER_SECOND, rate_hz)
        if moved < 0:
            return None
        end = moved + _DURATION.unpack_from(fragment, _DURATION_AT)[0]
        self._end_90k = max(self._end_90k, rescale(end, rate_hz, TICKS_PER_SECOND))
        placed = bytearray(fragment)
        _TRACK_ID.pack_into(placed, _TRACK_ID_AT, TRACK_IDS[track])
        _DECODE_TIME.pack_into(placed, _DECODE_TIME_AT, moved)
        return bytes(placed)
