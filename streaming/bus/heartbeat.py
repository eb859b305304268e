"""A process tells that it lives: a Redis key per kind of process that expires soon after the last word."""

from __future__ import annotations

import asyncio
import logging
import time

from redis.asyncio import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

EVERY_S = 2.0
EXPIRES_S = 10


def heartbeat_key(component: str) -> str:
    return f"nvr:heartbeat:{component}"


async def keep_telling(url: str, component: str) -> None:
    """Runs as a task beside the process's work, until cancelled: so it also tells that the event loop turns. Redis may come and go."""
    async with Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as redis:
        while True:
            try:
                await redis.set(heartbeat_key(component), int(time.time() * 1000), ex=EXPIRES_S)
            except (RedisError, OSError) as error:
                logger.debug("no heartbeat: %s", error)
            await asyncio.sleep(EVERY_S)
