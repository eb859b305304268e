"""What the storage page, the API and `manage.py retention` tell: what is kept, what goes next and why, when there is no more room."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Q, Sum

from recordings.models import CoverageDay, Segment
from recordings.rules.days import span_of
from recordings.rules.forecast import Expiry, Forecast, Held, forecast, room_bytes
from recordings.rules.retention import Decision, Holding, Rule, Shortfall, Store, World
from recordings.services import trusted_time
from recordings.services.deletion import Pending, pending
from recordings.services.motion_mode import kept_shares
from recordings.services.retention import planned
from recordings.services.survey import Rates, survey, write_rates


@dataclass(slots=True)
class Due:
    """What one rule deletes now from one camera; at least, unless the outlook's `is_due_complete`."""

    rule: Rule
    camera_id: int | None
    name: str
    segments: int
    size_bytes: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class VolumeOutlook:
    """`free_bytes` is None when the volume is not there; `trouble` says why. `stuck`: doomed, but still on the disk."""

    volume: str
    name: str
    is_enabled: bool
    used_bytes: int
    max_bytes: int | None
    free_bytes: int | None
    keep_free_bytes: int
    bytes_per_s: float
    trouble: str
    stuck_segments: int
    stuck_bytes: int


@dataclass(frozen=True, slots=True)
class CameraOutlook:
    """`next_at_ms`, `next_rule`: when the oldest footage goes at the present write rate; None when not within the days asked for."""

    camera_id: int | None
    name: str
    used_bytes: int
    bytes_per_s: float
    oldest_ms: int | None
    next_at_ms: int | None
    next_rule: Rule | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """`ahead_ms`: by so much the clock is ahead and not believed; footage doesn't get older by it."""

    at_ms: int
    ahead_ms: int
    room_bytes: int
    full_at_ms: int | None
    volumes: tuple[VolumeOutlook, ...]
    cameras: tuple[CameraOutlook, ...]
    expiries: tuple[Expiry, ...]
    due: tuple[Due, ...]
    is_due_complete: bool
    shortfalls: tuple[Shortfall, ...]


def outlook(*, days: int = 14, now_ms: int | None = None, most_due: int | None = 2000) -> Outlook:
    """Reads the sums, the newest ten minutes, and of the catalogue what is due for deletion now, up to `most_due` segments. `expiries` of
    the next `days`.
    """
    now_ms = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    world = survey(now_ms=now_ms)
    rates = write_rates(now_ms)
    doomed = pending()
    due, shortfalls, is_due_complete = _due(world, most_due)
    future = _by_wall_clock(forecast(world, _held(), _staying(rates, now_ms), days=days), now_ms - world.now_ms)
    is_full = any(one.rule not in (Rule.NO_MOTION, Rule.AGE, Rule.CAMERA_BYTES) for one in due)
    return Outlook(
        at_ms=now_ms,
        ahead_ms=trusted_time.seen(now_ms=now_ms).ahead_ms,
        room_bytes=room_bytes(world),
        full_at_ms=now_ms if is_full else future.full_at_ms,
        volumes=tuple(_volume(store, world, rates, doomed.get(store.volume, Pending(0, 0))) for store in world.stores),
        cameras=tuple(
            _camera(holding, now_ms, rates, due, future.expiries)
            for holding in world.holdings
            if holding.camera_id is not None or holding.used_bytes
        ),
        expiries=future.expiries,
        due=tuple(due),
        is_due_complete=is_due_complete,
        shortfalls=tuple(shortfalls),
    )


def _by_wall_clock(future: Forecast, ahead_ms: int) -> Forecast:
    """A forecast by another clock, told by the one on the wall."""
    full_at_ms = None if future.full_at_ms is None else future.full_at_ms + ahead_ms
    return Forecast(full_at_ms, tuple(replace(one, at_ms=one.at_ms + ahead_ms) for one in future.expiries))


def _staying(rates: Rates, now_ms: int) -> dict[int | None, float]:
    """Of what is written now, what is still there when motion was looked for."""
    shares = kept_shares(now_ms)
    return {camera_id: rate * shares.get(camera_id or 0, 1.0) for camera_id, rate in rates.cameras.items()}


def _due(world: World, most: int | None) -> tuple[list[Due], list[Shortfall], bool]:
    names = {holding.camera_id: holding.name for holding in world.holdings}
    found: dict[tuple[Rule, int | None], Due] = {}
    shortfalls: list[Shortfall] = []
    for number, item in enumerate(planned(world)):
        if number == most:
            return list(found.values()), shortfalls, False
        if isinstance(item, Shortfall):
            shortfalls.append(item)
        if not isinstance(item, Decision):
            continue
        one = item.candidate
        due = found.get((item.rule, one.camera_id))
        if due is None:
            name = names.get(one.camera_id, "")
            due = found[item.rule, one.camera_id] = Due(item.rule, one.camera_id, name, 0, 0, one.span.start_ms, one.span.end_ms)
        due.segments += 1
        due.size_bytes += one.size_bytes
        due.start_ms, due.end_ms = min(due.start_ms, one.span.start_ms), max(due.end_ms, one.span.end_ms)
    return list(found.values()), shortfalls, True


def _volume(store: Store, world: World, rates: Rates, stuck: Pending) -> VolumeOutlook:
    return VolumeOutlook(
        volume=store.volume,
        name=store.name,
        is_enabled=store.is_enabled,
        used_bytes=store.used_bytes,
        max_bytes=store.max_bytes,
        free_bytes=None if store.trouble else world.free_bytes[store.disk],
        keep_free_bytes=store.keep_free_bytes,
        bytes_per_s=rates.volumes.get(store.volume, 0.0),
        trouble=store.trouble,
        stuck_segments=stuck.segments,
        stuck_bytes=stuck.size_bytes,
    )


def _camera(holding: Holding, now_ms: int, rates: Rates, due: Sequence[Due], expiries: Sequence[Expiry]) -> CameraOutlook:
    # What goes for want of motion is not its oldest.
    now_due = next((one.rule for one in due if one.camera_id == holding.camera_id and one.rule is not Rule.NO_MOTION), None)
    following = next((one for one in expiries if one.camera_id == holding.camera_id), None)
    return CameraOutlook(
        camera_id=holding.camera_id,
        name=holding.name,
        used_bytes=holding.used_bytes,
        bytes_per_s=rates.cameras.get(holding.camera_id, 0.0),
        oldest_ms=_oldest_ms(holding.camera_id),
        next_at_ms=now_ms if now_due else following.at_ms if following else None,
        next_rule=now_due or (following.rule if following else None),
    )


def _oldest_ms(camera_id: int | None) -> int | None:
    where = Q(camera__isnull=True) if camera_id is None else Q(camera_id=camera_id)
    starts = [
        Segment.objects.filter(where, role=role, doomed_by="").order_by("started_at_ms").values_list("started_at_ms", flat=True).first()
        for role in ("main", "sub")
    ]
    return min((start_ms for start_ms in starts if start_ms is not None), default=None)


def _held() -> list[Held]:
    rows = CoverageDay.objects.order_by().values_list("camera_id", "day").annotate(size=Sum("size_bytes"))
    return [Held(camera_id, span_of(day), size_bytes) for camera_id, day, size_bytes in rows if size_bytes > 0]
