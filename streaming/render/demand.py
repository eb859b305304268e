"""Who wants which pictures: wishes on Redis that expire by themselves unless whoever wants the pictures renews them.

A sorted set holds one member per wish and asker, `<job>|<asker>`, scored with the time it expires by Redis's own clock. A new wish,
and the last one that goes, is also published on a channel, so that renderers (claims.py) hear of it at once.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import dataclass
from typing import Literal, Self

import hiredis

from streaming.bus.base import BusAwayError
from streaming.bus.resp import RespConnection, connect, parse_redis_url
from streaming.render.rungs import rung_named

logger = logging.getLogger(__name__)

WISH_MS = 3_000
RENEW_EVERY_S = 1.0
WISHES_KEY = "nvr:render:wishes"
POKE_CHANNEL = "nvr:render:poke"

_WANT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local until_then = redis.call('ZSCORE', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 2)
if not until_then or tonumber(until_then) < now then redis.call('PUBLISH', ARGV[3], ARGV[1]) end
"""
_DROP = """
if redis.call('ZREM', KEYS[1], ARGV[1]) == 1 then redis.call('PUBLISH', ARGV[2], ARGV[1]) end
"""


@dataclass(frozen=True, slots=True, order=True)
class RenderJob:
    """Pictures of one camera, of one kind and size, for everybody who wants those."""

    camera_id: int
    kind: Literal["jpeg", "raw"]
    rung: str

    def __post_init__(self) -> None:
        rung_named(self.rung)

    def __str__(self) -> str:
        return f"{self.camera_id} {self.kind} {self.rung}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The inverse of str(). Raises ValueError."""
        camera, kind, rung = text.split(" ")
        if kind == "jpeg":
            return cls(int(camera), "jpeg", rung)
        if kind == "raw":
            return cls(int(camera), "raw", rung)
        raise ValueError(f"no pictures of kind {kind!r} are made")


def group_of(job: RenderJob) -> str:
    """The channel-layer group, on the alias "frames", that the renderer sends this job's pictures to."""
    return f"render.{job.camera_id}.{job.kind}.{job.rung}"


class DemandBoard:
    """The asking side, for one event loop. Each board is an asker of its own: dropping a wish here leaves those of others alone."""

    def __init__(self, url: str) -> None:
        self._address = parse_redis_url(url)
        self._asker = secrets.token_hex(6)
        self._connection: RespConnection | None = None
        self._connecting = asyncio.Lock()
        self._is_away = False

    async def want(self, job: RenderJob) -> bool:
        """To be repeated every RENEW_EVERY_S. False when Redis is away and the wish was not noted; the next time may do."""
        return await self._evaluate(_WANT, f"{job}|{self._asker}", WISH_MS, POKE_CHANNEL)

    async def drop(self, job: RenderJob) -> bool:
        return await self._evaluate(_DROP, f"{job}|{self._asker}", POKE_CHANNEL)

    async def aclose(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            await connection.drain_and_close()

    async def _evaluate(self, script: str, *arguments: str | int) -> bool:
        try:
            connection = await self._connected()
            await connection.request("EVAL", script, 1, WISHES_KEY, *arguments)
        except (BusAwayError, hiredis.ReplyError) as error:
            if not self._is_away:
                logger.warning("Pictures can't be asked for: %s", error)
            self._is_away = True
            return False
        self._is_away = False
        return True

    async def _connected(self) -> RespConnection:
        async with self._connecting:
            if self._connection is None or not self._connection.is_open:
                self._connection = await connect(self._address)
            return self._connection
