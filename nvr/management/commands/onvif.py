"""What goes on at cameras without anybody looking, until SIGTERM or Ctrl-C: stops what nobody answers for, runs tours, hears their events.

One process for all cameras, and its parts fail apart: each is started again when it ends.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand

from cameras.control.devices import Devices
from cameras.control.listener import Listener
from cameras.control.marks import Marks
from cameras.control.rows import in_thread, settings_by_id
from cameras.control.tour_runner import TourRunner
from cameras.control.watch import Watch
from nvr.camera_events import CameraEvents
from streaming.bus.heartbeat import keep_telling

logger = logging.getLogger(__name__)

_AGAIN_AFTER_S = 2.0


class Command(BaseCommand):
    help = "Watches over cameras that turn, runs tours, hears what cameras notice."

    def handle(self, **_options: Any) -> None:
        uvloop.run(onvif())


async def onvif() -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    devices, marks = Devices(), Marks()
    watch = Watch(devices, marks, settings_by_id)
    tours = TourRunner(devices, f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}")
    taking = CameraEvents()
    listener = Listener(taking)

    async def hear() -> None:
        await in_thread(taking.lost_all)
        await listener.run()

    parts = {
        loop.create_task(_keep(hear), name="cameras' own events"),
        loop.create_task(_keep(tours.run), name="tours"),
        loop.create_task(_keep(watch.run), name="watch over turning cameras"),
        loop.create_task(keep_telling(settings.REDIS_URL, "onvif"), name="heartbeat"),
    }
    await stopping.wait()
    for part in parts:
        part.cancel()
    await asyncio.wait(parts)
    await watch.aclose()
    await listener.aclose()
    await tours.aclose()
    await devices.aclose()
    await marks.aclose()
    logger.info("onvif is stopped")


async def _keep(part: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await part()
        except Exception:
            logger.exception("a part of onvif failed and is started again")
        await asyncio.sleep(_AGAIN_AFTER_S)
