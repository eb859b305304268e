from __future__ import annotations

import asyncio
import contextlib

import pytest
from django.test import Client
from pytest_django import Settings
from redis.asyncio import Redis

from nvr.celery import tell_that_the_worker_lives
from streaming.bus.heartbeat import heartbeat_key, keep_telling

pytestmark = pytest.mark.django_db


def test_alive_without_anything() -> None:
    assert Client().get("/healthz").json() == {"status": "ok"}


async def heard_of(url: str, component: str) -> bool:
    """Runs a heartbeat until it has been heard."""
    telling = asyncio.create_task(keep_telling(url, component))
    try:
        async with asyncio.timeout(5), Redis.from_url(url) as redis:
            while not await redis.exists(heartbeat_key(component)):
                await asyncio.sleep(0.01)
            return 0 < await redis.ttl(heartbeat_key(component)) <= 10
    finally:
        telling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await telling


def test_ready_tells_of_each_part(redis_url: str) -> None:
    assert asyncio.run(heard_of(redis_url, "ingest"))
    tell_that_the_worker_lives()
    answer = Client().get("/readyz")
    components = answer.json()["components"]
    assert answer.status_code == 200
    assert {name: components[name]["status"] for name in ("database", "migrations", "redis", "ingest", "worker")} == dict.fromkeys(
        ("database", "migrations", "redis", "ingest", "worker"), "ok"
    )
    assert components["ingest"]["seconds_ago"] < 10
    assert set(components) == {"database", "migrations", "redis", "ingest", "render", "worker", "onvif"}


def test_not_ready_without_redis(settings: Settings) -> None:
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["status"], answer.json()["components"]["redis"]["status"]) == (503, "failed", "failed")
