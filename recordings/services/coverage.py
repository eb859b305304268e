"""CoverageDay and VolumeDay: sums over the segments that are not doomed, changed in the same transaction as the segments.

Two transactions that change the same days never wait for each other in a circle: all lock segments by id, then days in the order of
book().
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import F, QuerySet, Sum

from recordings.models import LONGEST_SEGMENT_MS, CoverageDay, Segment, Volume, VolumeDay
from recordings.rules.days import day_of, shares, span_of
from recordings.rules.spans import Span


@dataclass(frozen=True, slots=True)
class Footage:
    """What one segment holds. `camera_id` is None when its camera is gone."""

    camera_id: int | None
    role: str
    volume_id: UUID
    span: Span
    size_bytes: int


def footage_of(segment: Segment) -> Footage:
    span = Span(segment.started_at_ms, segment.ended_at_ms)
    return Footage(segment.camera_id, segment.role, segment.volume_id, span, segment.size_bytes)


class Balance:
    """Gathers changes; book() writes them."""

    def __init__(self) -> None:
        self._coverage: defaultdict[tuple[int, str, date], list[int]] = defaultdict(lambda: [0, 0])
        self._volumes: defaultdict[tuple[UUID, date], int] = defaultdict(int)

    def add(self, footage: Footage) -> None:
        self._change(footage, 1)

    def remove(self, footage: Footage) -> None:
        self._change(footage, -1)

    def book(self) -> None:
        """Inside the transaction that changes the segments."""
        assert transaction.get_connection().in_atomic_block
        for (camera_id, role, day), (recorded_ms, size_bytes) in sorted(self._coverage.items()):
            if recorded_ms or size_bytes:
                where = {"camera_id": camera_id, "role": role, "day": day}
                _add(CoverageDay, where, recorded_ms=recorded_ms, size_bytes=size_bytes)
        for (volume_id, day), size_bytes in sorted(self._volumes.items()):
            if size_bytes:
                _add(VolumeDay, {"volume_id": volume_id, "day": day}, size_bytes=size_bytes)

    def _change(self, footage: Footage, sign: int) -> None:
        self._volumes[footage.volume_id, day_of(footage.span.start_ms)] += sign * footage.size_bytes
        if footage.camera_id is None:
            return
        for share in shares(footage.span, footage.size_bytes):
            totals = self._coverage[footage.camera_id, footage.role, share.day]
            totals[0] += sign * share.recorded_ms
            totals[1] += sign * share.size_bytes


def _add(model: type[models.Model], where: dict[str, Any], **amounts: int) -> None:
    changes = {name: F(name) + amount for name, amount in amounts.items()}
    rows = model._default_manager.filter(**where)
    if not rows.update(**changes):
        model._default_manager.bulk_create([model(**where)], ignore_conflicts=True)
        rows.update(**changes)


@dataclass(frozen=True, slots=True)
class Wrong:
    """A day whose sums differ from its segments'. `was` and `should_be`: milliseconds (not of a volume) and bytes."""

    row: CoverageDay | VolumeDay
    was: tuple[int, ...]
    should_be: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.row}: {self.was} instead of {self.should_be}"


def wrong_days(day: date) -> list[Wrong]:
    """Sums that are changed meanwhile are not judged."""
    before, right, after = _kept_sums(day), _right_sums(day), _kept_sums(day)
    found: list[Wrong] = []
    for camera_id, role in sorted(right.streams.keys() | before.streams.keys()):
        key = camera_id, role
        was, should_be = before.streams.get(key, (0, 0)), right.streams.get(key, (0, 0))
        if was != should_be and was == after.streams.get(key, (0, 0)):
            found.append(Wrong(CoverageDay(camera_id=camera_id, role=role, day=day), was, should_be))
    for volume_id in sorted(right.volumes.keys() | before.volumes.keys()):
        was_bytes, right_bytes = before.volumes.get(volume_id, 0), right.volumes.get(volume_id, 0)
        if was_bytes != right_bytes and was_bytes == after.volumes.get(volume_id, 0):
            found.append(Wrong(VolumeDay(volume_id=volume_id, day=day), (was_bytes,), (right_bytes,)))
    return found


