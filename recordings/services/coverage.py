"""CoverageDay and VolumeDay: sums over the segments that are not doomed, changed in the same transaction as the segments.

Two transactions that change the same days never wait for each other in a circle: all lock segments by id, then days in the order of
book().
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import F, Sum

from recordings.models import CoverageDay, Segment, Volume, VolumeDay
from recordings.rules.days import day_of, shares, span_of
from recordings.rules.spans import Span

# The largest RecordingRule.longest_segment_s.
_LONGEST_MS = 32_767_000


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
    """Reads the day's segments once. Sums that are changed meanwhile are not judged."""
    before, before_of_volumes = _sums(day), _sums_of_volumes(day)
    segments = _of_day(day)
    after, after_of_volumes = _sums(day), _sums_of_volumes(day)
    right, right_of_volumes = _expected(segments, day), _expected_of_volumes(segments, day)
    found: list[Wrong] = []
    for camera_id, role in sorted(right.keys() | before.keys()):
        key = camera_id, role
        was, should_be = before.get(key, (0, 0)), right.get(key, (0, 0))
        if was != should_be and was == after.get(key, (0, 0)):
            found.append(Wrong(CoverageDay(camera_id=camera_id, role=role, day=day), was, should_be))
    for volume_id in sorted(right_of_volumes.keys() | before_of_volumes.keys()):
        was_bytes, right_bytes = before_of_volumes.get(volume_id, 0), right_of_volumes.get(volume_id, 0)
        if was_bytes != right_bytes and was_bytes == after_of_volumes.get(volume_id, 0):
            found.append(Wrong(VolumeDay(volume_id=volume_id, day=day), (was_bytes,), (right_bytes,)))
    return found


def rebuild(wrong: Wrong) -> None:
    """Sets the sums from the segments as they are now. One short transaction; exact also while the catalogue goes on."""
    row = wrong.row
    with transaction.atomic():
        type(row)._default_manager.bulk_create([type(row)(**_key(row))], ignore_conflicts=True)  # type: ignore[list-item]  # of its own type
        type(row)._default_manager.select_for_update().get(**_key(row))
        if isinstance(row, CoverageDay):
            found = _expected(_of_day(row.day, camera_id=row.camera_id, role=row.role), row.day)
            recorded_ms, size_bytes = found.get((row.camera_id, row.role), (0, 0))
            CoverageDay.objects.filter(**_key(row)).update(recorded_ms=recorded_ms, size_bytes=size_bytes)
        else:
            span = span_of(row.day)
            its = Segment.objects.filter(
                volume_id=row.volume_id, started_at_ms__gte=span.start_ms, started_at_ms__lt=span.end_ms, doomed_by=""
            )
            size_bytes = its.aggregate(total=Sum("size_bytes"))["total"] or 0
            VolumeDay.objects.filter(**_key(row)).update(size_bytes=size_bytes)


def _key(row: CoverageDay | VolumeDay) -> dict[str, Any]:
    if isinstance(row, CoverageDay):
        return {"camera_id": row.camera_id, "role": row.role, "day": row.day}
    return {"volume_id": row.volume_id, "day": row.day}


def _of_day(day: date, **only: Any) -> list[Footage]:
    """What overlaps the day, by index: of one stream, or volume by volume."""
    span = span_of(day)
    where = only or {"volume_id__in": list(Volume.objects.values_list("pk", flat=True))}
    rows = Segment.objects.filter(started_at_ms__gte=span.start_ms - _LONGEST_MS, started_at_ms__lt=span.end_ms, doomed_by="", **where)
    fields = ("camera_id", "role", "volume_id", "started_at_ms", "ended_at_ms", "size_bytes")
    return [Footage(c, role, v, Span(start, end), size) for c, role, v, start, end, size in rows.values_list(*fields).iterator()]


def _sums(day: date) -> dict[tuple[int, str], tuple[int, int]]:
    rows = CoverageDay.objects.filter(day=day).values_list("camera_id", "role", "recorded_ms", "size_bytes")
    return {(camera_id, role): (recorded_ms, size_bytes) for camera_id, role, recorded_ms, size_bytes in rows}


def _sums_of_volumes(day: date) -> dict[UUID, int]:
    return dict(VolumeDay.objects.filter(day=day).values_list("volume_id", "size_bytes"))


def _expected_of_volumes(segments: Iterable[Footage], day: date) -> dict[UUID, int]:
    totals: defaultdict[UUID, int] = defaultdict(int)
    for footage in segments:
        if day_of(footage.span.start_ms) == day:
            totals[footage.volume_id] += footage.size_bytes
    return totals


def _expected(segments: Iterable[Footage], day: date) -> dict[tuple[int, str], tuple[int, int]]:
    totals: defaultdict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    for footage in segments:
        if footage.camera_id is None:
            continue
        for share in shares(footage.span, footage.size_bytes):
            if share.day == day:
                total = totals[footage.camera_id, footage.role]
                total[0] += share.recorded_ms
                total[1] += share.size_bytes
    return {key: (total[0], total[1]) for key, total in totals.items()}
