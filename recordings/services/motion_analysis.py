"""Looks through a camera's footage for motion: in Celery, on what is safe on the disk, so it may be late but never in the way of recording.

A task takes one camera and goes on where its traces end, oldest first, in batches. A batch is committed by compare-and-set on how far the
segment is analysed: two workers never enter the same fragment twice, and what a crash interrupts is done again. Then others are told.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, transaction

from cameras import events
from cameras.models import Camera
from recordings.fragment_reader import FootageGone
from recordings.models import LONGEST_SEGMENT_MS, MotionRule, MotionTrace, Zone
from recordings.motion.detector import Detector
from recordings.rules.fragments import Fragment, SegmentFormatError
from recordings.rules.motion import observations, traces
from recordings.rules.motion.activity import OFF_BY_SCHEDULE, Activity
from recordings.rules.motion.judgement import Judge, Watch
from recordings.rules.motion.pace import next_pace
from recordings.rules.motion.views import Part, View
from recordings.rules.spans import Span
from recordings.services import motion, motion_memory
from recordings.services.motion_footage import (
    TOO_OLD,
    Due,
    Piece,
    Roots,
    begin_of,
    limit_ms,
    next_piece,
    reachable_roots,
    too_old,
    watched_cameras,
)
from recordings.services.motion_looking import Looker, Seen
from recordings.services.motion_memory import Memory, Report
from recordings.services.motion_views import Onlooker, views_in

logger = logging.getLogger(__name__)
UNDECODABLE = "The pictures of this recording can't be decoded."
_TURNING = "The camera is turning: motion is looked for again when it stands still."
# A batch is one transaction, and what a crash makes be done again.
_BATCH_MS = 20_000
# Longer groups of pictures are told in pieces.
_LONGEST_ACTIVITY_MS = 4_000
# Somebody may be watching the meter.
_LIVE_MS = 10_000
# When it is not known what others were told, they are told the last of it again.
_TELL_AGAIN_MS = 60_000

Tell = Callable[..., None]
Alone = Callable[[int], AbstractContextManager[bool]]


@dataclass(slots=True)
class _Work:
    """What one task knows of its camera."""

    camera: Camera
    rule: MotionRule
    zones: list[Zone]
    tell: Tell

    def watch_at(self, view: View) -> Watch:
        return motion.watch_of(self.rule, motion.zones_at(self.zones, view.preset_id))


def analyse_in_turn(due: Sequence[Due], roots: Roots, *, tell: Tell, budget_s: float, alone: Alone) -> None:
    """`budget_s` is for each of them; `alone` says by its id whether nobody else is at a camera.

    Raises OperationalError, InterfaceError. What else goes wrong with a camera is logged, and the others have their turn.
    """
    for one in due:
        with alone(one.watched.camera.pk) as is_alone:
            try:
                if is_alone:
                    _analyse(one, roots, tell, budget_s)
            except (OperationalError, InterfaceError):  # the database is away, for all of them
                raise
            except Exception:
                logger.exception("%s could not be looked through for motion", one.watched.camera)


def analyse(camera_id: int, *, tell: Tell, budget_s: float) -> bool:
    """Whether there is more to do. `tell` gets (camera, rule, activities, now_ms=…) after each batch, in order, perhaps again what it had.

    One at a time for a camera. Raises OperationalError: what was not told is told the next time.
    """
    return any(_analyse(Due(watched), reachable_roots(), tell, budget_s) for watched in watched_cameras([camera_id]))


def _analyse(due: Due, roots: Roots, tell: Tell, budget_s: float) -> bool:
    camera, first = due.watched.camera, due.piece
    rule: MotionRule = getattr(camera, "motion_rule", None) or MotionRule(camera=camera)
    work = _Work(camera, rule, motion.zones_of(camera), tell)
    deadline_s, memories = time.monotonic() + budget_s, dict[str, Memory]()
    while time.monotonic() < deadline_s:
        piece, first = first or next_piece(due.watched, roots, _now_ms()), None
        if piece is None:
            return False
        role = piece.segment.role
        if role not in memories:
            memories[role] = motion_memory.load(camera.pk, role)
        if not _do(work, piece, roots.paths[piece.segment.volume_id], memories[role]):
            return False
        if len(piece.gops) == 1 and not piece.segment.is_finished:  # as it is live: nothing more yet
            return False
    return True


def give_up_old(camera_id: int, *, now_ms: int | None = None) -> int:
    """Notes of segments that waited too long that nobody looked through them; how many."""
    watched = next(iter(watched_cameras([camera_id])), None)
    rows = too_old(watched, now_ms=_now_ms() if now_ms is None else now_ms) if watched else []
    done = 0
    for row in rows:
        rest = Span(begin_of(row), row.ended_at_ms)
        done += _commit(Piece(row, (), row.size_bytes, rest.start_ms), [_left_out(rest, TOO_OLD)])
    if done:
        logger.warning("%s: %d recordings were too old to be looked through for motion", watched and watched.camera, done)
    return done


def _do(work: _Work, piece: Piece, root: Path, memory: Memory) -> bool:
    """One batch. False when another worker was faster, or the footage is gone."""
    now_ms = _now_ms()
    _tell_what_was_not_told(work, piece, memory, now_ms)
    if not piece.gops:
        rest = Span(piece.from_ms, max(piece.segment.ended_at_ms, piece.from_ms))
        return _commit(piece, [_left_out(rest, piece.trouble)] if piece.trouble and rest.length_ms else [], until_ms=rest.end_ms)
    age_ms = now_ms - piece.span_of(piece.gops[0]).end_ms
    memory.pace = next_pace(memory.pace, now_ms=now_ms, age_ms=age_ms, budget_ms_per_s=settings.MOTION_CORE_PERCENT * 10)
    detector, judge = Detector(memory.background), Judge(work.watch_at(memory.view), memory.tracker)
    views = views_in(work.camera.pk, Span(piece.span_of(piece.gops[0]).start_ms, piece.span_of(piece.gops[-1]).end_ms))
    onlooker = Onlooker(work.camera.pk, piece.segment.role, views, memory.view, detector)
    before_s = time.thread_time()
    try:
        activities, pictures = _look_through(work, piece, root, onlooker, judge, memory, now_ms)
    except FootageGone as error:
        logger.info("%s: %s", work.camera, error)
        return False
    span = Span(activities[0].span.start_ms, activities[-1].span.end_ms)
    if not _commit(piece, activities):
        return False
    if pictures:
        memory.pace = memory.pace.with_cost((time.thread_time() - before_s) * 1000, span.length_ms)
    memory.background, memory.tracker, memory.view = detector.background, judge.tracker, onlooker.view
    try:
        _publish(work.camera, activities[-1], judge.level(activities[-1].span), _now_ms())
        work.tell(work.camera, work.rule, activities, now_ms=_now_ms())
        memory.told_until_ms = span.end_ms
    finally:
        motion_memory.save(work.camera.pk, piece.segment.role, memory)
    lag_ms = max(_now_ms() - span.end_ms, 0)
    rate = round(pictures * 1000 / max(span.length_ms, 1), 1)
    reason = _TURNING if activities[-1].is_turning else memory.pace.reason
    motion_memory.report(work.camera.pk, Report(_now_ms(), piece.segment.role, lag_ms, rate, reason))
    return True


def _look_through(
    work: _Work, piece: Piece, root: Path, onlooker: Onlooker, judge: Judge, memory: Memory, now_ms: int
) -> tuple[list[Activity], int]:
    """The batch's activities, and how many pictures were looked at. Raises FootageGone."""
    seen: list[tuple[Part, Seen | str]] = []
    rate, level = work.rule.analyses_per_s, memory.pace.level
    with Looker(piece, root, onlooker.detector, analyses_per_s=rate, level=level, watch=onlooker.looks_at) as looker:
        for gop in piece.gops:
            span = piece.span_of(gop)
            if reason := _reason_to_leave_out(work.rule, span, now_ms):
                seen.append((Part(span, None), reason))
            else:
                seen += onlooker.apart(span, partial(_seen_in, gop, looker, piece))
            if span.end_ms - seen[0][0].span.start_ms >= _BATCH_MS:
                break
    view = memory.view
    for part, found in seen:
        if part.view is not None and part.view != view:
            view = part.view
            judge.look_elsewhere(work.watch_at(view))
        for sighting in found.sightings if isinstance(found, Seen) else ():
            judge.see(sighting)
    activities = [activity for part, found in seen for activity in _activities(part.span, found, judge)]
    return activities, sum(len(found.sightings) for _, found in seen if isinstance(found, Seen))


