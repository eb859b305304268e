"""Makes pictures (JPEG and raw planes) of the cameras somebody wants them of, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
import socket
from typing import Any

import uvloop
from channels.layers import get_channel_layer
from django.conf import settings
from django.core.management.base import BaseCommand
from redis.exceptions import RedisError

from streaming.bus.heartbeat import keep_telling
from streaming.bus.redis import RedisReader
from streaming.render.claims import JobClaims
from streaming.render.job_output import RenderedFrame, Send
from streaming.render.renderer import Renderer

logger = logging.getLogger(__name__)

_SEND_WITHIN_S = 2.0


class Command(BaseCommand):
    help = "Makes pictures of the cameras while somebody wants them. Any number of these may run."

    def handle(self, **_options: Any) -> None:
        uvloop.run(render())


async def render() -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
    renderer = Renderer(RedisReader(settings.REDIS_URL), JobClaims(settings.REDIS_URL, name), channel_layer_sender())
    logger.info("renderer is ready")
    running = loop.create_task(renderer.run(), name="renderer")
    asked = loop.create_task(stopping.wait(), name="stop")
    telling = loop.create_task(keep_telling(settings.REDIS_URL, "render"), name="heartbeat")
    await asyncio.wait({running, asked}, return_when=asyncio.FIRST_COMPLETED)
    for task in (running, asked, telling):
        task.cancel()
    await asyncio.wait({running, asked, telling})
    if not running.cancelled() and (error := running.exception()):
        raise error
    logger.info("renderer is stopped")


def channel_layer_sender() -> Send:
    """Sends on the layer "frames". A picture that Redis does not take within 2 s is lost; newer ones follow."""
    layer = get_channel_layer("frames")

    async def send(group: str, frame: RenderedFrame) -> None:
        try:
            async with asyncio.timeout(_SEND_WITHIN_S):
                await layer.group_send(group, frame)
        except (RedisError, OSError) as error:  # TimeoutError is an OSError
            logger.debug("A picture for %s was lost: %s", group, error)

    return send
