"""How renderers share the work: each wanted camera belongs to one of them, which makes all pictures of it.

A claim is a key with the renderer's name that expires in 2 s unless it is renewed, so that a dead renderer's cameras are free again.
Free cameras are taken by the live renderer that has the fewest; a script decides, by Redis's own clock.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import hiredis

from streaming.bus.base import BusAwayError
from streaming.bus.resp import RespConnection, connect, parse_redis_url
from streaming.render.demand import POKE_CHANNEL, WISHES_KEY, RenderJob

RENEW_EVERY_S = 0.5
_CLAIM_MS = 2_000
_ALIVE_MS = 1_500
_RENDERERS_KEY = "nvr:render:renderers"
_CLAIM_PREFIX = "nvr:render:claim:"

_TAKE = """
local wishes, renderers, me, prefix = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', wishes, '-inf', now)
redis.call('ZADD', renderers, now + ARGV[4], me)
redis.call('PEXPIRE', renderers, ARGV[4])
redis.call('ZREMRANGEBYSCORE', renderers, '-inf', now)

local load = {}
for _, name in ipairs(redis.call('ZRANGE', renderers, 0, -1)) do load[name] = 0 end
local jobs, order, owner = {}, {}, {}
for _, member in ipairs(redis.call('ZRANGE', wishes, 0, -1)) do
  local job = string.match(member, '^[^|]*')
  local camera = string.match(job, '^%d+')
  if camera then
    if not jobs[camera] then
      jobs[camera] = {}
      order[#order + 1] = camera
      owner[camera] = redis.call('GET', prefix .. camera) or ''
      if load[owner[camera]] then load[owner[camera]] = load[owner[camera]] + 1 end
    end
    jobs[camera][job] = true
  end
end

local mine = {}
for _, camera in ipairs(order) do
  if owner[camera] == '' then
    local least = load[me]
    for _, count in pairs(load) do least = math.min(least, count) end
    if load[me] == least then
      owner[camera] = me
      load[me] = load[me] + 1
    end
  end
  if owner[camera] == me then
    redis.call('SET', prefix .. camera, me, 'PX', ARGV[3])
    for job in pairs(jobs[camera]) do mine[#mine + 1] = job end
  end
end
return mine
"""
_RELEASE = """
redis.call('ZREM', KEYS[1], ARGV[1])
for index = 4, #ARGV do
  if redis.call('GET', ARGV[2] .. ARGV[index]) == ARGV[1] then redis.call('DEL', ARGV[2] .. ARGV[index]) end
end
redis.call('PUBLISH', ARGV[3], '')
"""


class JobClaims:
    """The working side of the demand board, for one event loop. `name` must differ from every other renderer's."""

    def __init__(self, url: str, name: str) -> None:
        self._address = parse_redis_url(url)
        self._name = name
        self._asking: RespConnection | None = None
        self._listening: RespConnection | None = None
        self._poked = asyncio.Event()
        self._changed: set[RenderJob] = set()
        self._cameras: set[int] = set()

    async def take(self) -> frozenset[RenderJob]:
        """What this renderer has to make now; renews its claims. To be called every RENEW_EVERY_S. Raises BusAwayError."""
        asking = await self._connect_both()
        try:
            reply = await asking.request("EVAL", _TAKE, 2, WISHES_KEY, _RENDERERS_KEY, self._name, _CLAIM_PREFIX, _CLAIM_MS, _ALIVE_MS)
        except hiredis.ReplyError as error:
            raise BusAwayError(str(error)) from error
        jobs = set[RenderJob]()
        for text in reply:
            with suppress(ValueError):  # a wish of a newer release
                jobs.add(RenderJob.parse(text.decode()))
        self._cameras = {job.camera_id for job in jobs}
        return frozenset(jobs)

    async def wait(self, timeout_s: float) -> frozenset[RenderJob]:
        """Until somebody begins or ceases to want something, or the time is up. Returns what that was."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._poked.wait(), timeout_s)
        self._poked.clear()
        changed, self._changed = frozenset(self._changed), set()
        return changed

    async def aclose(self) -> None:
        """Gives its cameras to the other renderers."""
        if self._asking and self._asking.is_open:
            with suppress(BusAwayError, hiredis.ReplyError):
                await self._asking.request(
                    "EVAL", _RELEASE, 1, _RENDERERS_KEY, self._name, _CLAIM_PREFIX, POKE_CHANNEL, *sorted(self._cameras)
                )
        for connection in (self._asking, self._listening):
            if connection:
                connection.close()

    async def _connect_both(self) -> RespConnection:
        if self._listening is None or not self._listening.is_open:
            self._listening = await connect(self._address, on_push=self._on_push)
            await self._listening.request("SUBSCRIBE", POKE_CHANNEL)
        if self._asking is None or not self._asking.is_open:
            self._asking = await connect(self._address)
        return self._asking

    def _on_push(self, message: Any) -> None:
        """`message` is ["message", channel, member]; a renderer that stops sends an empty member."""
        member: bytes = message[2]
        with suppress(ValueError):
            self._changed.add(RenderJob.parse(member.decode().partition("|")[0]))
        self._poked.set()
