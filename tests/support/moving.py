"""What the detector would say of footage, made by hand: activities and the traces of segments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from recordings.models import MotionTrace, Segment
from recordings.rules.motion.activity import Activity, Box
from recordings.rules.motion.grid import CELLS
from recordings.rules.motion.traces import to_bytes
from recordings.rules.spans import Span

FRAGMENT_MS = 2000
BOX = Box(0.25, 0.5, 0.125, 0.25)


def activity(
    start_ms: int,
    *moving: tuple[int, int],
    score: int = 40,
    zones: tuple[str, ...] = (),
    best_ms: int | None = None,
    cells: Sequence[int] = (),
    skipped: str = "",
    length_ms: int = FRAGMENT_MS,
) -> Activity:
    """Of one fragment; `moving` and `best_ms` are told from its beginning on."""
    counts = np.zeros(CELLS, np.uint8)
    counts[list(cells)] = 5
    best = best_ms if best_ms is not None else moving[0][0] if moving else None
    return Activity(
        Span(start_ms, start_ms + length_ms),
        tuple(Span(start_ms + start, start_ms + end) for start, end in moving),
        score if moving else 0,
        zones if moving else (),
        counts.tobytes() if len(cells) else b"",
        start_ms + best if best is not None else None,
        BOX if moving else None,
        skipped,
    )


def still(start_ms: int, end_ms: int) -> list[Activity]:
    """Nothing moves."""
    return [activity(at_ms, length_ms=min(FRAGMENT_MS, end_ms - at_ms)) for at_ms in range(start_ms, end_ms, FRAGMENT_MS)]


def busy(start_ms: int, end_ms: int, **marks: object) -> list[Activity]:
    """Something moves all the time."""
    return [
        activity(at_ms, (0, min(FRAGMENT_MS, end_ms - at_ms)), length_ms=min(FRAGMENT_MS, end_ms - at_ms), **marks)  # type: ignore[arg-type]
        for at_ms in range(start_ms, end_ms, FRAGMENT_MS)
    ]


def trace(segment: Segment, activities: Iterable[Activity]) -> MotionTrace:
    found = list(activities)
    assert segment.camera is not None
    return MotionTrace.objects.create(
        segment=segment,
        camera=segment.camera,
        started_at_ms=segment.started_at_ms,
        analysed_until_ms=max((one.span.end_ms for one in found), default=segment.started_at_ms),
        peak_score=max((one.score for one in found), default=0),
        not_analysed_ms=sum(one.span.length_ms for one in found if one.skipped),
        entries=to_bytes(found),
    )
