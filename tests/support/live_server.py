"""The real WebSocket server in the test's event loop, with a bus in memory and pictures made by the test."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from uvicorn import Server

from nvr.server.push import PushProtocol
from nvr.server.uvicorn import uvicorn_config
from streaming.bus.memory import MemoryBus
from streaming.live.hub import LiveHub
from streaming.live.viewer import Picture, PictureKind
from streaming.media.packet import MediaPacket, PacketSink, StreamKey, Tracks
from streaming.media.wire import Flag, Header, Kind
from streaming.wiring import live as wiring
from streaming.wiring.states import DatabaseStates
from tests.support.clips import CLIP_MS, clip
from tests.support.packets import some_tracks
from tests.support.viewer import LiveViewer, live_viewer


class MemoryPictures:
    """A renderer that shows what is wanted of it and sends what the test gives it."""

    def __init__(self) -> None:
        self.wanted: Counter[tuple[int, PictureKind, str]] = Counter()
        self._queues: dict[tuple[int, PictureKind, str], asyncio.Queue[Picture]] = {}
        self._sequence = 0

    async def pictures(self, camera_id: int, kind: PictureKind, rung: str) -> AsyncIterator[Picture]:
        job = (camera_id, kind, rung)
        self.wanted[job] += 1
        queue = self._queues[job] = asyncio.Queue()
        try:
            while True:
                yield await queue.get()
        finally:
            self.wanted[job] -= 1

    def send(self, width_px: int = 640, height_px: int = 360, size: int = 20_000, stream: str = "main") -> None:
        """To everybody who wants pictures now."""
        self._sequence += 1
        now_us = time.time_ns() // 1000
        for (_camera, kind, _rung), queue in self._queues.items():
            wire_kind = Kind.JPEG if kind == "jpeg" else Kind.RAW
            header = Header(wire_kind, Flag.KEY, 0, self._sequence, now_us, now_us, 33_333, 99)
            queue.put_nowait(Picture(header.to_bytes() + bytes(size), width_px, height_px, stream))

    async def send_on(self, interval_s: float = 1 / 30, size: int = 20_000) -> None:
        while True:
            self.send(size=size)
            await asyncio.sleep(interval_s)


async def broadcast(sink: PacketSink, stream: StreamKey, *, fps: int = 30, gop: int = 30, size: int = 17_000, generation: int = 1) -> None:
    """Packets of meaningless bytes at the pace of a camera, for ever."""
    sink.announce(stream, some_tracks(generation))
    begin = time.monotonic()
    number = 0
    while True:
        now_ms = time.time_ns() // 1_000_000
        is_key = number % gop == 0
        data = bytes(3 * size if is_key else size)
        sink.write(stream, MediaPacket("video", generation, 90 * now_ms, 90 * now_ms, 90_000 // fps, is_key, now_ms, data))
        number += 1
        await asyncio.sleep(max(0.0, begin + number / fps - time.monotonic()))


async def broadcast_clip(sink: PacketSink, stream: StreamKey, name: str, *, generation: int = 1, ahead_s: float = 0.0) -> None:
    """A real clip in a loop; its first `ahead_s` seconds at once, as if the camera had been there for so long."""
    tracks = clip(name).tracks
    assert tracks.video is not None
    sink.announce(stream, Tracks(generation, tracks.video, tracks.audio))
    begin = time.time() - ahead_s
    turn = 0
    while True:
        for frame in clip(name).frames:
            due = begin + (turn * CLIP_MS + frame.sent_at_ms) / 1000
            if due > time.time():
                await asyncio.sleep(due - time.time())
            at_90k = round(due * 90_000)
            duration = 3600 if frame.track == "video" else 90 * 64
            is_key = frame.is_key or frame.track == "audio"
            sink.write(stream, MediaPacket(frame.track, generation, at_90k, at_90k, duration, is_key, round(due * 1000), frame.data))
        turn += 1


class _InLoop(Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield  # the signals are pytest's


@dataclass(slots=True)
class LiveServer:
    bus: MemoryBus
    pictures: MemoryPictures
    hub: LiveHub
    port: int
    server: Server

    def url(self, slug: str, **query: str) -> str:
        return f"ws://127.0.0.1:{self.port}/ws/live/{slug}/?{urlencode(query)}"

    @property
    def buffered_bytes(self) -> dict[int, int]:
        """What the transports of all viewers hold, by the viewer's port."""
        found = {}
        for connection in self.server.server_state.connections:
            assert isinstance(connection, PushProtocol)
            assert connection.client is not None
            found[connection.client[1]] = connection.transport.get_write_buffer_size()
        return found

    @asynccontextmanager
    async def viewer(
        self, slug: str, token: str, *, acknowledges: bool = True, keeps_payloads: bool = False, **query: str
    ) -> AsyncIterator[LiveViewer]:
        headers = {"Authorization": f"Bearer {token}"}
        async with live_viewer(self.url(slug, **query), headers, acknowledges=acknowledges, keeps_payloads=keeps_payloads) as viewer:
            yield viewer


@asynccontextmanager
async def live_server() -> AsyncIterator[LiveServer]:
    bus, pictures = MemoryBus(), MemoryPictures()
    hub = LiveHub(reader=bus, pictures=pictures, states=DatabaseStates())
    wiring.use(hub)
    server = _InLoop(uvicorn_config("nvr.asgi:application", host="127.0.0.1", port=0))
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(10):
            while not server.started:
                await asyncio.sleep(0.01)
        yield LiveServer(bus, pictures, hub, server.servers[0].sockets[0].getsockname()[1], server)
    finally:
        server.should_exit = True
        await serving
        await hub.close()


@asynccontextmanager
async def running(*coroutines: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Runs them beside the block."""
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended


async def until(condition: Callable[[], object], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)
