"""The events of a camera's timeline. Asks nobody's permission: callers do."""

from __future__ import annotations

from typing import Any

from cameras.models import Camera
from recordings.models import Event
from recordings.rules.event_marks import Mark, thinned
from recordings.rules.spans import Span

_FIELDS = ("pk", "kind", "start_ms", "end_ms", "peak_score", "zones", "labels")


def marks_in(camera: Camera, window: Span, *, shortest_ms: int) -> list[Mark]:
    """What overlaps the window. Reads the events that began in it, and one of each kind before: of one kind they don't overlap."""
    rows = Event.objects.filter(camera=camera)
    found = [_mark(row) for row in rows.filter(start_ms__gte=window.start_ms, start_ms__lt=window.end_ms).values_list(*_FIELDS)]
    for kind in Event.Kind:
        before = rows.filter(kind=kind, start_ms__lt=window.start_ms).order_by("-start_ms").values_list(*_FIELDS)[:1]
        found += [mark for mark in map(_mark, before) if mark.end_ms is None or mark.end_ms > window.start_ms]
    return thinned(found, shortest_ms)


def _mark(row: tuple[Any, ...]) -> Mark:
    pk, kind, start_ms, end_ms, peak_score, zones, labels = row
    return Mark(pk, kind, start_ms, end_ms, peak_score, tuple(zones), tuple(labels))
