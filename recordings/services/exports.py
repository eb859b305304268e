"""Exports as their owner sees them: asked for, weighed, cancelled, tried again, gone. export_work.py makes them.

Nobody's right is asked for here: callers do, for every camera. What an export holds stays its owner's until it expires, but it is given
out only to who may still export those cameras (may_download).
"""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, User
from django.db import transaction
from django.db.models import Case, F, IntegerField, QuerySet, Sum, When
from django.utils import timezone

from cameras.audit.entries import note
from cameras.events import ExportProgress, publish_to_user
from cameras.models import Action, AuditAction, Camera, Stream
from cameras.permissions import cameras_for
from cameras.token_scope import is_limited
from recordings.models import Export
from recordings.rules.accounting import Kind
from recordings.rules.amounts import in_bytes
from recordings.rules.days import DAY_MS
from recordings.rules.export_plan import Piece, expected_files, pieces_of, weigh
from recordings.rules.spans import Span, total_ms
from recordings.rules.timelapse import LONGEST_PICTURES, pictures_in, weigh_timelapse
from recordings.rules.words import text_of
from recordings.services import trusted_time
from recordings.services.sources import source_of
from recordings.services.timeline import account_of, segments_in

MOST_CAMERAS = 16
LONGEST_VIDEO_MS, LONGEST_TIMELAPSE_MS = DAY_MS, 31 * DAY_MS
_MOST_UNFINISHED = 5
# The disk is left this much, whatever people want.
_RESERVE_BYTES = 10**9
UNFINISHED = (Export.State.WAITING, Export.State.RUNNING)


class ExportRefused(Exception):
    """The message says why, for the one who asked."""


@dataclass(frozen=True, slots=True)
class Wish:
    cameras: tuple[Camera, ...]
    role: str
    window: Span
    kind: str = Export.Kind.VIDEO
    speed: int = 60


@dataclass(frozen=True, slots=True)
class Estimate:
    """`gaps` as in Export.result."""

    expected_bytes: int
    recorded_ms: int
    files: int
    gaps: list[dict[str, Any]]


def estimate(wish: Wish) -> Estimate:
    """Reads the index of every segment in the span. Raises ExportRefused for a span that is too long."""
    _check(wish)
    size_bytes = recorded_ms = files = 0
    gaps: list[dict[str, Any]] = []
    for camera in wish.cameras:
        pieces = pieces_for(camera, wish.role, wish.window)
        its_ms = total_ms(_shown(pieces, wish.window))
        if wish.kind == Export.Kind.TIMELAPSE:
            size_bytes += weigh_timelapse(its_ms, wish.speed, max((piece.source.pixels for piece in pieces), default=0))
            files += bool(pieces)
        else:
            size_bytes += weigh(pieces)
            files += expected_files(pieces)
        recorded_ms += its_ms
        gaps += gaps_of(camera, wish.role, wish.window)
    return Estimate(size_bytes, recorded_ms, files, gaps)


def make_export(wish: Wish, *, by: AbstractBaseUser) -> Export:
    """Waits for its turn then. Raises ExportRefused: no footage, too long, too much, no room."""
    expected = estimate(wish)
    if not expected.recorded_ms:
        raise ExportRefused("there is no footage in this span")
    _check_room(expected.expected_bytes)
    with transaction.atomic():
        # One at a time for one person, so that two at once don't both find room.
        owner = User.objects.select_for_update().get(pk=by.pk)
        _check_quota(owner, expected.expected_bytes)
        export = Export.objects.create(
            owner=owner,
            kind=wish.kind,
            role=wish.role,
            start_ms=wish.window.start_ms,
            end_ms=wish.window.end_ms,
            speed=wish.speed,
            expected_bytes=expected.expected_bytes,
            expires_at=_expiry(),
        )
        export.cameras.set(wish.cameras)
        for camera in wish.cameras:
            note(AuditAction.EXPORT, camera=camera, details={"footage": [wish.window], "kind": wish.kind, "export": export.pk})
    return export


