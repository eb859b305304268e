"""The servers people run, as processes: `manage.py web` (uvicorn with push) and daphne, on one Redis with the test's publisher."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from streaming.bus.redis import RedisPublisher
from streaming.media.packet import Role, StreamKey
from streaming.media.wire import Flag
from tests.support.live_server import broadcast, running, until
from tests.support.processes import wait_for
from tests.support.viewer import live_viewer

ROOT = Path(__file__).parents[3]
CAMERA_ID = 2_000_001
_SET_UP = f"""
from django.contrib.auth import get_user_model
from cameras.models import Camera, Stream
from nvr.people.tokens import create_token
camera = Camera.objects.create(pk={CAMERA_ID}, name="Hall", slug="hall")
for role in ("main", "sub"):
    Stream.objects.create(camera=camera, role=role, url="rtsp://127.0.0.1:9/" + role)
print("TOKEN", create_token(get_user_model().objects.create_superuser("root", password="correct horse battery")))
"""
pytestmark = pytest.mark.timeout(90)


@dataclass(frozen=True, slots=True)
class Installation:
    environment: dict[str, str]
    token: str


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Installation:
    data = tmp_path_factory.mktemp("data")
    environment = os.environ | {"NVR_DATA_DIR": str(data), "REDIS_URL": redis_url, "DATABASE_URL": f"sqlite:///{data / 'test.sqlite3'}"}
    run = [sys.executable, str(ROOT / "manage.py")]
    subprocess.run([*run, "migrate", "--verbosity", "0"], env=environment, check=True, cwd=ROOT)
    said = subprocess.run([*run, "shell", "-c", _SET_UP], env=environment, check=True, cwd=ROOT, capture_output=True, text=True).stdout
    return Installation(environment, next(line.split()[1] for line in said.splitlines() if line.startswith("TOKEN")))


@dataclass(frozen=True, slots=True)
class Running:
    process: subprocess.Popen[bytes]
    port: int
    name: str

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws/live/hall/"


@pytest.fixture(params=["web", "daphne"])
def server(request: pytest.FixtureRequest, installation: Installation) -> Iterator[Running]:
    port = _free_port()
    commands = {
        "web": [sys.executable, str(ROOT / "manage.py"), "web", "--bind", "127.0.0.1", "--port", str(port)],
        "daphne": [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "nvr.asgi:application"],
    }
    environment = installation.environment | {"DJANGO_SETTINGS_MODULE": "nvr.settings"}
    process = subprocess.Popen(commands[request.param], env=environment, cwd=ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: _answers(port), seconds=20, what=f"{request.param} on port {port}")
        yield Running(process, port, request.param)
    finally:
        process.kill()
        process.wait(timeout=10)


@asynccontextmanager
async def broadcasting(redis_url: str, *, size: int = 17_000) -> AsyncIterator[None]:
    publisher = RedisPublisher(redis_url, 10_000)
    await publisher.start()
    try:
        async with running(broadcast(publisher, StreamKey(CAMERA_ID, Role.MAIN), size=size)):
            yield
    finally:
        await publisher.aclose()


async def test_pictures_words_and_a_clean_end(server: Running, installation: Installation, redis_url: str) -> None:
    headers = {"Authorization": f"Bearer {installation.token}"}
    async with broadcasting(redis_url), live_viewer(server.url, headers) as viewer:
        await viewer.until_pictures(60)
        await viewer.say(type="ping", id=1, client_ms=2)
        await viewer.until(lambda viewer: viewer.told("pong") and viewer.told("stats"), "pong and stats")
        assert viewer.told("gap") == []
        assert viewer.compression is None
        live = viewer.live_delays_ms()
        assert sorted(live)[len(live) // 2] < 250
        assert Flag.KEY in viewer.pictures[0].header.flags
        server.process.terminate()
        await viewer.until_closed()
        await until(lambda: server.process.poll() is not None, 8)
    if server.name == "web":
        assert server.process.returncode == 0


async def test_a_viewer_that_never_acknowledges_is_bounded_where_the_socket_says_nothing(
    server: Running, installation: Installation, redis_url: str
) -> None:
    headers = {"Authorization": f"Bearer {installation.token}"}
    async with broadcasting(redis_url, size=50_000), live_viewer(server.url, headers, acknowledges=False) as viewer:
        if server.name == "web":
            await viewer.until_pictures(90)
            return
        await viewer.until(lambda viewer: len(viewer.told("stats")) >= 3, "stats")
        assert viewer.told("stats")[-1]["sent_bytes"] < 1_300_000
        last = viewer.pictures[-1].header
        await viewer.say(type="ack", seq=last.sequence, generation=last.generation)
        await viewer.until(lambda viewer: viewer.pictures[-1].header.sequence > last.sequence + 30, "pictures after the acknowledgement")
        assert viewer.told("gap")[0]["reason"] == "slow"


async def test_strangers_are_told_before_the_end(server: Running, installation: Installation) -> None:
    async with live_viewer(server.url) as viewer:
        assert await viewer.until_closed() == 4401
    assert viewer.told("error")[0]["code"] == "unauthenticated"
    async with live_viewer(f"{server.url}?ticket=made-up") as viewer:
        assert await viewer.until_closed() == 4408


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(json.loads(answer.read() or b"{}") is not None)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
