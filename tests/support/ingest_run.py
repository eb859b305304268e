"""A stream worker against a test camera, and a sink that remembers everything."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from cameras.stream_url import Credentials, parse_stream_url
from streaming.ingest.fanout import Fanout
from streaming.ingest.gate import ConnectGate
from streaming.ingest.state import RetryDelays
from streaming.ingest.worker import StreamWorker, WantedStream, WorkerLimits, WorkerWorld
from streaming.media.packet import MediaPacket, PacketSink, Role, StreamKey, Tracks
from streaming.rtsp.client import TransportChoice
from streaming.rtsp.timeouts import Timeouts
from tests.support.rtsp_camera import TestCamera

QUICK = WorkerLimits(
    no_keyframe_after_s=1.5,
    retries=RetryDelays(first_s=0.05, longest_s=0.2, slow_s=0.2),
    timeouts=Timeouts(connect_s=2, response_s=1, no_packet_s=0.6, first_udp_packet_s=0.4, close_s=0.5),
)
_generations = itertools.count(7000, 1000)


class Witness:
    """A PacketSink, and a Report, that keeps what it is told."""

    def __init__(self) -> None:
        self.tracks: list[Tracks] = []
        self.packets: list[MediaPacket] = []
        self.states: list[tuple[str, str]] = []
        self._changed = asyncio.Event()

    def announce(self, stream: StreamKey, tracks: Tracks) -> None:
        self.tracks.append(tracks)
        self._changed.set()

    def write(self, stream: StreamKey, packet: MediaPacket) -> None:
        self.packets.append(packet)
        self._changed.set()

    def report(self, stream: StreamKey, state: str, reason: str) -> None:
        self.states.append((state, reason))
        self._changed.set()

    @property
    def video(self) -> list[MediaPacket]:
        return [packet for packet in self.packets if packet.track == "video"]

    @property
    def audio(self) -> list[MediaPacket]:
        return [packet for packet in self.packets if packet.track == "audio"]

    @property
    def state(self) -> str:
        return self.states[-1][0] if self.states else ""

    async def until(self, condition: Callable[[], object], *, limit_s: float = 10) -> None:
        """Raises TimeoutError."""
        async with asyncio.timeout(limit_s):
            while not condition():
                self._changed.clear()
                await self._changed.wait()


def wanted(
    camera: TestCamera, path: str | None = None, transport: TransportChoice = "tcp", *, user: str = "", password: str = ""
) -> WantedStream:
    address = parse_stream_url(camera.url(path))
    return WantedStream(StreamKey(1, Role.MAIN), "Front door", address, Credentials(user, password), transport)


def world_of(witness: Witness, limits: WorkerLimits = QUICK, *others: PacketSink) -> WorkerWorld:
    sink = Fanout([*others, witness], asyncio.get_running_loop().time)
    return WorkerWorld(sink, witness.report, ConnectGate(4), lambda: 0.5, lambda: next(_generations), limits)


@asynccontextmanager
async def running(
    stream: WantedStream, witness: Witness, *others: PacketSink, retries: RetryDelays = QUICK.retries
) -> AsyncIterator[StreamWorker]:
    """A worker that runs until the end of the block, with `others` as sinks in front of the witness."""
    worker = StreamWorker(stream, world_of(witness, replace(QUICK, retries=retries), *others))
    task = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled():
            task.result()
