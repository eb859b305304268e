"""/ws/ptz/: the whole way from a message to a camera that turns, and every way in which it stops."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from channels.db import database_sync_to_async as in_thread
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone
from knox.models import AuthToken

from cameras.consumers.ptz import BadMessage, PtzConsumer, read_message
from cameras.models import Action, Grant, HeadMove
from tests.support.control import control_room, set_up
from tests.support.ipycam_camera import Ipycam, ipycam
from tests.support.live_server import until
from tests.support.onvif.camera import StubCamera, onvif_camera
from tests.support.people import House
from tests.support.sockets import browser_headers, closed_with, connected

PATH = "/ws/ptz/front-door/"
RIGHT = {"type": "move", "pan": 0.2}


@pytest.fixture(autouse=True)
def _room(transactional_db: None) -> Iterator[None]:
    with control_room():
        yield


@pytest.fixture
def camera() -> Iterator[StubCamera]:
    """One that ignores the timeout of a move: what stops it is our side."""
    camera = StubCamera()
    camera.head.ignores_timeouts = True
    with onvif_camera(camera):
        yield camera


@pytest.fixture
def home(camera: StubCamera) -> House:
    house = House()
    set_up(house.camera, camera)
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.PTZ)
    return house


@asynccontextmanager
async def at_the_helm(house: House, person: str) -> AsyncIterator[Any]:
    async with connected(PATH, await in_thread(browser_headers)(house, person)) as socket:
        ready = await socket.receive_json_from(timeout=5)
        assert ready["type"] == "ready", ready
        yield socket


async def heard(socket: Any, kind: str) -> dict[str, Any]:
    """The next message of that type."""
    async with asyncio.timeout(5):
        while True:
            message: dict[str, Any] = await socket.receive_json_from(timeout=5)
            if message["type"] == kind:
                return message


async def turning(socket: Any, camera: StubCamera | Ipycam) -> None:
    """A key that is held until the camera turns; in a process that has just connected its first camera, pressed again after a stall."""
    device = camera.head if isinstance(camera, StubCamera) else camera
    async with asyncio.timeout(10):
        while not device.is_moving:
            await socket.send_json_to(RIGHT)
            await asyncio.sleep(0.1)


@pytest.mark.alone
async def test_hold_and_release(home: House, camera: StubCamera) -> None:
    async with at_the_helm(home, "bob") as socket:
        await turning(socket, camera)
        for _ in range(8):
            await asyncio.sleep(0.15)
            await socket.send_json_to({"type": "beat"})
        assert camera.head.is_moving
        await socket.send_json_to({"type": "stop"})
        await until(lambda: not camera.head.is_moving, 1)
    assert "Stop" in camera.head.commands


@pytest.mark.alone
async def test_without_beats_it_stops_and_says_so(home: House, camera: StubCamera) -> None:
    async with at_the_helm(home, "bob") as socket:
        await turning(socket, camera)
        begin = time.monotonic()
        await until(lambda: not camera.head.is_moving, 1)
        assert time.monotonic() - begin < 1
        assert (await heard(socket, "stopped"))["message"] == "Stopped: nothing was heard from you."


@pytest.mark.alone
async def test_when_the_connection_ends_it_stops(home: House, camera: StubCamera) -> None:
    async with at_the_helm(home, "bob") as socket:
        await turning(socket, camera)
        begin = time.monotonic()
    await until(lambda: not camera.head.is_moving, 1)
    assert time.monotonic() - begin < 0.6


@pytest.mark.alone
async def test_when_the_right_ends_it_stops(home: House, camera: StubCamera, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PtzConsumer, "look_every_s", 0.1)
    async with at_the_helm(home, "bob") as socket:
        await turning(socket, camera)
        await in_thread(Grant.objects.filter(user=home.bob, action=Action.PTZ).delete)()
        assert await closed_with(socket) == 4403
        await until(lambda: not camera.head.is_moving, 1)


@pytest.mark.parametrize("ending", ["session", "account", "clock", "token", "ticket"])
async def test_the_helm_is_lost_with_whatever_it_was_taken_by(home: House, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PtzConsumer, "look_every_s", 0.05)
    api = await in_thread(home.api)("bob")
    bearer = [(b"authorization", api._credentials["HTTP_AUTHORIZATION"].encode())]
    asked = await in_thread(api.post)("/api/v1/cameras/front-door/ticket/", {"action": "ptz"}, format="json")
    ways = {"token": (PATH, bearer), "ticket": (f"{PATH}?ticket={asked.json()['ticket']}", [])}
    path, headers = ways.get(ending) or (PATH, await in_thread(browser_headers)(home, "bob"))
    endings = {
        "session": Session.objects.all().delete,
        "account": lambda: User.objects.filter(pk=home.bob.pk).update(is_active=False),
        "clock": lambda: Grant.objects.update(valid_until=timezone.now()),
    }
    async with connected(path, headers) as socket:
        assert (await socket.receive_json_from(timeout=5))["type"] == "ready"
        await in_thread(endings.get(ending, AuthToken.objects.all().delete))()
        assert await closed_with(socket) == 4403


@pytest.mark.alone
async def test_only_one_steers_and_the_other_learns_who(home: House, camera: StubCamera) -> None:
    await in_thread(Grant.objects.create)(user=home.charlie, camera=home.camera, action=Action.PTZ)
    async with at_the_helm(home, "bob") as bob, at_the_helm(home, "charlie") as charlie:
        await turning(bob, camera)
        assert (await heard(charlie, "steering"))["by"] == "bob"
        await charlie.send_json_to({"type": "move", "pan": -0.2})
        refusal = await heard(charlie, "refused")
        assert (refusal["by"], refusal["may_take_over"]) == ("bob", False)
        assert refusal["message"].startswith("bob is steering this camera; it is free in")
        await charlie.send_json_to({"type": "take", "take_over": True})
        assert (await heard(charlie, "refused"))["by"] == "bob"
        await bob.send_json_to({"type": "release"})
        assert (await heard(charlie, "steering"))["by"] is None
        await until(lambda: not camera.head.is_moving, 1)
        await charlie.send_json_to({"type": "move", "tilt": 0.2})
        async with asyncio.timeout(5):
            while (await heard(bob, "steering"))["by"] != "charlie":
                pass


@pytest.mark.alone
async def test_who_ranks_higher_takes_over_and_the_move_ends(home: House, camera: StubCamera) -> None:
    async with at_the_helm(home, "bob") as bob, at_the_helm(home, "carol") as carol:
        await turning(bob, camera)
        await carol.send_json_to({"type": "take"})
        assert (await heard(carol, "refused"))["may_take_over"] is True
        await carol.send_json_to({"type": "take", "take_over": True})
        assert (await heard(bob, "stopped"))["message"] == "carol has taken over."
        await until(lambda: not camera.head.is_moving, 1)
        await bob.send_json_to(RIGHT)
        assert (await heard(bob, "refused"))["by"] == "carol"


@pytest.mark.alone
async def test_more_than_a_hand_can_do_is_refused_and_stops(home: House, camera: StubCamera) -> None:
    async with at_the_helm(home, "bob") as socket:
        await turning(socket, camera)
        for _ in range(80):
            await socket.send_json_to({"type": "beat"})
        assert await closed_with(socket) == 4429
        await until(lambda: not camera.head.is_moving, 1)


async def test_a_camera_that_is_gone_is_told(home: House, camera: StubCamera) -> None:
    camera.instead["ContinuousMove"] = b"<html>"
    camera.instead["GetNodes"] = b"<html>"
    async with at_the_helm(home, "bob") as socket:
        assert "does not speak ONVIF" in (await heard(socket, "trouble"))["message"]
        del camera.instead["GetNodes"]
        await until(lambda: "GetNodes" in camera.asked, 5)
        async with asyncio.timeout(8):
            while "ContinuousMove" not in camera.asked:
                await socket.send_json_to(RIGHT)
                await asyncio.sleep(0.1)
        assert "does not speak ONVIF" in (await heard(socket, "stopped"))["message"]


async def test_a_camera_that_can_t_be_turned_has_no_helm() -> None:
    house = await in_thread(House)()
    async with connected(PATH, await in_thread(browser_headers)(house, "alice")) as socket:
        error = await socket.receive_json_from(timeout=5)
        assert error == {"type": "error", "code": "not_found", "message": "Turning this camera has not been set up."}
        assert await socket.receive_output(timeout=5) == {"type": "websocket.close", "code": 4404}


async def test_to_view_is_not_to_turn(camera: StubCamera) -> None:
    house = await in_thread(House)()
    await in_thread(set_up)(house.camera, camera)
    async with connected(PATH, await in_thread(browser_headers)(house, "bob")) as socket:
        assert await closed_with(socket) == 4403


@pytest.mark.alone
async def test_that_it_turned_is_written_down(home: House, camera: StubCamera) -> None:
    async with at_the_helm(home, "bob") as socket:
        await turning(socket, camera)
        await socket.send_json_to({"type": "stop"})
        await until(lambda: not camera.head.is_moving, 1)
    with control_room():
        pass
    move = await in_thread(HeadMove.objects.get)(camera=home.camera)
    assert 0 < move.end_ms - move.start_ms < 5000


@pytest.mark.alone
@pytest.mark.peer
async def test_a_camera_of_another_make_stands_still_when_the_browser_is_gone() -> None:
    house = await in_thread(House)()
    with ipycam() as camera:
        await in_thread(set_up)(house.camera, camera)
        async with at_the_helm(house, "alice") as socket:
            await turning(socket, camera)
            begin = time.monotonic()
        await until(lambda: not camera.is_moving, 1)
        assert time.monotonic() - begin < 1


@pytest.mark.parametrize(
    "text",
    ["", "x", "[]", "{}", '{"type": "fly"}', '{"type": "move", "pan": 2}', '{"type": "move", "pan": "1"}', '{"type": "move", "tilt": true}',
     '{"type": "move", "zoom": NaN}', "[" * 400, " " * 501],
)  # fmt: skip
def test_what_is_no_message(text: str) -> None:
    with pytest.raises(BadMessage):
        read_message(text)


@pytest.mark.alone
async def test_a_bad_message_ends_the_connection(home: House, camera: StubCamera) -> None:
    async with at_the_helm(home, "bob") as socket:
        await turning(socket, camera)
        await socket.send_to(text_data=json.dumps({"type": "fly"}))
        assert await closed_with(socket) == 4400
        await until(lambda: not camera.head.is_moving, 1)
