"""From what a camera notices to an event in the database: the whole way, with a camera that restarts in the middle."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from channels.db import database_sync_to_async as in_thread
from django.db import OperationalError

from cameras.control import listener as listening
from cameras.control.listener import Listener
from cameras.models import HeadMove, OnvifDevice
from cameras.onvif.notices import Notice, NoticeKind
from nvr import camera_events
from nvr.camera_events import CameraEvents
from recordings.models import Event
from tests.support.control import control_room, set_up
from tests.support.live_server import running
from tests.support.onvif.answers import fault
from tests.support.onvif.camera import StubCamera, onvif_camera
from tests.support.onvif.pullpoint import message, motion
from tests.support.people import House


@pytest.fixture(autouse=True)
def _room(transactional_db: None) -> Iterator[None]:
    with control_room():
        yield


def house_with(camera: StubCamera) -> House:
    house = House()
    set_up(house.camera, camera)
    OnvifDevice.objects.update(takes_events=True)
    return house


@asynccontextmanager
async def heard(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    monkeypatch.setattr(listening, "LOOK_EVERY_S", 0.1)
    listener = Listener(CameraEvents(), pause_s=lambda _: 0.1)

    async def run() -> None:
        while True:
            with suppress(OperationalError):  # as of a database in memory, see below
                await listener.run()

    try:
        async with running(run()):
            yield
    finally:
        await listener.aclose()


async def wait_until(question: Callable[[], Any], seconds: float = 10) -> Any:
    """Its first answer that is true, asked of the database; one in memory has no waiting for each other."""
    async with asyncio.timeout(seconds):
        while True:
            with suppress(OperationalError):
                if answer := await in_thread(question)():
                    return answer
            await asyncio.sleep(0.1)


def going_on() -> list[Event]:
    return list(Event.objects.filter(end_ms__isnull=True))


def is_listening() -> bool:
    return OnvifDevice.objects.filter(events_state="listening").exists()


async def test_motion_at_the_camera_becomes_an_event(monkeypatch: pytest.MonkeyPatch) -> None:
    with onvif_camera() as camera:
        house = await in_thread(house_with)(camera)
        async with heard(monkeypatch):
            await wait_until(lambda: camera.pullpoints.created)
            camera.pullpoints.send(motion(True))
            [event] = await wait_until(going_on)
            assert (event.kind, event.camera_id, event.subject) == ("camera_motion", house.camera.pk, "Motion")
            assert abs(event.start_ms - time.time() * 1000) < 3000
            camera.pullpoints.send(
                motion(False), message("tns1:RuleEngine/LineDetector/Crossed", source={"Rule": "Door"}, data={"ObjectId": "1"})
            )
            crossed = await wait_until(lambda: Event.objects.filter(kind="line").first())
            assert crossed.end_ms == crossed.start_ms + 1000
            assert await in_thread(going_on)() == []
            assert await in_thread(is_listening)()


async def test_a_camera_that_restarts_in_the_middle_is_heard_again(monkeypatch: pytest.MonkeyPatch) -> None:
    camera = StubCamera()
    with onvif_camera(camera):
        await in_thread(house_with)(camera)
        async with heard(monkeypatch):
            await wait_until(lambda: camera.pullpoints.created)
            camera.pullpoints.send(motion(True))
            await wait_until(going_on)
            camera.pullpoints.initial = [motion(False, operation="Initialized")]
            camera.pullpoints.lose()
            await wait_until(lambda: camera.pullpoints.created == 2)
            await wait_until(lambda: not going_on())
            camera.pullpoints.send(motion(True))
            await wait_until(going_on)


async def test_a_camera_that_is_gone_is_told_and_what_went_on_there_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    camera = StubCamera()
    with onvif_camera(camera):
        await in_thread(house_with)(camera)
        async with heard(monkeypatch):
            await wait_until(lambda: camera.pullpoints.created)
            camera.pullpoints.send(motion(True))
            await wait_until(going_on)
            camera.instead["CreatePullPointSubscription"] = fault("InvalidArgVal", "out of order")
            camera.statuses["CreatePullPointSubscription"] = 400
            camera.pullpoints.lose()
            device = await wait_until(lambda: OnvifDevice.objects.filter(events_state="down").first())
            assert "out of order" in device.events_reason
            await wait_until(lambda: not going_on())
            camera.instead.clear()
            await wait_until(is_listening)


async def test_switching_it_off_ends_what_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with onvif_camera() as camera:
        await in_thread(house_with)(camera)
        async with heard(monkeypatch):
            await wait_until(lambda: camera.pullpoints.created)
            camera.pullpoints.send(motion(True))
            await wait_until(going_on)
            await wait_until(lambda: OnvifDevice.objects.update(takes_events=False))
            await wait_until(lambda: not going_on())
            await wait_until(lambda: OnvifDevice.objects.get().events_state == "off")
            assert camera.pullpoints.unsubscribed == 1


def test_told_again_it_changes_nothing(house: House) -> None:
    taking = CameraEvents()
    now_ms = time.time_ns() // 1_000_000
    on = Notice(NoticeKind.OBJECT, "Yard person", True, now_ms, ("person",))
    taking.noticed(house.camera.pk, [on, on])
    [event] = going_on()
    assert (event.kind, event.labels) == ("camera_motion", [{"label": "person", "score": None}])
    other = Notice(NoticeKind.OBJECT, "Yard vehicle", True, now_ms, ("vehicle",))
    taking.noticed(house.camera.pk, [other])
    assert len(going_on()) == 2, "of two rules, two"
    crossed = Notice(NoticeKind.LINE, "Door", None, now_ms)
    taking.noticed(house.camera.pk, [crossed, crossed, Notice(NoticeKind.LINE, "Door", None, now_ms, is_initial=True)])
    assert Event.objects.filter(kind="line").count() == 1
    taking.noticed(house.camera.pk, [Notice(NoticeKind.INPUT, "in1", False, now_ms, is_initial=True)])
    assert not Event.objects.filter(kind="input").exists()
    taking.lost_all()
    assert going_on() == []


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What time it is, to be changed."""
    now = [1_800_000_000_000]
    monkeypatch.setattr(camera_events, "_now_ms", lambda: now[0])
    return now


