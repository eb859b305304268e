"""Keeps the MQTT brokers that people have entered up to date, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import asyncio
import logging
import signal
from typing import Any

import uvloop
from django.core.management.base import BaseCommand

from recordings.services.notices.broker_desk import BrokerDesk

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Tells MQTT brokers what the cameras are up to, and takes commands there. One of these is enough."

    def handle(self, **_options: Any) -> None:
        uvloop.run(serve())


async def serve() -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    logger.info("mqtt is ready")
    await BrokerDesk().run(stopping)
    logger.info("mqtt is stopped")
