"""`manage.py ingest` as a process: real camera, real Redis, a database file that others write to meanwhile."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from streaming.bus.redis import RedisReader
from streaming.media.packet import MediaPacket, Role, StreamKey
from tests.support.processes import wait_for
from tests.support.rtsp_camera import TestCamera
from tests.support.stoppable_redis import stoppable_redis

pytestmark = pytest.mark.timeout(240)
_SEED = "from cameras.services import add_camera; add_camera(name='Front door', url='rtsp://127.0.0.1:9/none')"
STREAM = StreamKey(1, Role.MAIN)


def environment(data_dir: Path, redis_url: str) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("NVR_") and name != "DATABASE_URL"}
    return {**ours, "NVR_DATA_DIR": str(data_dir), "REDIS_URL": redis_url}


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Path:
    data_dir = tmp_path_factory.mktemp("seeded")
    for words in (["migrate", "--verbosity", "0"], ["shell", "--verbosity", "0", "-c", _SEED]):
        subprocess.run([sys.executable, "manage.py", *words], env=environment(data_dir, redis_url), timeout=120, check=True)
    return data_dir


class Ingest:
    def __init__(self, process: subprocess.Popen[bytes], data_dir: Path, redis_url: str) -> None:
        self.process = process
        self.redis_url = redis_url
        self._database = data_dir / "nvr.sqlite3"

    def database(self) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(self._database, timeout=30))

    def update(self, table: str, column: str, value: object) -> None:
        with self.database() as database, database:
            database.execute(f"UPDATE {table} SET {column}=?", (value,))  # noqa: S608 - names from this file

    def state(self) -> tuple[str, str]:
        with self.database() as database:
            return tuple(database.execute("SELECT state, state_reason FROM cameras_camera").fetchone())

    def is_publishing(self) -> bool:
        """True when a reader gets a picture captured within the last second."""

        async def newest() -> MediaPacket | None:
            found = await RedisReader(self.redis_url).newest_gop(STREAM)
            return found[1][-1] if found else None

        try:
            packet = asyncio.run(newest())
        except OSError:
            return False
        return packet is not None and time.time() * 1000 - packet.captured_at_ms < 1000


@contextmanager
def running(seeded: Path, tmp_path: Path, redis_url: str, camera: TestCamera) -> Iterator[Ingest]:
    data_dir = tmp_path / "data"
    shutil.copytree(seeded, data_dir)
    process = subprocess.Popen([sys.executable, "manage.py", "ingest"], env=environment(data_dir, redis_url))
    ingest = Ingest(process, data_dir, redis_url)
    ingest.update("cameras_stream", "url", camera.url())
    try:
        yield ingest
    finally:
        process.terminate()
        try:
            process.wait(10)
        finally:
            process.kill()
            process.wait()


def seconds_until(condition: Callable[[], object], what: str) -> float:
    began = time.monotonic()
    wait_for(condition, seconds=20, what=what)
    return time.monotonic() - began


@pytest.mark.alone
def test_changes_in_the_database_take_effect_without_a_restart(seeded: Path, tmp_path: Path, redis_url: str) -> None:
    with TestCamera({"/a": "h264", "/b": "h264_sub"}) as camera, running(seeded, tmp_path, redis_url, camera) as ingest:
        wait_for(lambda: ingest.state()[0] == "live", seconds=20, what="the first picture")
        ingest.update("cameras_stream", "url", camera.url("/b"))
        assert seconds_until(lambda: camera.watching("/b") == 1, "the other stream") < 3
        assert camera.watching("/a") == 0
        ingest.update("cameras_camera", "is_enabled", 0)
        assert seconds_until(lambda: ingest.state() == ("off", "switched off"), "the end of the stream") < 3
        wait_for(lambda: camera.connections == 0, what="the goodbye")
        ingest.update("cameras_camera", "is_enabled", 1)
        wait_for(lambda: ingest.state() == ("live", ""), what="the way back")


def test_redis_may_go_and_come_back(seeded: Path, tmp_path: Path) -> None:
    with stoppable_redis() as redis, TestCamera("h264") as camera, running(seeded, tmp_path, redis.url, camera) as ingest:
        wait_for(ingest.is_publishing, seconds=20, what="the first picture")
        redis.kill()
        redis.start()
        wait_for(ingest.is_publishing, what="pictures after Redis")
        assert camera.connections_total == 1, "the camera's connection does not depend on Redis"


def test_a_locked_database_holds_up_nothing_but_states(seeded: Path, tmp_path: Path, redis_url: str) -> None:
    with TestCamera("h264") as camera, running(seeded, tmp_path, redis_url, camera) as ingest:
        wait_for(lambda: ingest.state()[0] == "live" and ingest.is_publishing(), seconds=20, what="the first picture")
        with ingest.database() as database:
            database.execute("BEGIN IMMEDIATE")
            camera.stop()
            camera.start()
            wait_for(lambda: camera.watching() == 1 and ingest.is_publishing(), what="the next connection")
            camera.stop()
            database.rollback()
        wait_for(lambda: ingest.state()[0] == "down", what="the state of now")


def test_a_clean_stop_says_goodbye_and_leaves_the_state_off(seeded: Path, tmp_path: Path, redis_url: str) -> None:
    with TestCamera("h264") as camera, running(seeded, tmp_path, redis_url, camera) as ingest:
        wait_for(lambda: ingest.state()[0] == "live", seconds=20, what="the first picture")
        ingest.process.terminate()
        assert ingest.process.wait(5) == 0
        assert ingest.state() == ("off", "the ingest process is stopped")
        assert camera.counters.requests["TEARDOWN"] == 1