def cancel(export: Export) -> bool:
    """Whether it was still to be made. Who makes it notices within a second and leaves nothing behind."""
    cancelled = Export.objects.filter(pk=export.pk, state__in=UNFINISHED).update(state=Export.State.CANCELLED)
    if cancelled:
        tell(export.pk)
    return bool(cancelled)


def retry(export: Export) -> bool:
    """Whether it had failed or been cancelled. Raises ExportRefused when there is no room any more."""
    _check_room(export.expected_bytes)
    with transaction.atomic():
        owner = User.objects.select_for_update().get(pk=export.owner_id)
        _check_quota(owner, export.expected_bytes, without=[export.pk])
        again = Export.objects.filter(pk=export.pk, state__in=[Export.State.FAILED, Export.State.CANCELLED]).update(
            state=Export.State.WAITING, progress=0, error="", result={}, expires_at=_expiry()
        )
    if again:
        tell(export.pk)
    return bool(again)


def remove(export: Export) -> None:
    """With its links and its file."""
    owner_id, export_id = export.owner_id, export.pk
    export.delete()
    # What is being written at this moment goes with the next expire().
    shutil.rmtree(directory_of(export_id), ignore_errors=True)
    gone = ExportProgress(type="export.progress", export=str(export_id), state="deleted", progress=0, size_bytes=0, error="")
    publish_to_user(owner_id, gone)


def expire() -> int:
    """Exports whose time is over go, and directories that belong to none. Returns how many there were."""
    now = datetime.fromtimestamp(trusted_time.seen().now_ms / 1000, UTC)
    over = list(Export.objects.filter(expires_at__lt=now).exclude(state=Export.State.RUNNING))
    for export in over:
        remove(export)
    kept = {str(pk) for pk in Export.objects.filter(state__in=[*UNFINISHED, Export.State.DONE]).values_list("pk", flat=True)}
    for directory in _directories():
        if _is_ours(directory.name) and directory.name not in kept:
            shutil.rmtree(directory, ignore_errors=True)
    return len(over)


def file_of(export: Export) -> Path | None:
    path = directory_of(export.pk) / export.file if export.file and export.state == Export.State.DONE else None
    return path if path is not None and path.is_file() else None


def exports_of(user: AbstractBaseUser) -> QuerySet[Export]:
    """A person's own, also when a right has ended since; by a token for some cameras only those which show nothing else."""
    own = Export.objects.filter(owner=user.pk)
    if not is_limited(user):
        return own
    others = Camera.objects.exclude(pk__in=cameras_for(user, Action.EXPORT))
    return own.exclude(cameras__in=others)


def may_download(export: Export, user: AbstractBaseUser) -> bool:
    """Whether the user may still export all its cameras that are left, and hear those whose sound is in it. At most five queries."""
    ids = set(export.cameras.values_list("pk", flat=True))
    heard = ids.intersection(export.result.get("heard", []))
    rights = [(Action.EXPORT, ids), *([(Action.HEAR, heard)] if heard else [])]
    return user.is_active and all(cameras_for(user, action).filter(pk__in=its).count() == len(its) for action, its in rights)


def tell(export_id: uuid.UUID) -> None:
    """Its owner's browsers, as it is now."""
    row = Export.objects.filter(pk=export_id).first()
    if row is not None:
        event = ExportProgress(
            type="export.progress",
            export=str(export_id),
            state=row.state,
            progress=row.progress,
            size_bytes=row.size_bytes,
            error=row.error,
        )
        publish_to_user(row.owner_id, event)


def directory_of(export_id: uuid.UUID) -> Path:
    return Path(settings.EXPORTS_DIR) / str(export_id)


def pieces_for(camera: Camera, role: str, window: Span) -> list[Piece]:
    role = _role_there_is(camera, role, window)
    return pieces_of((source_of(row) for row in segments_in(camera, role, window).select_related("volume")), window)


