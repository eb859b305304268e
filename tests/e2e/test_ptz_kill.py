"""Processes that end while a camera turns: how long it takes until the camera stands still, read from the camera.

The camera is of another make and ignores the timeout of a move: nothing but our side stops it.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from cameras.control.deadman import BEAT_EVERY_S
from streaming.bus.heartbeat import heartbeat_key
from tests.support.ipycam_camera import Ipycam, ipycam
from tests.support.live_server import running, until
from tests.support.processes import wait_for
from tests.support.site import Site, running_site

pytestmark = [pytest.mark.alone, pytest.mark.peer, pytest.mark.timeout(240)]

_SET_UP = """
from dataclasses import asdict
from cameras.models import Camera, OnvifDevice
from cameras.onvif.spaces import Abilities
from django.contrib.auth import get_user_model
from nvr.people.tokens import create_token
OnvifDevice.objects.create(camera=Camera.objects.get(), abilities=asdict(Abilities(turns=True)), **given)
answer = create_token(get_user_model().objects.get(username="alice"))
"""


@pytest.fixture(scope="module")
def camera() -> Iterator[Ipycam]:
    with ipycam() as camera:
        yield camera


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Site]:
    data_dir: Path = tmp_path_factory.mktemp("ptz-site")
    with running_site(data_dir, redis_url, ("Yard",)) as site:
        start_watch(site)
        yield site


def start_watch(site: Site) -> None:
    """Until it says that it lives."""
    with Redis.from_url(site.redis_url) as redis:
        redis.delete(heartbeat_key("onvif"))
        site.start("onvif")
        wait_for(lambda: redis.exists(heartbeat_key("onvif")), seconds=30, what="the watch")


@pytest.fixture(scope="module")
def token(site: Site, camera: Ipycam) -> str:
    credentials = camera.credentials
    found: str = site.python(_SET_UP, address=str(camera.address), username=credentials.username, password=credentials.password)
    return found


@asynccontextmanager
async def turning(site: Site, token: str, camera: Ipycam) -> AsyncIterator[Any]:
    """A held key, until the block ends: moves back and forth, so that the camera doesn't come to its end."""
    async with connect(site.url.replace("http", "ws") + "/ws/ptz/yard/", additional_headers={"Authorization": f"Bearer {token}"}) as socket:
        assert json.loads(await socket.recv())["type"] == "ready"

        async def hold() -> None:
            direction = -0.2 if camera.position[0] > 0 else 0.2
            with suppress(ConnectionClosed):
                while True:
                    await socket.send(json.dumps({"type": "beat"} if camera.is_moving else {"type": "move", "pan": direction}))
                    await asyncio.sleep(BEAT_EVERY_S)

        async with running(hold()):
            await until_moving(camera, 15)
            await asyncio.sleep(1)  # so that it has been renewed, and the watch has seen it
            assert camera.is_moving
            yield socket


async def until_moving(camera: Ipycam, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not camera.is_moving:
            await asyncio.sleep(0.01)


async def seconds_until_still(camera: Ipycam) -> float:
    begin = time.monotonic()
    async with asyncio.timeout(5):
        while camera.is_moving:
            await asyncio.sleep(0.005)
    return time.monotonic() - begin


async def test_the_browser_is_gone(site: Site, token: str, camera: Ipycam) -> None:
    async with turning(site, token, camera) as socket:
        socket.transport.abort()
        assert await seconds_until_still(camera) < 1


async def test_the_browser_hangs(site: Site, token: str, camera: Ipycam) -> None:
    async with connect(site.url.replace("http", "ws") + "/ws/ptz/yard/", additional_headers={"Authorization": f"Bearer {token}"}) as socket:
        await socket.recv()
        direction = -0.2 if camera.position[0] > 0 else 0.2
        async with asyncio.timeout(15):
            while not camera.is_moving:
                await socket.send(json.dumps({"type": "move", "pan": direction}))
                await asyncio.sleep(BEAT_EVERY_S)
        assert await seconds_until_still(camera) < 1


async def test_the_web_process_is_asked_to_end(site: Site, token: str, camera: Ipycam) -> None:
    async with turning(site, token, camera):
        begin = time.monotonic()
        stopping = asyncio.create_task(asyncio.to_thread(site.stop, "web"))
        assert await seconds_until_still(camera) < 1
        await stopping
        assert time.monotonic() - begin < 5, "it ends by itself"
    site.start_web()


async def test_the_web_process_is_killed(site: Site, token: str, camera: Ipycam) -> None:
    async with turning(site, token, camera):
        site.kill("web")
        assert await seconds_until_still(camera) < 1
    log = site.data_dir / "onvif.log"
    await until(lambda: "nobody answered for it" in log.read_text(), 5)
    site.start_web()


async def test_the_watch_is_killed_and_the_camera_stops_all_the_same_when_let_go(site: Site, token: str, camera: Ipycam) -> None:
    async with turning(site, token, camera) as socket:
        site.kill("onvif")
        await socket.send(json.dumps({"type": "stop"}))
        assert await seconds_until_still(camera) < 1
    start_watch(site)