def turned(house: House, start_ms: int, end_ms: int) -> None:
    HeadMove.objects.create(camera=house.camera, start_ms=start_ms, end_ms=end_ms, is_by_person=False)


def test_on_a_tour_the_turning_itself_is_no_motion(house: House, clock: list[int]) -> None:
    taking = CameraEvents()
    for _ in range(4):
        start_ms = clock[0]
        turned(house, start_ms, start_ms + 4_000)
        # By the camera's clock it begins too early; it is told again and again, and has its echo at the stop.
        for after_ms, is_on in ((200, True), (2_000, True), (3_000, None), (9_000, True), (12_000, False)):
            clock[0] = start_ms + after_ms
            taking.noticed(house.camera.pk, [Notice(NoticeKind.MOTION, "Motion", is_on, clock[0] - 900)])
            taking.noticed(house.camera.pk, [])
        clock[0] = start_ms + 14_000
    assert not Event.objects.exists()
    turned(house, clock[0], clock[0] + 4_000)
    taking.noticed(house.camera.pk, [Notice(NoticeKind.TAMPER, "Lens", True, clock[0])])
    taking.noticed(house.camera.pk, [Notice(NoticeKind.OBJECT, "Yard person", True, clock[0], ("person",))])
    taking.noticed(house.other.pk, [Notice(NoticeKind.MOTION, "Motion", True, clock[0])])
    assert Event.objects.count() == 3, "what turning doesn't cause, and what another camera sees"


def test_motion_that_outlasts_the_turning_is_told_then(house: House, clock: list[int]) -> None:
    taking = CameraEvents()
    turned(house, clock[0], end_ms := clock[0] + 4_000)
    taking.noticed(house.camera.pk, [Notice(NoticeKind.MOTION, "Motion", True, clock[0] + 1_000)])
    clock[0] = end_ms + 14_999
    taking.noticed(house.camera.pk, [])
    assert going_on() == []
    clock[0] += 1
    taking.noticed(house.camera.pk, [])
    [event] = going_on()
    assert event.start_ms == end_ms
    # While it goes on the camera turns again, which neither ends it nor begins another one.
    turned(house, clock[0], clock[0] + 4_000)
    taking.noticed(house.camera.pk, [Notice(NoticeKind.MOTION, "Motion", True, clock[0] + 2_000)])
    taking.noticed(house.camera.pk, [Notice(NoticeKind.MOTION, "Motion", False, clock[0] + 3_000)])
    assert Event.objects.get().end_ms == clock[0] + 3_000


async def test_what_was_withheld_is_told_although_the_camera_says_nothing_new(monkeypatch: pytest.MonkeyPatch) -> None:
    with onvif_camera() as camera:
        house = await in_thread(house_with)(camera)
        now_ms = time.time_ns() // 1_000_000
        await in_thread(turned)(house, now_ms - 4_000, now_ms)
        camera.pullpoints.initial = [motion(True, operation="Initialized")]
        async with heard(monkeypatch):
            await wait_until(lambda: camera.asked.count("PullMessages") > 1)
            await wait_until(lambda: not going_on())
            monkeypatch.setattr(camera_events, "_ECHO_MS", 0)
            camera.pullpoints.send(message("tns1:Device/HardwareFailure/FanFailure", source={"Token": "fan"}, data={"Failed": "false"}))
            [event] = await wait_until(going_on)
            assert event.kind == "camera_motion"


def test_it_is_said_in_a_sentence(house: House) -> None:
    now_ms = time.time_ns() // 1_000_000
    CameraEvents().noticed(house.camera.pk, [Notice(NoticeKind.OBJECT, "Yard person", True, now_ms, ("person",))])
    [found] = house.api("alice").get("/api/v1/events/").json()["results"]
    assert (found["kind"], found["text"], found["labels"]) == (
        "camera_motion",
        "The camera noticed person",
        [{"label": "person", "score": None}],
    )
