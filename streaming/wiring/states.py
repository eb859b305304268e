"""State and reason of the cameras somebody watches, read once a second in one query for all of them."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter

from channels.db import database_sync_to_async
from django.db import Error as DatabaseError

from cameras.models import Stream, StreamState

logger = logging.getLogger(__name__)

READ_EVERY_S = 1.0


class DatabaseStates:
    """While the database is away the last answer stands."""

    def __init__(self) -> None:
        self._watched: Counter[int] = Counter()
        self._states: dict[tuple[int, str], tuple[str, str]] = {}
        self._reading: asyncio.Task[None] | None = None

    def watch(self, camera_id: int) -> None:
        self._watched[camera_id] += 1
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read_on())

    def unwatch(self, camera_id: int) -> None:
        self._watched[camera_id] -= 1
        if self._watched[camera_id] <= 0:
            del self._watched[camera_id]
            self._states = {key: state for key, state in self._states.items() if key[0] != camera_id}

    def state(self, camera_id: int, role: str) -> tuple[str, str]:
        return self._states.get((camera_id, role)) or self._states.get((camera_id, "main")) or (StreamState.CONNECTING.value, "")

    async def _read_on(self) -> None:
        while self._watched:
            try:
                self._states.update(await database_sync_to_async(_read)(tuple(self._watched)))
            except DatabaseError as error:
                logger.warning("the cameras' states can't be read: %s", error)
            await asyncio.sleep(READ_EVERY_S)


def _read(camera_ids: tuple[int, ...]) -> dict[tuple[int, str], tuple[str, str]]:
    rows = Stream.objects.filter(camera_id__in=camera_ids).values_list("camera_id", "role", "camera__is_enabled", "state", "state_reason")
    return {
        (camera_id, role): (state, reason) if is_enabled else (StreamState.OFF.value, "This camera is switched off.")
        for camera_id, role, is_enabled, state, reason in rows
    }
