"""Brings the states of streams to where they are kept, newest first, without ever making ingest wait."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from streaming.media.packet import StreamKey

logger = logging.getLogger(__name__)

_RETRY_S = 1.0


class StatusAway(Exception):
    """The state can't be written now; tried again until it can."""


class StatusReporter:
    """Holds at most one state per stream: what happened while the database was away is told by the newest state alone."""

    def __init__(self, write: Callable[[StreamKey, str, str], Awaitable[None]], *, retry_s: float = _RETRY_S) -> None:
        self._write = write
        self._retry_s = retry_s
        self._pending: dict[StreamKey, tuple[str, str]] = {}
        self._wake = asyncio.Event()
        self._is_away = False

    def report(self, stream: StreamKey, state: str, reason: str) -> None:
        self._pending[stream] = (state, reason)
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._wake.wait()
            try:
                is_done = await self.flush()
            except Exception:
                logger.exception("a camera's state was not written, tried again")
                is_done = False
                self._wake.set()
            if not is_done:
                await asyncio.sleep(self._retry_s)

    async def flush(self) -> bool:
        """Writes what is pending. False when that failed; the rest stays pending."""
        self._wake.clear()
        for stream, news in list(self._pending.items()):
            try:
                await self._write(stream, *news)
            except StatusAway as error:
                if not self._is_away:
                    self._is_away = True
                    logger.warning("states of cameras can't be written, tried again until they can: %s", error)
                self._wake.set()
                return False
            self._is_away = False
            if self._pending.get(stream) == news:
                del self._pending[stream]
        return True
