"""Keeps the running workers equal to the streams that are wanted, looking at the list once a second."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from streaming.ingest.worker import StreamWorker, WantedStream, WorkerWorld
from streaming.media.packet import StreamKey

logger = logging.getLogger(__name__)

SWITCHED_OFF = "switched off"
STOPPED = "the ingest process is stopped"
_LOOK_EVERY_S = 1.0
# For TEARDOWN; a camera that does not answer by then is left to find out by itself.
_GOODBYE_S = 2.0


class ListAway(Exception):
    """The list of streams can't be read now. Running streams go on; asked again within a second."""


@dataclass(slots=True)
class _Running:
    worker: StreamWorker
    task: asyncio.Task[None]


class IngestSupervisor:
    """Belongs to one event loop. `load` gives the wanted streams and raises ListAway while it can't."""

    def __init__(
        self, load: Callable[[], Awaitable[Sequence[WantedStream]]], world: WorkerWorld, *, look_every_s: float = _LOOK_EVERY_S
    ) -> None:
        self._load = load
        self._world = world
        self._look_every_s = look_every_s
        self._running: dict[StreamKey, _Running] = {}
        self._is_list_away = False

    @property
    def workers(self) -> dict[StreamKey, StreamWorker]:
        return {key: running.worker for key, running in self._running.items()}

    async def run(self, stopping: asyncio.Event) -> None:
        """Until `stopping` is set, or cancelled; then says goodbye to all cameras, for two seconds at most."""
        until_stop = asyncio.ensure_future(stopping.wait())
        try:
            while not stopping.is_set():
                wanted = await self._read(until_stop)
                if wanted is not None:
                    await self._adjust(wanted)
                await asyncio.wait({until_stop}, timeout=self._look_every_s)
        finally:
            until_stop.cancel()
            await self._stop(tuple(self._running), STOPPED)

    async def _read(self, until_stop: asyncio.Future[Literal[True]]) -> Mapping[StreamKey, WantedStream] | None:
        """None when the list is away, or takes longer than we are allowed to run: a locked database need not hold up the stop."""
        reading = asyncio.ensure_future(self._load())
        both: set[asyncio.Future[Any]] = {reading, until_stop}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if not reading.done():
            reading.cancel()
            return None
        try:
            wanted = {stream.key: stream for stream in reading.result()}
        except ListAway as error:
            if not self._is_list_away:
                self._is_list_away = True
                logger.warning("the list of cameras can't be read, those known go on: %s", error)
            return None
        if self._is_list_away:
            self._is_list_away = False
            logger.info("the list of cameras can be read again")
        return wanted

    async def _adjust(self, wanted: Mapping[StreamKey, WantedStream]) -> None:
        changed = [key for key, running in self._running.items() if key in wanted and wanted[key] != running.worker.wanted]
        await self._stop([key for key in self._running if key not in wanted], SWITCHED_OFF)
        await self._stop(changed, None)
        for key, stream in wanted.items():
            if key not in self._running:
                worker = StreamWorker(stream, self._world)
                self._running[key] = _Running(worker, asyncio.create_task(worker.run(), name=f"ingest {key}"))

    async def _stop(self, keys: Iterable[StreamKey], reason: str | None) -> None:
        """Without a reason the stream is going to be opened again, so that nobody need hear of it."""
        stopped = [self._running.pop(key) for key in keys]
        for running in stopped:
            running.task.cancel()
        if stopped:
            _, late = await asyncio.wait({running.task for running in stopped}, timeout=_GOODBYE_S)
            if late:
                logger.warning("%d cameras did not answer the goodbye", len(late))
        if reason is not None:
            for running in stopped:
                running.worker.retire(reason)
