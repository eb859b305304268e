"""Celery jobs of the recordings: finite, safe to do twice, ids and paths in, one service call. nvr/celery.py says when."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from celery import shared_task
from django.conf import settings

from recordings.exclusive import alone
from recordings.models import MotionWatch, Volume
from recordings.rules.spans import Span
from recordings.services import (
    catalogue,
    discovery,
    export_work,
    exports,
    footage_deletion,
    motion_analysis,
    motion_footage,
    notes,
    pictures,
    retention,
)
from recordings.services.check import take_up
from recordings.services.database_away import while_the_database_answers
from recordings.services.events import note_motion

logger = logging.getLogger(__name__)
_FIND_BUDGET_S = 8.0
_CATCH_UP_BUDGET_S = 120.0
_RETENTION_BUDGET_S = 120.0
_DELETION_BUDGET_S = 100.0
_PICTURES_BUDGET_S = 30.0
_MOTION_BUDGET_S = 8.0
_MOTION_EXPIRES_S = 5


def _lock(name: str) -> Path:
    return Path(settings.DATA_DIR) / "locks" / name


@shared_task(name="recordings.catalogue_file")
def catalogue_file(volume_id: str, path: str, is_finished: bool = False) -> None:
    """Sent by the recorder when a segment begins, and with `is_finished` when it has ended."""
    with while_the_database_answers():
        volume = Volume.objects.filter(pk=volume_id).first()
        if volume is None:
            logger.warning("volume %s of %s is unknown", volume_id, path)
            return
        try:
            catalogue.catalogue_file(volume, path, is_finished=is_finished)
        except (OSError, ValueError) as error:
            logger.warning("%s of %s is not catalogued: %s", path, volume, error)


@shared_task(name="recordings.sweep")
def sweep() -> None:
    with while_the_database_answers(), alone(_lock("sweep")) as is_alone:
        if is_alone:
            catalogue.sweep()
            notes.read_journal(settings.RECORDINGS_JOURNAL_DIR)
            if retention.is_urgent():
                enforce_retention.apply_async(expires=30)


@shared_task(name="recordings.find_files")
def find_files() -> None:
    with while_the_database_answers(), alone(_lock("find_files")) as is_alone:
        if is_alone and not discovery.find_files(budget_s=_FIND_BUDGET_S):
            catch_up.apply_async((date.max.isoformat(),))


@shared_task(name="recordings.catch_up")
def catch_up(before: str | None = None) -> None:
    """Once an hour the newest days and a part of the others; with `before`, all days before that one."""
    with while_the_database_answers(), alone(_lock("catch_up")) as is_alone:
        if not is_alone:
            return
        if before is None:
            discovery.catch_up(hour=int(time.time()) // 3600, budget_s=_CATCH_UP_BUDGET_S)
        elif (rest := discovery.catch_up(before=date.fromisoformat(before), budget_s=_CATCH_UP_BUDGET_S)) is not None:
            catch_up.apply_async((rest.isoformat(),))


@shared_task(name="recordings.retention")
def enforce_retention() -> None:
    with while_the_database_answers():
        retention.enforce(budget_s=_RETENTION_BUDGET_S)


@shared_task(name="recordings.check_on_start")
def check_on_start() -> None:
    with while_the_database_answers():
        take_up(settings.RECORDINGS_JOURNAL_DIR)


@shared_task(name="recordings.delete_footage")
def delete_footage(camera_id: int, start_ms: int, end_ms: int, by_id: int | None) -> None:
    """What a request to delete a span left over, and then the files."""
    with while_the_database_answers():
        rest = footage_deletion.finish(camera_id, Span(start_ms, end_ms), by_id=by_id, budget_s=_DELETION_BUDGET_S)
        if rest is not None:
            delete_footage.delay(camera_id, rest.start_ms, rest.end_ms, by_id)


@shared_task(name="recordings.find_motion")
def find_motion() -> None:
    """Looks through what some cameras have recorded, and sends tasks for the others: so a few cameras cost one message."""
    with while_the_database_answers():
        roots = motion_footage.reachable_roots()
        with alone(_lock("find_motion")) as is_alone:
            mine, *others = motion_footage.shared_out(motion_footage.due(roots)) if is_alone else [[]]
            for found in others:
                look_for_motion.apply_async(([one.watched.camera.pk for one in found],), expires=_MOTION_EXPIRES_S)
        _look_for_motion(mine, roots)


@shared_task(name="recordings.motion")
def look_for_motion(camera_ids: list[int]) -> None:
    """What it does not get done in its time the next one goes on with."""
    with while_the_database_answers():
        due = [motion_footage.Due(watched) for watched in motion_footage.watched_cameras(camera_ids)]
        _look_for_motion(due, motion_footage.reachable_roots())


def _look_for_motion(due: Sequence[motion_footage.Due], roots: motion_footage.Roots) -> None:
    motion_analysis.analyse_in_turn(
        due, roots, tell=note_motion, budget_s=_MOTION_BUDGET_S, alone=lambda camera_id: alone(_lock(f"motion-{camera_id}"))
    )


@shared_task(name="recordings.give_up_motion")
def give_up_motion() -> None:
    with while_the_database_answers():
        for camera_id in MotionWatch.objects.values_list("camera_id", flat=True):
            motion_analysis.give_up_old(camera_id)


@shared_task(name="recordings.pictures")
def make_pictures() -> None:
    """Of all segments that have none yet; a few at a time, as they end, unless somebody was away."""
    with while_the_database_answers(), alone(_lock("pictures")) as is_alone:
        if is_alone:
            pictures.catch_up(budget_s=_PICTURES_BUDGET_S)


@shared_task(name="recordings.sweep_pictures")
def sweep_pictures() -> None:
    with while_the_database_answers(), alone(_lock("sweep_pictures")) as is_alone:
        if is_alone:
            pictures.sweep_orphans(budget_s=_CATCH_UP_BUDGET_S)


# Longer than any export; what a time limit ended would only begin again.
@shared_task(name="recordings.exports", time_limit=86_400)
def make_exports() -> None:
    """Sent when one is asked for; beat finds those whose message or whose worker was lost."""
    with while_the_database_answers():
        export_work.work()


@shared_task(name="recordings.expire_exports")
def expire_exports() -> None:
    with while_the_database_answers(), alone(_lock("expire_exports")) as is_alone:
        if is_alone:
            exports.expire()
