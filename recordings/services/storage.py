"""What the recordings take, camera by camera and day by day, and how fresh the catalogue is. What will go is in outlook.py."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db.models import Sum

from recordings.models import CoverageDay, Segment


def bytes_by_day(camera_ids: Collection[int], first: date, last: date) -> dict[int, list[tuple[date, int]]]:
    """UTC days with footage, of all streams; `last` is among them."""
    rows = CoverageDay.objects.filter(camera_id__in=camera_ids, day__gte=first, day__lte=last, size_bytes__gt=0)
    found: defaultdict[int, list[tuple[date, int]]] = defaultdict(list)
    for camera_id, day, size_bytes in rows.order_by("day").values_list("camera_id", "day").annotate(size=Sum("size_bytes")):
        found[camera_id].append((day, size_bytes))
    return dict(found)


def newest_by_camera(now_ms: int) -> dict[int, int]:
    """Where the footage ends of the cameras that are being recorded: of each the stream that is furthest behind."""
    # Few rows, by an index of these alone. A further condition would keep SQLite from using it.
    by_stream: dict[tuple[int | None, str], int] = {}
    growing = Segment.objects.filter(is_finished=False).values_list("camera_id", "role", "started_at_ms", "ended_at_ms", "doomed_by")
    for camera_id, role, start_ms, end_ms, doomed_by in growing:
        if start_ms <= now_ms and not doomed_by:
            by_stream[camera_id, role] = max(end_ms, by_stream.get((camera_id, role), 0))
    newest: dict[int, int] = {}
    for (of_camera, _), end_ms in by_stream.items():
        if of_camera is not None:
            newest[of_camera] = min(end_ms, newest.get(of_camera, end_ms))
    return newest


@dataclass(frozen=True, slots=True)
class DiskRoom:
    total_bytes: int
    free_bytes: int


def disk_room(path: str) -> DiskRoom | None:
    """Of the disk; None when it isn't there."""
    try:
        usage = shutil.disk_usage(Path(path))
    except OSError:
        return None
    return DiskRoom(usage.total, usage.free)


def disk_bytes(path: str) -> int | None:
    """The size of the disk; None when it isn't there."""
    room = disk_room(path)
    return None if room is None else room.total_bytes
