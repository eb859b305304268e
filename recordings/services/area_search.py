"""When did something move here: what the detector kept of a camera's footage, searched. No footage is read. Asks nobody's permission."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cameras.models import Camera, Stream
from recordings.models import LONGEST_SEGMENT_MS, MotionTrace
from recordings.rules.accounting import JOIN_MS
from recordings.rules.motion.activity import Activity
from recordings.rules.motion.area import Found, found_in, joined_found, summed
from recordings.rules.motion.grid import CELLS, Polygon, cells_in
from recordings.rules.motion.traces import TraceError, from_bytes
from recordings.rules.spans import Span, clipped, joined, total_ms, without
from recordings.services.complaints import complain
from recordings.services.timeline import recorded_spans

logger = logging.getLogger(__name__)
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Search:
    """`searched`: the newer part of what was asked for if the time did not suffice. `not_analysed_ms`: of it, what nobody looked at."""

    spans: list[Found]
    not_analysed_ms: int
    searched: Span


@dataclass(frozen=True, slots=True)
class Heat:
    """`counts`: of each cell, row by row, in how many pictures it changed. `searched` as in Search."""

    counts: list[int]
    analysed_ms: int
    searched: Span


def search(camera: Camera, window: Span, area: Polygon, *, budget_s: float) -> Search:
    """Newest first, so that what is left out for want of time is the oldest."""
    reading = _Reading(camera, window, budget_s)
    cells, found = sorted(cells_in(area)), list[Found]()
    for activities in reading:
        found += found_in(activities, cells, window)
    footage = [span for role in Stream.Role.values for span in recorded_spans(camera, role, reading.searched)]
    looked_at = joined(reading.looked_at, tolerance_ms=JOIN_MS)
    unseen = [hole for span in joined(footage) for hole in without(span, looked_at) if hole.length_ms > JOIN_MS]
    return Search(joined_found(found, reading.searched), total_ms(unseen), reading.searched)


def heat(camera: Camera, window: Span, *, budget_s: float) -> Heat:
    reading, counts = _Reading(camera, window, budget_s), np.zeros(CELLS, np.int64)
    for activities in reading:
        counts += summed(activities)
    looked_at = clipped(joined(reading.looked_at), reading.searched)
    return Heat(counts.tolist(), total_ms(looked_at), reading.searched)


class _Reading:
    """The activities of the window, trace by trace from the newest on; what it has read so far."""

    def __init__(self, camera: Camera, window: Span, budget_s: float) -> None:
        self._camera, self._window = camera, window
        self._deadline_s = time.monotonic() + budget_s
        self.searched = window
        self.looked_at: list[Span] = []

    def __iter__(self) -> Iterator[tuple[Activity, ...]]:
        for number, (started_at_ms, entries) in enumerate(self._rows()):
            try:
                activities = from_bytes(bytes(entries))
            except TraceError as error:
                complain(logger, f"camera {self._camera.slug}: {error}")
                continue
            self.looked_at += [activity.span for activity in activities if not activity.skipped]
            yield activities
            if number % _ROWS_AT_ONCE == _ROWS_AT_ONCE - 1 and time.monotonic() > self._deadline_s:
                self.searched = Span(max(started_at_ms, self._window.start_ms), self._window.end_ms)
                return

    def _rows(self) -> Iterator[tuple[int, bytes | memoryview]]:
        traces = MotionTrace.objects.filter(
            camera=self._camera,
            started_at_ms__gt=self._window.start_ms - LONGEST_SEGMENT_MS,
            started_at_ms__lt=self._window.end_ms,
            analysed_until_ms__gt=self._window.start_ms,
        )
        return traces.order_by("-started_at_ms").values_list("started_at_ms", "entries").iterator(_ROWS_AT_ONCE)
