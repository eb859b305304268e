"""When something moved in an area of the picture, and where how often: from what the detector kept of each fragment. Pure.

Also what moved in a zone that is ignored, or too little for an event, is found: the counts know nothing of the camera's rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recordings.rules.motion.activity import Activity
from recordings.rules.motion.grid import CELLS
from recordings.rules.spans import Span

MOST_SPANS = 4000
# What pauses for less is told as one.
_JOIN_MS = 5_000


@dataclass(frozen=True, slots=True)
class Found:
    """`score`: the highest of the camera's own, 0 when by its rules nothing moved. `share`: of the area, at most at once, 0 to 1."""

    span: Span
    score: int
    share: float


def found_in(activities: Iterable[Activity], cells: Sequence[int], window: Span) -> list[Found]:
    """The fragments that overlap the window and in which something moved in one of these cells, in the order they come."""
    seen = [activity for activity in activities if activity.counts and _overlaps(activity.span, window)]
    if not seen:
        return []
    shares = (_grids(seen)[:, list(cells)] > 0).mean(axis=1)
    return [Found(activity.span, activity.score, round(float(share), 4)) for activity, share in zip(seen, shares, strict=True) if share > 0]


def joined_found(found: Iterable[Found], window: Span, *, most: int = MOST_SPANS) -> list[Found]:
    """In order, clipped to the window; what lies close together is one, the closer the more there is."""
    in_order = sorted(found, key=lambda one: one.span)
    join_ms = _JOIN_MS
    while len(joined := _joined(in_order, window, join_ms)) > most:
        join_ms *= 2
    return joined


def summed(activities: Iterable[Activity]) -> NDArray[np.int64]:
    """Per cell, in how many analysed pictures it changed."""
    seen = [activity for activity in activities if activity.counts]
    return _grids(seen).sum(axis=0, dtype=np.int64) if seen else np.zeros(CELLS, np.int64)


def _grids(activities: Sequence[Activity]) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(activity.counts for activity in activities), np.uint8).reshape(-1, CELLS)


def _joined(in_order: Sequence[Found], window: Span, join_ms: int) -> list[Found]:
    joined: list[Found] = []
    for one in in_order:
        last = joined[-1] if joined else None
        start_ms, end_ms = max(one.span.start_ms, window.start_ms), min(one.span.end_ms, window.end_ms)
        if last and start_ms - last.span.end_ms < join_ms:
            span = Span(last.span.start_ms, max(last.span.end_ms, end_ms))
            joined[-1] = Found(span, max(last.score, one.score), max(last.share, one.share))
        else:
            joined.append(Found(Span(start_ms, end_ms), one.score, one.share))
    return joined


def _overlaps(span: Span, window: Span) -> bool:
    return span.start_ms < window.end_ms and span.end_ms > window.start_ms