def gaps_of(camera: Camera, role: str, window: Span) -> list[dict[str, Any]]:
    """For Export.result: what of the window has no footage, and why."""
    now_ms = time.time_ns() // 1_000_000
    return [
        {
            "camera": camera.slug,
            "start_ms": entry.span.start_ms,
            "end_ms": entry.span.end_ms,
            "kind": str(entry.kind),
            "text": text_of(entry, now_ms=now_ms),
        }
        for entry in account_of(camera, _role_there_is(camera, role, window), window, now_ms)
        if entry.kind is not Kind.RECORDED
    ]


def _role_there_is(camera: Camera, role: str, window: Span) -> str:
    """The other one of a camera of which only that was recorded then."""
    other = Stream.Role.SUB if role == Stream.Role.MAIN else Stream.Role.MAIN
    if not segments_in(camera, role, window).exists() and segments_in(camera, other, window).exists():
        return str(other)
    return role


def _shown(pieces: Sequence[Piece], window: Span) -> Iterable[Span]:
    for piece in pieces:
        span = piece.source.span
        yield Span(max(span.start_ms, window.start_ms), min(span.end_ms, window.end_ms))


def _check(wish: Wish) -> None:
    if not 0 < len(wish.cameras) <= MOST_CAMERAS:
        raise ExportRefused(f"between 1 and {MOST_CAMERAS} cameras at once")
    is_timelapse = wish.kind == Export.Kind.TIMELAPSE
    longest_ms = LONGEST_TIMELAPSE_MS if is_timelapse else LONGEST_VIDEO_MS
    if wish.window.length_ms > longest_ms:
        raise ExportRefused(f"at most {longest_ms // 3_600_000} hours at once" if not is_timelapse else "at most 31 days at once")
    if is_timelapse and pictures_in(wish.window.length_ms, wish.speed) > LONGEST_PICTURES:
        raise ExportRefused("this timelapse would last more than an hour: choose a greater speed")


def _check_room(size_bytes: int) -> None:
    root = Path(settings.EXPORTS_DIR)
    root.mkdir(parents=True, exist_ok=True)
    free_bytes = shutil.disk_usage(root).free - _RESERVE_BYTES - _pending(Export.objects.all())
    if size_bytes > free_bytes:
        raise ExportRefused(f"needs about {in_bytes(size_bytes)}, and there is room for {in_bytes(free_bytes)}")


def _check_quota(owner: User, size_bytes: int, *, without: Sequence[uuid.UUID] = ()) -> None:
    its = Export.objects.filter(owner=owner).exclude(pk__in=without)
    if its.filter(state__in=UNFINISHED).count() >= _MOST_UNFINISHED:
        raise ExportRefused(f"{_MOST_UNFINISHED} of your exports are still being made: wait for one of them, or cancel one")
    used = _pending(its) + (its.filter(state=Export.State.DONE).aggregate(total=Sum("size_bytes"))["total"] or 0)
    left = settings.EXPORT_BYTES_PER_USER - used
    if size_bytes > left:
        raise ExportRefused(f"needs about {in_bytes(size_bytes)}, and you have {in_bytes(left)} left for exports: delete some first")


def _pending(exports: QuerySet[Export]) -> int:
    """What unfinished ones still want."""
    rest = F("expected_bytes") * (1 - F("progress"))
    wanted = Case(When(state__in=UNFINISHED, then=rest), default=0, output_field=IntegerField())
    return int(exports.aggregate(total=Sum(wanted))["total"] or 0)


def _directories() -> list[Path]:
    root = Path(settings.EXPORTS_DIR)
    return [path for path in root.iterdir() if path.is_dir()] if root.is_dir() else []


def _is_ours(name: str) -> bool:
    try:
        return str(uuid.UUID(name)) == name
    except ValueError:
        return False


def _expiry() -> Any:
    return timezone.now() + timedelta(days=settings.EXPORT_KEEP_DAYS)
