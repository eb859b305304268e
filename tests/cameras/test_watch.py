"""The watch stops what nobody answers for, and leaves alone what somebody does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import redis.asyncio

from cameras.control.devices import Devices, DeviceSettings
from cameras.control.marks import Marks
from cameras.control.watch import Watch
from tests.support.live_server import running, until
from tests.support.onvif.camera import StubCamera, onvif_camera

CAMERA_ID = 7001


@pytest.fixture(autouse=True)
async def _no_marks(redis_url: str) -> AsyncIterator[None]:
    async with redis.asyncio.Redis.from_url(redis_url) as connection:
        await connection.delete("nvr:ptz:turning")
        yield


@asynccontextmanager
async def watching(camera: StubCamera, marks: Marks) -> AsyncIterator[Devices]:
    async def settings_of(camera_id: int) -> DeviceSettings | None:
        return DeviceSettings(camera_id, camera.address, camera.credentials) if camera_id == CAMERA_ID else None

    devices = Devices()
    watch = Watch(devices, marks, settings_of)
    async with running(watch.run()):
        yield devices
    await watch.aclose()
    await devices.aclose()


@pytest.mark.alone
async def test_a_camera_nobody_answers_for_is_stopped(redis_url: str) -> None:
    camera, marks = StubCamera(), Marks(redis_url)
    camera.head.ignores_timeouts = True
    with onvif_camera(camera):
        async with watching(camera, marks):
            await marks.answer_for(CAMERA_ID, 1.5)
            camera.head.turn((0.1, 0, 0), None)
            begin = time.monotonic()
            await until(lambda: not camera.head.is_moving, 5)
            assert time.monotonic() - begin >= 1.4, "not while somebody answers for it"
            async with asyncio.timeout(2):
                while await marks.all():
                    await asyncio.sleep(0.02)
    await marks.aclose()


@pytest.mark.alone
async def test_a_camera_that_is_answered_for_is_left_alone(redis_url: str) -> None:
    camera, marks = StubCamera(), Marks(redis_url)
    with onvif_camera(camera):
        async with watching(camera, marks):
            for _ in range(10):
                await marks.answer_for(CAMERA_ID, 0.5)
                await asyncio.sleep(0.1)
            assert "Stop" not in camera.asked
            await marks.is_still(CAMERA_ID)
            assert await marks.all() == {}
    await marks.aclose()


async def test_a_camera_that_is_out_of_reach_for_a_while_is_stopped_then(redis_url: str) -> None:
    camera, marks = StubCamera(), Marks(redis_url)
    camera.instead["Stop"] = camera.instead["ContinuousMove"] = b"<html>"
    with onvif_camera(camera):
        async with watching(camera, marks):
            await marks.answer_for(CAMERA_ID, 0)
            await until(lambda: camera.asked.count("Stop") >= 2, 10)
            camera.instead.clear()
            await until(lambda: "Stop" in camera.head.commands, 5)
    await marks.aclose()


async def test_marks_of_cameras_that_are_gone_go(redis_url: str) -> None:
    camera, marks = StubCamera(), Marks(redis_url)
    with onvif_camera(camera):
        async with watching(camera, marks):
            await marks.answer_for(4711, 0)
            async with asyncio.timeout(5):
                while await marks.all():
                    await asyncio.sleep(0.02)
    await marks.aclose()


async def test_without_redis_nothing_is_known_and_nothing_fails() -> None:
    marks = Marks("redis://127.0.0.1:9/0")
    await marks.answer_for(1, 1)
    assert await marks.all() == {}
    await marks.aclose()
