"""When cameras turned, written down and read again: what moves in the picture of a turning camera is not motion.

A move is written down when it begins, with an end that is put off while it goes on: so it is known before it is over, and one whose process
has died ends by itself. Writing has a thread of its own, since who turns a camera must not wait for a database.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, InterfaceError, close_old_connections
from django.db.models import Max

from cameras.models import HeadMove

logger = logging.getLogger(__name__)

KEEP_MS = 3 * 86_400_000
# After the camera has confirmed its stop its head still swings, and the newest pictures are on their way.
_SETTLE_MS = 1_000
# A move of which nothing more is heard has ended after this.
_UNHEARD_MS = 10_000
# Longer ones are written down in parts: who asks needs to look no farther back.
_LONGEST_MS = 300_000
_writer = ThreadPoolExecutor(1, thread_name_prefix="head moves")


@dataclass(frozen=True, slots=True)
class Turning:
    """Half open, in ms since 1970. `preset_id` is where the camera came to rest, if that is one."""

    start_ms: int
    end_ms: int
    preset_id: int | None = None
    is_by_person: bool = True


class Move:
    """One that begins now. From any thread or loop; returns at once."""

    def __init__(self, camera_id: int, *, is_by_person: bool = True, is_home: bool = False) -> None:
        self._of = {"camera_id": camera_id, "is_by_person": is_by_person, "is_home": is_home}
        self._start_ms = self._until_ms = 0
        self._row = self._begin()

    def goes_on(self) -> None:
        """To be said every few seconds, and cheap to say often."""
        now_ms = _now_ms()
        if now_ms - self._start_ms > _LONGEST_MS:
            _later(_write, self._row, end_ms=now_ms)
            self._row = self._begin()
        elif self._until_ms - now_ms < _UNHEARD_MS // 2:
            self._until_ms = now_ms + _UNHEARD_MS
            _later(_write, self._row, end_ms=self._until_ms)

    def ends(self, preset_id: int | None = None) -> None:
        _later(_write, self._row, end_ms=_now_ms() + _SETTLE_MS, preset_id=preset_id)

    def is_none(self) -> None:
        """The camera did not do it."""
        _later(_forget, self._row)

    def _begin(self) -> HeadMove:
        self._start_ms = _now_ms()
        self._until_ms = self._start_ms + _UNHEARD_MS
        row = HeadMove(**self._of, start_ms=self._start_ms, end_ms=self._until_ms)
        _later(_write, row)  # from now on that thread's alone
        return row


def note_stop(camera_id: int) -> None:
    """A move that goes on, whoever made it, will not arrive. From any thread or loop; returns at once."""
    _later(_write_stop, camera_id, _now_ms())


def turnings(camera_id: int, start_ms: int, end_ms: int) -> Sequence[Turning]:
    """When the camera turned within that time, in order."""
    near = HeadMove.objects.filter(camera_id=camera_id, start_ms__gt=start_ms - 2 * _LONGEST_MS, start_ms__lt=end_ms, end_ms__gt=start_ms)
    return [Turning(*row) for row in near.order_by("start_ms", "pk").values_list(*_FIELDS)]


def turning_before(camera_id: int, at_ms: int) -> Turning | None:
    """The last one that began before then: it tells where the camera stood, or that it turned."""
    rows = HeadMove.objects.filter(camera_id=camera_id, start_ms__lt=at_ms).order_by("-start_ms", "-pk").values_list(*_FIELDS)
    newest = rows.first()
    return None if newest is None else Turning(*newest)


def preset_at(camera_id: int, at_ms: int) -> int | None:
    """The preset at which the camera stood then; None when it turned, or was moved by hand, or nothing is known."""
    newest = turning_before(camera_id, at_ms + 1)
    return None if newest is None or newest.end_ms > at_ms else newest.preset_id


def forget_old_moves(*, now_ms: int) -> int:
    """The newest of each camera stays: it tells where the camera stands."""
    newest = HeadMove.objects.order_by().values("camera").annotate(newest=Max("pk")).values("newest")
    deleted, _ = HeadMove.objects.filter(end_ms__lt=now_ms - KEEP_MS).exclude(pk__in=list(newest.values_list("newest", flat=True))).delete()
    return deleted


def flush() -> None:
    """Waits until everything noted is written."""
    _writer.submit(lambda: None).result()


_FIELDS = ("start_ms", "end_ms", "preset_id", "is_by_person")


def _later(work: Callable[..., None], *arguments: Any, **changes: Any) -> None:
    try:
        _writer.submit(work, *arguments, **changes)
    except RuntimeError as error:  # the process ends, and must go on stopping cameras
        logger.debug("not written down: %s", error)


def _write(row: HeadMove, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    close_old_connections()
    try:
        if row._state.adding:
            row.save()
        else:
            HeadMove.objects.filter(pk=row.pk).update(**changes)
    except (DatabaseError, InterfaceError) as error:
        logger.warning("that camera %s turned is not written down: %s", row.camera_id, error)
    finally:
        close_old_connections()


def _forget(row: HeadMove) -> None:
    close_old_connections()
    try:
        HeadMove.objects.filter(pk=row.pk).delete()
    except (DatabaseError, InterfaceError) as error:
        logger.warning("that camera %s did not turn is not written down: %s", row.camera_id, error)
    finally:
        close_old_connections()


def _write_stop(camera_id: int, at_ms: int) -> None:
    close_old_connections()
    try:
        newest = turning_before(camera_id, at_ms)
        if newest is not None and newest.end_ms > at_ms:
            HeadMove.objects.create(camera_id=camera_id, start_ms=at_ms, end_ms=at_ms + _SETTLE_MS)
    except (DatabaseError, InterfaceError) as error:
        logger.warning("that camera %s was stopped is not written down: %s", camera_id, error)
    finally:
        close_old_connections()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
