from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from streaming.bus.base import MediaReader
from streaming.bus.memory import MemoryBus
from streaming.bus.redis import RedisPublisher, RedisReader
from streaming.media.packet import PacketSink
from tests.support.stoppable_redis import StoppableRedis, stoppable_redis

WINDOW_MS = 2_000


@pytest.fixture(params=["memory", "redis"])
async def bus(request: pytest.FixtureRequest, redis_url: str) -> AsyncIterator[tuple[PacketSink, MediaReader]]:
    if request.param == "memory":
        memory = MemoryBus(WINDOW_MS)
        yield memory, memory
        return
    publisher = RedisPublisher(redis_url, WINDOW_MS)
    await publisher.start()
    yield publisher, RedisReader(redis_url)
    await publisher.aclose()


@pytest.fixture
def redis_server() -> Iterator[StoppableRedis]:
    with stoppable_redis() as server:
        yield server
