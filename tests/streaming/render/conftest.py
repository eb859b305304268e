from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.stoppable_redis import StoppableRedis, stoppable_redis


@pytest.fixture
def redis_server() -> Iterator[StoppableRedis]:
    """Of this test's own: wishes and claims are seen by everybody who uses a server."""
    with stoppable_redis() as server:
        yield server
