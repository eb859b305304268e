"""The facts retention is planned from: sums kept by the catalogue, limits, free space, motion. A few indexed queries, and a statvfs a
volume.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import Max, Min, Sum

from cameras.models import Camera
from recordings.directory import DirectoryError
from recordings.models import CoverageDay, Protection, RecordingRule, Segment, Volume, VolumeDay
from recordings.rules.days import DAY_MS
from recordings.rules.no_motion import Watch
from recordings.rules.retention import Holding, Store, World
from recordings.rules.spans import Span
from recordings.services import trusted_time
from recordings.services.deletion import pending
from recordings.services.motion_mode import watches

GONE_CAMERAS = "cameras that are gone"
_RATE_WINDOW_MS = 600_000
_SHORTEST_WINDOW_MS = 60_000
# Deleting begins this long before recording would have to stop, even if nothing were deleted meanwhile.
_MARGIN_S = 120
_URGENT_BYTES = 128 * 2**20


@dataclass(frozen=True, slots=True)
class Rates:
    """Bytes per second written in the last ten minutes."""

    cameras: Mapping[int | None, float]
    volumes: Mapping[str, float]


def survey(*, now_ms: int | None = None) -> World:
    """Ages are judged by the time that can be trusted, which is never later than `now_ms`."""
    now_ms = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    trusted_ms = trusted_time.seen(now_ms=now_ms).now_ms
    doomed = pending()
    total_rate = sum(write_rates(now_ms).volumes.values())
    stores, free_bytes = [], dict[str, int]()
    for volume in Volume.objects.all():
        store, free = _store(volume, total_rate)
        stores.append(store)
        # Volumes on one disk: what is being deleted on either becomes free.
        free_bytes[store.disk] = max(free_bytes.get(store.disk, 0), free)
    for store in stores:
        if store.volume in doomed:
            free_bytes[store.disk] += doomed[store.volume].size_bytes
    return World(
        now_ms=trusted_ms,
        holdings=_holdings(sum(store.used_bytes for store in stores), watches(trusted_ms)),
        stores=stores,
        free_bytes=free_bytes,
        total_max_bytes=settings.RECORDINGS_MAX_BYTES or None,
        protected=_protected_spans(),
    )


def write_rates(now_ms: int) -> Rates:
    since_ms = now_ms - _RATE_WINDOW_MS
    cameras: defaultdict[int | None, float] = defaultdict(float)
    volumes: dict[str, float] = {}
    for volume_id in Volume.objects.values_list("pk", flat=True):
        rows = Segment.objects.filter(volume_id=volume_id, started_at_ms__gte=since_ms, started_at_ms__lte=now_ms)
        times = rows.aggregate(first=Min("started_at_ms"), last=Max("ended_at_ms"))
        if times["first"] is None:
            volumes[str(volume_id)] = 0.0
            continue
        window_s = max(now_ms - times["first"], _SHORTEST_WINDOW_MS) / 1000
        for camera_id, size_bytes in rows.values_list("camera_id").annotate(size=Sum("size_bytes")).order_by():
            cameras[camera_id] += size_bytes / window_s
            volumes[str(volume_id)] = volumes.get(str(volume_id), 0.0) + size_bytes / window_s
    return Rates(dict(cameras), volumes)


def urgent_bytes(path: Path) -> int:
    """So little room above what is kept free makes retention urgent. Deleting leaves at least twice as much: it isn't soon again."""
    return min(_URGENT_BYTES, _size_of_disk(path) // 50)


def _size_of_disk(path: Path) -> int:
    disk = os.statvfs(path)
    return disk.f_blocks * disk.f_frsize


def _store(volume: Volume, total_rate: float) -> tuple[Store, int]:
    trouble, disk, free, margin = "", f"missing {volume.pk}", 0, 0
    try:
        volume.directory().verify()
        disk = str(Path(volume.path).stat().st_dev)
        free = volume.directory().free_bytes()
        margin = max(min(round(total_rate * _MARGIN_S), _size_of_disk(Path(volume.path)) // 4), urgent_bytes(Path(volume.path)))
    except DirectoryError as error:
        trouble = str(error)
    except OSError as error:
        trouble = f"{volume.path}: {error.strerror}"
    store = Store(
        volume=str(volume.pk),
        name=volume.name,
        used_bytes=used_bytes(volume.pk),
        disk=disk,
        keep_free_bytes=volume.keep_free_bytes,
        margin_bytes=margin,
        max_bytes=volume.max_bytes,
        is_enabled=volume.is_enabled,
        trouble=trouble,
    )
    return store, free


def used_bytes(volume_id: UUID) -> int:
    return VolumeDay.objects.filter(volume_id=volume_id).aggregate(total=Sum("size_bytes"))["total"] or 0


def _holdings(all_bytes: int, watched: Mapping[int, Watch]) -> list[Holding]:
    used = dict(CoverageDay.objects.order_by().values_list("camera_id").annotate(total=Sum("size_bytes")))
    rules = {rule.camera_id: rule for rule in RecordingRule.objects.all()}
    holdings = [
        _holding(pk, name, used.get(pk, 0), rules.get(pk) or RecordingRule(), watched.get(pk))
        for pk, name in Camera.objects.values_list("pk", "name")
    ]
    return [*holdings, _holding(None, GONE_CAMERAS, max(all_bytes - sum(used.values()), 0), RecordingRule(), None)]


def _holding(camera_id: int | None, name: str, used: int, rule: RecordingRule, watch: Watch | None) -> Holding:
    keep_ms = None if rule.keep_days is None else round(float(rule.keep_days) * DAY_MS)
    return Holding(camera_id, name, used, keep_ms, rule.keep_bytes, watch)


def _protected_spans() -> dict[int | None, list[Span]]:
    found: defaultdict[int | None, list[Span]] = defaultdict(list)
    for camera_id, start_ms, end_ms in Protection.objects.values_list("camera_id", "start_ms", "end_ms"):
        found[camera_id].append(Span(start_ms, end_ms))
    return dict(found)