def _seen_in(gop: Fragment, looker: Looker, piece: Piece) -> Seen | str:
    """Or why nothing was. Raises FootageGone."""
    try:
        seen = looker.look(gop)
    except SegmentFormatError as error:
        logger.warning("%s is damaged: %s", piece.segment.path, error)
        return UNDECODABLE
    return seen if seen.is_decoded else UNDECODABLE


def _reason_to_leave_out(rule: MotionRule, span: Span, now_ms: int) -> str:
    if not motion.is_on_at(rule, span.start_ms):
        return OFF_BY_SCHEDULE
    return TOO_OLD if now_ms - span.end_ms > limit_ms() else ""


def _activities(span: Span, seen: Seen | str, judge: Judge) -> list[Activity]:
    """Of a group of pictures; none longer than a few seconds."""
    if isinstance(seen, str):
        return [_left_out(span, seen)]
    found = []
    for start_ms in range(span.start_ms, span.end_ms, _LONGEST_ACTIVITY_MS):
        part = Span(start_ms, min(start_ms + _LONGEST_ACTIVITY_MS, span.end_ms))
        sightings = [sighting for sighting in seen.sightings if part.start_ms <= sighting.at_ms < part.end_ms]
        found.append(judge.activity(part, observations.to_bytes(sightings, part.start_ms)))
    return found


