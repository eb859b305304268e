"""Reads one stream off the bus, as long as some job wants pictures of it, and hands its packets to the decoding thread."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from streaming.bus.base import MediaReader
from streaming.media.packet import MediaPacket, StreamKey
from streaming.render.demand import RenderJob
from streaming.render.job_output import JobOutput
from streaming.render.producer import Producer, RenderCounters


class StreamFeed:
    """Made in the loop; begins at once."""

    def __init__(self, reader: MediaReader, stream: StreamKey, counters: RenderCounters) -> None:
        self._reader = reader
        self._stream = stream
        self._counters = counters
        self._producer = Producer(stream, counters)
        self._loop = asyncio.get_running_loop()
        self._heard_at_s = self._loop.time()
        self.last_captured_ms = 0
        self._task = self._loop.create_task(self._read(), name=f"render {stream}")

    @property
    def silent_s(self) -> float:
        return self._loop.time() - self._heard_at_s

    @property
    def is_alive(self) -> bool:
        return self._producer.is_alive and not self._task.done()

    def set_jobs(self, jobs: Mapping[RenderJob, JobOutput]) -> None:
        self._producer.set_jobs(jobs)

    async def aclose(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])
        await asyncio.to_thread(self._producer.close)
        self._counters.jumped_packets += self._producer.queue.jumped_packets

    async def _read(self) -> None:
        async for item in self._reader.read(self._stream):
            if isinstance(item, MediaPacket):
                self._heard_at_s = self._loop.time()
                if item.track != "video":
                    continue
                self._counters.packets_read += 1
                self.last_captured_ms = item.captured_at_ms
            self._producer.queue.offer(item)
