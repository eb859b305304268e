"""When cameras turned, written down and read again: what moves in the picture of a turning camera is not motion.

Writing has a thread of its own, since who turns a camera must not wait for a database.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, close_old_connections
from django.db.models import Max

from cameras.models import HeadMove

logger = logging.getLogger(__name__)

KEEP_MS = 3 * 86_400_000
# After the camera has confirmed its stop its head still swings, and the newest pictures are on their way.
_SETTLE_MS = 1_000
_writer = ThreadPoolExecutor(1, thread_name_prefix="head moves")


@dataclass(frozen=True, slots=True)
class Turning:
    """Half open, in ms since 1970. `preset_id` is where the camera came to rest, if that is one."""

    start_ms: int
    end_ms: int
    preset_id: int | None = None


def note_move(camera_id: int, start_ms: int, end_ms: int, preset_id: int | None = None, *, is_home: bool = False) -> None:
    """From any thread or loop; returns at once."""
    _writer.submit(
        _write, HeadMove(camera_id=camera_id, start_ms=start_ms, end_ms=end_ms + _SETTLE_MS, preset_id=preset_id, is_home=is_home)
    )


def turnings(camera_id: int, start_ms: int, end_ms: int) -> Sequence[Turning]:
    """When the camera turned within that time, in order."""
    rows = HeadMove.objects.filter(camera_id=camera_id, start_ms__lt=end_ms, end_ms__gt=start_ms).order_by("start_ms")
    return [Turning(*row) for row in rows.values_list("start_ms", "end_ms", "preset_id")]


def preset_at(camera_id: int, at_ms: int) -> int | None:
    """The preset at which the camera stood then; None when it turned, or was moved by hand, or nothing is known."""
    newest = (
        HeadMove.objects.filter(camera_id=camera_id, start_ms__lte=at_ms).order_by("-start_ms").values_list("end_ms", "preset_id").first()
    )
    return None if newest is None or newest[0] > at_ms else newest[1]


def forget_old_moves(*, now_ms: int) -> int:
    """The newest of each camera stays: it tells where the camera stands."""
    newest = HeadMove.objects.order_by().values("camera").annotate(newest=Max("pk")).values("newest")
    deleted, _ = HeadMove.objects.filter(end_ms__lt=now_ms - KEEP_MS).exclude(pk__in=list(newest.values_list("newest", flat=True))).delete()
    return deleted


def flush() -> None:
    """Waits until everything noted is written."""
    _writer.submit(lambda: None).result()


def _write(move: HeadMove) -> None:
    close_old_connections()
    try:
        move.save()
    except (DatabaseError, InterfaceError) as error:
        logger.warning("that camera %s turned is not written down: %s", move.camera_id, error)
    finally:
        close_old_connections()
