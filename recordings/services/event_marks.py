"""The events of a camera's timeline. Asks nobody's permission: callers do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cameras.models import Camera
from recordings.models import Event
from recordings.rules.event_marks import Mark, thinned
from recordings.rules.spans import Span

_IDS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class MarkedEvent:
    """`zones` and `labels` are those of the event that stands for the mark."""

    mark: Mark
    zones: list[str]
    labels: list[dict[str, Any]]


def marks_in(camera: Camera, window: Span, *, shortest_ms: int) -> list[MarkedEvent]:
    """What overlaps the window. Reads the events that began in it, and one of each kind before: of one kind they don't overlap."""
    rows = Event.objects.filter(camera=camera)
    before: list[Mark] = []
    for kind in Event.Kind:
        last = rows.filter(kind=kind, start_ms__lt=window.start_ms).order_by("-start_ms").values_list(*Mark._fields)[:1]
        before += [mark for mark in map(Mark._make, last) if mark.end_ms is None or mark.end_ms > window.start_ms]
    inside = rows.filter(start_ms__gte=window.start_ms, start_ms__lt=window.end_ms).order_by("start_ms", "pk").values_list(*Mark._fields)
    before.sort(key=lambda mark: mark.start_ms)
    marks = thinned([*before, *map(Mark._make, inside.iterator(10_000))], shortest_ms)
    details: dict[int, tuple[list[str], list[dict[str, Any]]]] = {}
    for at in range(0, len(marks), _IDS_AT_ONCE):
        ids = [mark.id for mark in marks[at : at + _IDS_AT_ONCE]]
        for pk, zones, labels in Event.objects.filter(pk__in=ids).order_by().values_list("pk", "zones", "labels"):
            details[pk] = (zones, labels)
    return [MarkedEvent(mark, *details.get(mark.id, ([], []))) for mark in marks]
