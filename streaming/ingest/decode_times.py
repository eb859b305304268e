"""Decoding times for pictures that come in decoding order with presentation times only.

With at most N pictures decoded before but shown after any other, the picture decoded i-th has the (i-N)-th smallest presentation time
as its decoding time: known when it arrives, never after its presentation, and growing. So a heap of the N newest suffices, and
nothing is delayed. N is max_num_reorder_frames (H.264 E.2.1, H.265 7.4.3.2.1); a stream that doesn't say, or lies, is watched.
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush

from streaming.media.timing import TICKS_PER_SECOND

MAX_REORDER = 16
_USUAL_DURATION_90K = TICKS_PER_SECOND // 25
_SHORTEST_90K = TICKS_PER_SECOND // 1000
_LONGEST_90K = 10 * TICKS_PER_SECOND


class DecodeTimes:
    """For one video track. Every result has dts_90k <= pts_90k, and dts_90k above that of all before it, connections included."""

    def __init__(self) -> None:
        self._reorder = 0
        self._is_never_reordered = False
        self._heap: list[int] = []
        self._recent: deque[int] = deque(maxlen=MAX_REORDER)
        self._is_fresh = True
        self._newest_pts_90k = 0
        self._dts_90k = -1
        self._step_90k = 0
        self._duration_90k = _USUAL_DURATION_90K

    def restart(self, max_reorder_frames: int | None, frame_rate: float | None) -> None:
        """Before the first keyframe of a connection or of new parameters. What was observed of reordering is kept if nothing is told."""
        self._is_never_reordered = max_reorder_frames == 0
        if max_reorder_frames is not None:
            self._reorder = min(max_reorder_frames, MAX_REORDER)
        if frame_rate:
            self._duration_90k = max(_SHORTEST_90K, min(_LONGEST_90K, round(TICKS_PER_SECOND / frame_rate)))
        self._heap = []
        self._recent.clear()
        self._is_fresh = True

    def stamp(self, pts_90k: int, is_key: bool) -> tuple[int, int, int]:
        """(pts, dts, duration). A presentation time that no decoding time is left for is moved up to the earliest that is."""
        if self._is_fresh:
            self._is_fresh = False
            self._newest_pts_90k = pts_90k
            self._heap = [pts_90k - self._duration_90k * ahead for ahead in range(self._reorder, 0, -1)]
        elif pts_90k > self._newest_pts_90k:
            self._newest_pts_90k = pts_90k
        elif not is_key:
            self._observe(pts_90k)
        dts = self._next_dts(pts_90k)
        pts = max(pts_90k, dts)
        step = dts - self._dts_90k
        if _SHORTEST_90K <= step <= _LONGEST_90K:
            # The smaller of two steps: a lost picture makes one step long, not all pictures.
            self._duration_90k = min(step, self._step_90k or step)
            self._step_90k = step
        self._dts_90k = dts
        return pts, dts, self._duration_90k

    def _next_dts(self, pts_90k: int) -> int:
        if not self._reorder:
            return max(pts_90k, self._dts_90k + 1)
        self._recent.append(pts_90k)
        heappush(self._heap, pts_90k)
        earliest = self._dts_90k + 1
        return max(earliest, heappop(self._heap)) if len(self._heap) > self._reorder else earliest

    def _observe(self, pts_90k: int) -> None:
        """A picture shown before ones that came earlier: as many as those is the least N that explains it."""
        if self._is_never_reordered or pts_90k == self._newest_pts_90k:
            return
        # With no reordering so far `_recent` is empty: the newest picture is known to be one.
        self._reorder = max(self._reorder, 1, sum(earlier > pts_90k for earlier in self._recent))
