"""Opens the cameras, publishes what they send and tells how they are, until SIGTERM or Ctrl-C.

This is where ingest is put together: a sink more (a recorder, say) is a line more in `sinks`.
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
from streaming.bus.heartbeat import keep_telling
from streaming.bus.redis import RedisPublisher
from streaming.ingest.fanout import Fanout
from streaming.ingest.gate import ConnectGate
from streaming.ingest.source import first_generation
from streaming.ingest.status import StatusReporter
from streaming.ingest.supervisor import IngestSupervisor
from streaming.ingest.worker import WorkerWorld
from streaming.media.packet import PacketSink

logger = logging.getLogger(__name__)

_LAST_WORDS_S = 2.0


class Command(BaseCommand):
    help = "Opens the cameras and publishes what they send."

    def handle(self, **_options: Any) -> None:
        uvloop.run(ingest())


async def ingest() -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    publisher = RedisPublisher(settings.REDIS_URL, settings.MEDIA_WINDOW_MS)
    sinks: list[PacketSink] = [publisher]
    catalogue = CameraCatalogue()
    reporter = StatusReporter(catalogue.write_status)
    world = WorkerWorld(
        sink=Fanout(sinks, time.monotonic),
        report=reporter.report,
        gate=ConnectGate(settings.INGEST_CONCURRENT_CONNECTS),
        chance=random.random,
        generation=lambda: first_generation(time.time_ns() // 1_000_000),
    )
    await publisher.start()
    telling = {
        loop.create_task(reporter.run(), name="camera states"),
        loop.create_task(keep_telling(settings.REDIS_URL, "ingest"), name="heartbeat"),
    }
    gc.freeze()  # what Django has loaded is here to stay: no collection need walk through it while packets wait
    try:
        await IngestSupervisor(catalogue.wanted, world).run(stopping)
    finally:
        for task in telling:
            task.cancel()
        await asyncio.wait(telling)
        with suppress(TimeoutError):
            await asyncio.wait_for(reporter.flush(), _LAST_WORDS_S)
        catalogue.close()
        await publisher.aclose()
    logger.info("ingest is stopped")