def rebuild(wrong: Wrong) -> None:
    """Sets the sums from the segments as they are now. One short transaction; exact also while the catalogue goes on."""
    row = wrong.row
    with transaction.atomic():
        type(row)._default_manager.bulk_create([type(row)(**_key(row))], ignore_conflicts=True)  # type: ignore[list-item]  # of its own type
        type(row)._default_manager.select_for_update().get(**_key(row))
        if isinstance(row, CoverageDay):
            streams = _right_sums(row.day, camera_id=row.camera_id, role=row.role).streams
            recorded_ms, size_bytes = streams.get((row.camera_id, row.role), (0, 0))
            CoverageDay.objects.filter(**_key(row)).update(recorded_ms=recorded_ms, size_bytes=size_bytes)
        else:
            volumes = _right_sums(row.day, volume_id=row.volume_id).volumes
            VolumeDay.objects.filter(**_key(row)).update(size_bytes=volumes.get(row.volume_id, 0))


def _key(row: CoverageDay | VolumeDay) -> dict[str, Any]:
    if isinstance(row, CoverageDay):
        return {"camera_id": row.camera_id, "role": row.role, "day": row.day}
    return {"volume_id": row.volume_id, "day": row.day}


@dataclass(frozen=True, slots=True)
class _Sums:
    """Milliseconds and bytes per stream, bytes per volume, of one day."""

    streams: dict[tuple[int, str], tuple[int, int]]
    volumes: dict[UUID, int]


def _kept_sums(day: date) -> _Sums:
    rows = CoverageDay.objects.filter(day=day).values_list("camera_id", "role", "recorded_ms", "size_bytes")
    streams = {(camera_id, role): (recorded_ms, size_bytes) for camera_id, role, recorded_ms, size_bytes in rows}
    return _Sums(streams, dict(VolumeDay.objects.filter(day=day).values_list("volume_id", "size_bytes")))


def _right_sums(day: date, **only: Any) -> _Sums:
    """From the segments, by index: of one stream, or volume by volume. The database adds up those that lie within the day."""
    span = span_of(day)
    where = only or {"volume_id__in": list(Volume.objects.values_list("pk", flat=True))}
    rows = Segment.objects.filter(doomed_by="", **where)
    within = rows.filter(started_at_ms__gte=span.start_ms, started_at_ms__lt=span.end_ms, ended_at_ms__lte=span.end_ms)
    lengths = Sum(F("ended_at_ms") - F("started_at_ms"))
    streams: defaultdict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    volumes: defaultdict[UUID, int] = defaultdict(int)
    found = within.order_by().values_list("camera_id", "role", "volume_id").annotate(ms=lengths, size=Sum("size_bytes"))
    for camera_id, role, volume_id, recorded_ms, size_bytes in found:
        volumes[volume_id] += size_bytes
        if camera_id is not None:
            streams[camera_id, role][0] += recorded_ms
            streams[camera_id, role][1] += size_bytes
    for footage in _over(rows, span.start_ms) + _over(rows, span.end_ms):
        if day_of(footage.span.start_ms) == day:
            volumes[footage.volume_id] += footage.size_bytes
        if footage.camera_id is None:
            continue
        for share in shares(footage.span, footage.size_bytes):
            if share.day == day:
                streams[footage.camera_id, footage.role][0] += share.recorded_ms
                streams[footage.camera_id, footage.role][1] += share.size_bytes
    return _Sums({key: (total[0], total[1]) for key, total in streams.items()}, dict(volumes))


def _over(rows: QuerySet[Segment], midnight_ms: int) -> list[Footage]:
    """Those that begin before a midnight and end after it."""
    over = rows.filter(started_at_ms__gte=midnight_ms - LONGEST_SEGMENT_MS, started_at_ms__lt=midnight_ms, ended_at_ms__gt=midnight_ms)
    return [footage_of(segment) for segment in over.defer("index")]
