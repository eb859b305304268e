"""Wishes and pictures over a real Redis, with the test in the renderer's place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import redis.asyncio
from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from streaming.live.viewer import Picture
from streaming.render.demand import WISHES_KEY, DemandBoard, RenderJob, group_of
from streaming.wiring.pictures import LAYER, LayerPictures
from tests.support.live_server import until
from tests.support.stoppable_redis import StoppableRedis, stoppable_redis

JOB = RenderJob(7, "jpeg", "720p")


@pytest.fixture
def server(settings: Any) -> Iterator[StoppableRedis]:
    with stoppable_redis() as server:
        config = {"hosts": [f"{server.url}?protocol=2"], "prefix": "nvr-frames"}
        settings.CHANNEL_LAYERS = settings.CHANNEL_LAYERS | {
            LAYER: {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": config}
        }
        yield server


@asynccontextmanager
async def watching(server: StoppableRedis) -> AsyncIterator[list[Picture]]:
    board = DemandBoard(server.url)
    seen: list[Picture] = []

    async def watch() -> None:
        async for picture in LayerPictures(board).pictures(JOB.camera_id, JOB.kind, JOB.rung):
            seen.append(picture)

    task = asyncio.create_task(watch())
    try:
        yield seen
    finally:
        task.cancel()
        await asyncio.wait([task])
        await board.aclose()


async def wishes(server: StoppableRedis) -> list[str]:
    async with redis.asyncio.from_url(server.url, decode_responses=True) as client:
        return [str(member).rpartition("|")[0] for member in await client.zrange(WISHES_KEY, 0, -1)]


async def send_until_seen(seen: list[Picture], data: bytes) -> None:
    """Redis keeps no picture for who is not there yet, so a renderer goes on sending too."""
    message = {"type": "render.frame", "message": data, "width": 640, "height": 360, "stream": "sub"}
    layer = get_channel_layer(LAYER)
    async with asyncio.timeout(10):
        while not any(picture.message == data for picture in seen):
            with suppress(RedisError, OSError):
                await layer.group_send(group_of(JOB), message)
            await asyncio.sleep(0.05)


async def test_pictures_come_while_they_are_wanted_and_the_wish_goes_with_the_viewer(server: StoppableRedis) -> None:
    async with watching(server) as seen:
        await send_until_seen(seen, b"one")
        assert seen[0] == Picture(b"one", 640, 360, "sub")
        assert await wishes(server) == [str(JOB)]
    assert await wishes(server) == []
    async with redis.asyncio.from_url(server.url) as client:
        assert await client.pubsub_channels("nvr-frames*") == []


async def test_pictures_go_on_after_redis_was_killed(server: StoppableRedis) -> None:
    async with watching(server) as seen:
        await send_until_seen(seen, b"before")
        server.kill()
        await asyncio.sleep(0.1)
        server.start()
        await send_until_seen(seen, b"after")

        async def is_wished_again() -> bool:
            return await wishes(server) == [str(JOB)]

        async with asyncio.timeout(5):
            while not await is_wished_again():
                await asyncio.sleep(0.05)


async def test_pictures_come_when_redis_starts_late(server: StoppableRedis) -> None:
    server.kill()
    async with watching(server) as seen:
        await asyncio.sleep(0.1)
        server.start()
        await send_until_seen(seen, b"late")
    await until(lambda: seen, 1)
