"""Who watches which camera live, for the audit: told when a viewer comes and goes, and while it stays.

All of it is written beside the pictures, in threads: no viewer waits for it, and none is cut off when it can't be written.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from channels.db import database_sync_to_async
from django.db import Error as DatabaseError

from cameras.audit.activities import gather, keep_going
from cameras.models import AuditAction, Camera

logger = logging.getLogger(__name__)

_BEAT_EVERY_S = 10.0
_SETTLED_WITHIN_S = 5.0
# A page that is loaded again, or a player that connects anew, goes on with the same watching.
QUIET_MS = 25_000


class WatchLog:
    """`viewer` is anything that tells one viewer from another. To be used in the event loop, where cameras.audit knows who is at hand."""

    def __init__(self) -> None:
        self._keys: dict[object, str] = {}
        self._writing: dict[object, asyncio.Task[None]] = {}
        self._beat_s = time.monotonic()

    def begin(self, viewer: object, camera_id: int) -> None:
        self._write(viewer, lambda: self._begin(viewer, camera_id))

    def end(self, viewer: object) -> None:
        self._write(viewer, lambda: self._end(viewer))

    async def settled(self, viewer: object) -> None:
        """When all that was told of this viewer is written, or after a while."""
        if viewer in self._writing:
            await asyncio.wait({self._writing[viewer]}, timeout=_SETTLED_WITHIN_S)

    async def beat(self) -> None:
        """To be called every few seconds while there are viewers; one query every ten seconds."""
        if time.monotonic() - self._beat_s < _BEAT_EVERY_S:
            return
        self._beat_s = time.monotonic()
        keys = set(self._keys.values())
        try:
            await database_sync_to_async(keep_going)(keys, quiet_ms=QUIET_MS)
        except DatabaseError as error:
            logger.warning("who watches can't be noted: %s", error)

    def _write(self, viewer: object, work: Callable[[], None]) -> None:
        """After what was told of this viewer before."""
        task = asyncio.create_task(self._written(self._writing.get(viewer), work))
        self._writing[viewer] = task

        def done(finished: asyncio.Task[None]) -> None:
            if self._writing.get(viewer) is finished:
                del self._writing[viewer]

        task.add_done_callback(done)

    async def _written(self, before: asyncio.Task[None] | None, work: Callable[[], None]) -> None:
        if before is not None:
            await asyncio.wait({before})
        try:
            await database_sync_to_async(work)()
        except DatabaseError as error:
            logger.warning("who watches can't be noted: %s", error)

    def _begin(self, viewer: object, camera_id: int) -> None:
        camera = Camera.objects.filter(pk=camera_id).first()
        if camera is not None:
            self._keys[viewer] = gather(AuditAction.WATCH, camera=camera, quiet_ms=QUIET_MS)

    def _end(self, viewer: object) -> None:
        key = self._keys.pop(viewer, None)
        if key is not None:
            keep_going([key], quiet_ms=QUIET_MS)
