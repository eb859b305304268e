"""Opens the cameras, publishes and records what they send and tells how they are, until SIGTERM or Ctrl-C.

This is where ingest is put together: a sink more is a line more in `sinks`.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import random
import signal
import time
from contextlib import suppress
from typing import Any

import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand

from nvr.camera_catalogue import CameraCatalogue
from nvr.recording import Recording
from streaming.bus.heartbeat import keep_telling
from streaming.bus.redis import RedisPublisher
from streaming.ingest.fanout import Fanout
from streaming.ingest.gate import ConnectGate
from streaming.ingest.source import first_generation
from streaming.ingest.status import StatusReporter
from streaming.ingest.supervisor import IngestSupervisor
from streaming.ingest.worker import WorkerWorld
from streaming.media.packet import PacketSink, StreamKey

logger = logging.getLogger(__name__)

_LAST_WORDS_S = 2.0


class Command(BaseCommand):
    help = "Opens the cameras, publishes and records what they send."

    def handle(self, **_options: Any) -> None:
        uvloop.run(ingest())


async def ingest() -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    publisher = RedisPublisher(settings.REDIS_URL, settings.MEDIA_WINDOW_MS)
    recording = Recording()
    sinks: list[PacketSink] = [publisher, recording.recorder]
    catalogue = CameraCatalogue()
    reporter = StatusReporter(catalogue.write_status)

    def report(stream: StreamKey, state: str, reason: str) -> None:
        reporter.report(stream, state, reason)
        recording.report(stream, state, reason)

    world = WorkerWorld(
        sink=Fanout(sinks, time.monotonic),
        report=report,
        gate=ConnectGate(settings.INGEST_CONCURRENT_CONNECTS),
        chance=random.random,
        generation=lambda: first_generation(time.time_ns() // 1_000_000),
    )
    await publisher.start()
    recording.start()
    telling = {
        loop.create_task(reporter.run(), name="camera states"),
        loop.create_task(keep_telling(settings.REDIS_URL, "ingest"), name="heartbeat"),
    }
    gc.freeze()  # what Django has loaded is here to stay: no collection need walk through it while packets wait
    try:
        await IngestSupervisor(catalogue.wanted, world).run(stopping)
    finally:
        recorded = loop.run_in_executor(None, recording.close)
        for task in telling:
            task.cancel()
        await asyncio.wait(telling)
        with suppress(TimeoutError):
            await asyncio.wait_for(reporter.flush(), _LAST_WORDS_S)
        catalogue.close()
        await recorded
        await publisher.aclose()
    logger.info("ingest is stopped")
