"""Which cameras are turning, and until when somebody answers for each: a sorted set in Redis, camera → moment in ms since 1970.

Written by who turns a camera, read by who watches (cameras/control/watch.py). Best effort: without Redis a camera is turned all the same,
and its own timeout is the net.
"""

from __future__ import annotations

import asyncio
import logging
import time

from django.conf import settings
from redis.asyncio import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

_KEY = "nvr:ptz:turning"
_WITHIN_S = 0.2


class Marks:
    """Belongs to one event loop."""

    def __init__(self, url: str = "") -> None:
        self._redis = Redis.from_url(url or settings.REDIS_URL, socket_connect_timeout=_WITHIN_S, socket_timeout=_WITHIN_S)
        self._is_away = False

    async def answer_for(self, camera_id: int, seconds: float) -> None:
        await self._do(self._redis.zadd(_KEY, {str(camera_id): _now_ms() + round(seconds * 1000)}))

    async def is_still(self, camera_id: int) -> None:
        await self._do(self._redis.zrem(_KEY, str(camera_id)))

    async def all(self) -> dict[int, int]:
        """Until when each is answered for, in ms since 1970. Empty without Redis."""
        found = await self._do(self._redis.zrange(_KEY, 0, -1, withscores=True))
        return {int(camera_id): int(until_ms) for camera_id, until_ms in found or []}

    async def aclose(self) -> None:
        await self._redis.aclose()

    async def _do(self, command: object) -> list[tuple[bytes, float]] | None:
        try:
            async with asyncio.timeout(_WITHIN_S * 2):
                answer = await command  # type: ignore[misc]  # redis-py's types say "awaitable or not"
        except (RedisError, OSError) as error:  # TimeoutError is an OSError
            if not self._is_away:
                logger.warning("moves of cameras are not marked, their own timeouts are the only net: %s", error)
            self._is_away = True
            return None
        self._is_away = False
        return answer if isinstance(answer, list) else None


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
