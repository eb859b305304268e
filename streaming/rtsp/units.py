"""Units from a callback to an iterator, through a queue that forgets rather than grows."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Coroutine
from dataclasses import replace
from typing import Any

from streaming.rtsp.receiver import Unit


class UnitQueue:
    """At most `max_bytes`. What does not fit is dropped, then everything of that medium up to its next key unit."""

    def __init__(self, max_bytes: int = 8 * 1024 * 1024) -> None:
        self._max_bytes = max_bytes
        self._units: deque[Unit] = deque()
        self._size = 0
        self._missed: dict[int, int] = {}
        self._arrived = asyncio.Event()

    def put(self, unit: Unit) -> None:
        missed = self._missed.get(unit.media_index, 0)
        if self._size + len(unit.data) > self._max_bytes or (missed and not unit.is_key):
            self._missed[unit.media_index] = missed + unit.lost_packets + 1
            return
        if missed:
            unit = replace(unit, lost_packets=unit.lost_packets + missed)
            self._missed[unit.media_index] = 0
        self._units.append(unit)
        self._size += len(unit.data)
        self._arrived.set()

    async def drain(self, source: Coroutine[Any, Any, None]) -> AsyncGenerator[Unit, None]:
        """Runs the source, which calls `put`, and yields until it raises; what it raised is raised after the last unit."""
        running = asyncio.create_task(source)
        running.add_done_callback(lambda _: self._arrived.set())
        try:
            while True:
                while self._units:
                    unit = self._units.popleft()
                    self._size -= len(unit.data)
                    yield unit
                if running.done():
                    await running
                    return
                self._arrived.clear()
                await self._arrived.wait()
        finally:
            running.cancel()
            await asyncio.wait((running,))
