"""What of a camera's footage is to be looked through next: oldest first, from where its traces end, also what the catalogue has not
noticed yet.

The smallest recorded stream is looked through. While a sub stream brings nothing although the main stream does, the main one is.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import F, Max, Q, QuerySet

from cameras.models import Camera, Stream
from recordings.models import LONGEST_SEGMENT_MS, MotionTrace, MotionWatch, Segment, Volume
from recordings.rules.fragments import Fragment, to_gops
from recordings.rules.spans import Span
from recordings.services import motion
from recordings.services.catalogue import reachable_volumes, read
from recordings.services.complaints import complain
from streaming.media.timing import to_ms

logger = logging.getLogger(__name__)
# The first look begins with what is being written just now.
_BEFORE_MS = 3_000
# The sub stream may be behind the main one by this much before it counts as missing.
_SUB_MISSING_MS = 15_000
# What can't be read may be readable a moment later: a disk that hangs, a file that is just being made.
_UNREADABLE_MS = 60_000
_CLOCK_MS = 60_000
_ROWS = 4
# Cameras that one task takes together, unless footage of one has been waiting for so long.
_TOGETHER, _LATE_MS = 4, 8_000
_OLD_ROWS = 500
TOO_OLD = "The machine did not get to it in time."
UNREADABLE = "The recording can't be read."


@dataclass(frozen=True, slots=True)
class Piece:
    """Groups of pictures of one segment that were not looked through yet, from `from_ms` on. Without any, the rest of the segment can't be
    looked through, for the `trouble`, or there is none.
    """

    segment: Segment
    gops: tuple[Fragment, ...]
    size_bytes: int
    from_ms: int
    trouble: str = ""

    @property
    def trace(self) -> MotionTrace | None:
        """As it was when the piece was found."""
        return getattr(self.segment, "motion_trace", None)

    def span_of(self, gop: Fragment) -> Span:
        """What of it is new."""
        start_ms = self.segment.started_at_ms + to_ms(gop.start_90k)
        end_ms = self.segment.started_at_ms + to_ms(gop.start_90k + gop.duration_90k)
        return Span(max(start_ms, self.from_ms), end_ms)


@dataclass(frozen=True, slots=True)
class Watched:
    """A camera, with its rule, whose footage from `since_ms` on is to be looked through, in its stream of this role."""

    camera: Camera
    since_ms: int
    role: str


def watched(now_ms: int) -> list[Watched]:
    """All of them, in three queries. Keeps note of since when: what was recorded while nobody asked is not looked through."""
    cameras = list(_wanted())
    for camera in cameras:
        if camera.is_enabled and not hasattr(camera, "motion_watch"):
            camera.motion_watch, _ = MotionWatch.objects.get_or_create(camera=camera, defaults={"since_ms": now_ms - _BEFORE_MS})
    found = _watched([camera for camera in cameras if hasattr(camera, "motion_watch")])
    if MotionWatch.objects.count() > len(found):
        MotionWatch.objects.exclude(camera__in=[one.camera.pk for one in found]).delete()
    return found


def watched_cameras(camera_ids: Sequence[int]) -> list[Watched]:
    """Those that are there and watched, in two queries."""
    return _watched(list(_wanted().filter(pk__in=camera_ids, motion_watch__isnull=False).order_by("pk")))


@dataclass(frozen=True, slots=True)
class Roots:
    """Of volumes that are there, and which are not."""

    paths: dict[UUID, Path]
    away: list[UUID]


@dataclass(frozen=True, slots=True)
class Due:
    """A camera that has something to look through. `piece`: what comes first, None when that has to be looked up."""

    watched: Watched
    piece: Piece | None = None


def due(roots: Roots, *, now_ms: int | None = None) -> list[Due]:
    """Reads heads of files that grow. Three queries, and one or three for each camera."""
    now_ms = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    found = [Due(one, next_piece(one, roots, now_ms)) for one in watched(now_ms)]
    return [one for one in found if one.piece is not None]


def shared_out(found: Sequence[Due], *, now_ms: int | None = None) -> list[list[Due]]:
    """Who is looked through by one task, first some of those in time, which may be none: cameras together, since a task costs as much as
    looking at half a second of footage. What has been waiting for long at one camera keeps no other one waiting.
    """
    now_ms = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    live, late = list[Due](), list[list[Due]]()
    for one in found:
        gops = one.piece.gops if one.piece else ()
        if one.piece and gops and now_ms - one.piece.span_of(gops[0]).end_ms > _LATE_MS:
            late.append([one])
        else:
            live.append(one)
    return [live[at : at + _TOGETHER] for at in range(0, max(len(live), 1), _TOGETHER)] + late


def reachable_roots() -> Roots:
    paths = {volume.pk: Path(volume.path) for volume in reachable_volumes()}
    return Roots(paths, list(Volume.objects.exclude(pk__in=list(paths)).values_list("pk", flat=True)))


def next_piece(watched: Watched, roots: Roots, now_ms: int) -> Piece | None:
    """None when all is looked through. One or three queries; reads heads of files that grow."""
    piece = _first_piece(watched, watched.role, roots, watched.since_ms, now_ms)
    if piece is not None or watched.role == Stream.Role.MAIN:
        return piece
    rows = Segment.objects.filter(camera=watched.camera, role=watched.role, doomed_by="", started_at_ms__range=_reach(now_ms))
    ended_ms = rows.aggregate(last=Max("ended_at_ms"))["last"] or 0
    if now_ms - ended_ms < _SUB_MISSING_MS:
        return None
    return _first_piece(watched, Stream.Role.MAIN, roots, max(watched.since_ms, ended_ms), now_ms)


def too_old(watched: Watched, *, now_ms: int) -> list[Segment]:
    """Segments that waited so long that nobody looks through them any more, oldest first, some of them at a time."""
    until_ms = now_ms - limit_ms()
    last = MotionTrace.objects.filter(camera=watched.camera, started_at_ms__lt=until_ms).order_by("-started_at_ms")
    from_ms = max(watched.since_ms, last.values_list("started_at_ms", flat=True).first() or 0)
    rows = Segment.objects.filter(camera=watched.camera, role=watched.role, doomed_by="", started_at_ms__gte=from_ms, is_finished=True)
    rows = _unfinished(rows.filter(ended_at_ms__lt=until_ms, ended_at_ms__gt=watched.since_ms))
    return list(rows.select_related("motion_trace").order_by("started_at_ms")[:_OLD_ROWS])


def limit_ms() -> int:
    """Footage that waited longer is not looked through."""
    return int(settings.MOTION_QUEUE_MINUTES) * 60_000


def _wanted() -> QuerySet[Camera]:
    wanted = Q(detects_motion=True) | Q(record=Camera.Record.MOTION)
    return Camera.objects.filter(wanted).select_related("motion_watch", "motion_rule").defer("username", "password")


def _watched(cameras: Sequence[Camera]) -> list[Watched]:
    with_sub = set(Stream.objects.filter(role=Stream.Role.SUB, camera__in=cameras).order_by().values_list("camera_id", flat=True))
    return [Watched(camera, camera.motion_watch.since_ms, motion.role_with(camera.pk in with_sub)) for camera in cameras]


def _reach(now_ms: int) -> tuple[int, int]:
    """When segments began that may still be looked through. A clock that was set back leaves some in the future: not yet."""
    return now_ms - limit_ms() - 2 * _CLOCK_MS, now_ms + _CLOCK_MS


def _first_piece(watched: Watched, role: str, roots: Roots, from_ms: int, now_ms: int) -> Piece | None:
    first_ms, last_ms = _reach(now_ms)
    begun = (max(first_ms, from_ms - LONGEST_SEGMENT_MS), last_ms)
    rows = Segment.objects.filter(camera=watched.camera, role=role, doomed_by="", started_at_ms__range=begun)
    # Said as what it is not, or SQLite would read what all cameras recorded to the volume.
    rows = _unfinished(rows.filter(Q(is_finished=False) | Q(ended_at_ms__gt=from_ms)).exclude(volume__in=roots.away))
    for row in rows.select_related("motion_trace").order_by("started_at_ms")[:_ROWS]:
        if row.volume_id in roots.paths and (piece := _piece(row, roots.paths[row.volume_id], from_ms, now_ms)) is not None:
            return piece
    return None


def _unfinished(rows: QuerySet[Segment]) -> QuerySet[Segment]:
    return rows.filter(Q(motion_trace=None) | Q(is_finished=False) | Q(motion_trace__analysed_until_ms__lt=F("ended_at_ms")))


def begin_of(row: Segment) -> int:
    """From where on it was not looked through."""
    trace: MotionTrace | None = getattr(row, "motion_trace", None)
    return trace.analysed_until_ms if trace else row.started_at_ms


def _piece(row: Segment, root: Path, from_ms: int, now_ms: int) -> Piece | None:
    start_ms = max(begin_of(row), from_ms)
    try:
        reading = read(root, row.path, row)
    except (OSError, ValueError) as error:
        complain(logger, f"{row.path} cannot be read: {error}")
        reading = None
    if reading is None:
        is_hopeless = row.is_finished and now_ms - row.ended_at_ms > _UNREADABLE_MS
        return Piece(row, (), row.size_bytes, start_ms, UNREADABLE) if is_hopeless else None
    gops = tuple(
        gop
        for gop in to_gops(reading.scan.fragments)
        if row.started_at_ms + to_ms(gop.start_90k + gop.duration_90k) > start_ms and gop.duration_90k
    )
    if gops:
        return Piece(row, gops, reading.scan.whole_bytes, start_ms)
    return Piece(row, (), reading.scan.whole_bytes, start_ms) if row.is_finished else None
