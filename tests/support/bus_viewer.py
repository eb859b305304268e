"""Reads a stream of a bus in the background and lets a test wait for what it got."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from streaming.bus.base import MediaReader
from streaming.bus.cursor import Item
from streaming.media.packet import Gap, MediaPacket, StreamKey, Tracks

_DEADLINE_S = 10.0


class BusViewer:
    def __init__(self) -> None:
        self.items: list[Item] = []
        self._grown = asyncio.Event()

    @property
    def numbers(self) -> list[int]:
        """Of the video packets made by tests.support.packets."""
        return [int(item.data.split(b" ")[0]) for item in self.items if isinstance(item, MediaPacket) and item.track == "video"]

    @property
    def gaps(self) -> list[Gap]:
        return [item for item in self.items if isinstance(item, Gap)]

    @property
    def tracks(self) -> list[Tracks]:
        return [item for item in self.items if isinstance(item, Tracks)]

    async def until(self, condition: Callable[[BusViewer], bool]) -> None:
        async with asyncio.timeout(_DEADLINE_S):
            while not condition(self):
                self._grown.clear()
                await self._grown.wait()

    async def until_number(self, number: int) -> None:
        await self.until(lambda viewer: number in viewer.numbers)

    async def follow(self, reader: MediaReader, stream: StreamKey) -> None:
        async for item in reader.read(stream):
            self.items.append(item)
            self._grown.set()


@asynccontextmanager
async def watching(reader: MediaReader, stream: StreamKey) -> AsyncIterator[BusViewer]:
    viewer = BusViewer()
    task = asyncio.create_task(viewer.follow(reader, stream))
    try:
        yield viewer
    finally:
        task.cancel()
        await asyncio.wait([task])