def _left_out(span: Span, reason: str) -> Activity:
    return Activity(span, skipped=reason)


def _commit(piece: Piece, activities: Sequence[Activity], *, until_ms: int | None = None) -> bool:
    """False when another one was faster, or the segment or its camera is gone."""
    row = piece.segment
    if row.camera_id is None:  # deleted in the meantime
        return False
    until_ms = activities[-1].span.end_ms if until_ms is None else until_ms
    left_out_ms = sum(activity.span.length_ms for activity in activities if activity.is_missed)
    peak = max((activity.score for activity in activities), default=0)
    try:
        with transaction.atomic():
            if piece.trace is None:
                MotionTrace.objects.create(
                    segment=row,
                    camera_id=row.camera_id,
                    started_at_ms=row.started_at_ms,
                    analysed_until_ms=until_ms,
                    peak_score=peak,
                    not_analysed_ms=left_out_ms,
                    entries=traces.to_bytes(traces.joined_quiet(activities)),
                )
                return True
            return _added(piece.trace, activities, until_ms, peak, left_out_ms)
    except IntegrityError as error:
        logger.info("motion in %s is not kept: %s", row.path, error)
        return False


def _added(trace: MotionTrace, activities: Sequence[Activity], until_ms: int, peak: int, left_out_ms: int) -> bool:
    try:
        known = traces.from_bytes(bytes(trace.entries))
    except traces.TraceError as error:
        logger.error("what was seen before in segment %s is lost: %s", trace.pk, error)
        known = ()
    rows = MotionTrace.objects.filter(pk=trace.pk, analysed_until_ms=trace.analysed_until_ms)
    return bool(
        rows.update(
            analysed_until_ms=until_ms,
            peak_score=max(trace.peak_score, peak),
            not_analysed_ms=trace.not_analysed_ms + left_out_ms,
            entries=traces.to_bytes(traces.joined_quiet([*known, *activities])),
        )
    )


def _tell_what_was_not_told(work: _Work, piece: Piece, memory: Memory, now_ms: int) -> None:
    """A batch was committed and then its worker died, or others could not take it: they get it now."""
    told_ms = piece.from_ms - _TELL_AGAIN_MS if memory.told_until_ms is None else memory.told_until_ms
    if told_ms < piece.from_ms:
        known = MotionTrace.objects.filter(
            camera=work.camera, started_at_ms__gt=told_ms - LONGEST_SEGMENT_MS, analysed_until_ms__gt=told_ms
        )
        activities = []
        for entries in known.order_by("started_at_ms").values_list("entries", flat=True):
            try:
                activities += [activity for activity in traces.from_bytes(bytes(entries)) if activity.span.end_ms > told_ms]
            except traces.TraceError as error:
                logger.error("motion that can't be told: %s", error)
        if activities:
            work.tell(work.camera, work.rule, activities, now_ms=now_ms)
    memory.told_until_ms = max(told_ms, piece.from_ms)


def _publish(camera: Camera, activity: Activity, score: int, now_ms: int) -> None:
    """For the meter beside the zones: of what is live only."""
    lag_ms = now_ms - activity.span.end_ms
    if lag_ms > _LIVE_MS:
        return
    level = events.MotionLevel(
        type="motion.level",
        camera=camera.slug,
        at_ms=activity.span.end_ms,
        score=score,
        is_motion=bool(activity.moving),
        lag_ms=max(lag_ms, 0),
    )
    events.publish_often(camera.pk, level)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
