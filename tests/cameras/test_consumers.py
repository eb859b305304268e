from __future__ import annotations

from typing import Any

import pytest
from channels.db import database_sync_to_async as in_thread
from django.utils import timezone
from knox.models import AuthToken

from cameras import events
from cameras.consumers import EventsConsumer
from cameras.models import Action, Camera, Grant
from cameras.services import add_camera, change_camera, remove_camera, set_status
from nvr.people import tickets
from nvr.people.tokens import create_token
from tests.support.people import House
from tests.support.sockets import browser_headers, closed_with, connected

PATH = "/ws/events/"


@pytest.fixture
def house(transactional_db: None) -> House:
    return House()


@pytest.fixture
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EventsConsumer, "look_every_s", 0.05)


async def states(socket: Any, count: int) -> dict[str, str]:
    messages = [await socket.receive_json_from(timeout=5) for _ in range(count)]
    assert {message["type"] for message in messages} == {"camera.state"}
    return {message["camera"]: message["state"] for message in messages}


async def test_states_are_told_at_once_and_as_they_change(house: House) -> None:
    async with connected(PATH, await in_thread(browser_headers)(house, "alice")) as socket:
        assert await states(socket, 2) == {"front-door": "off", "garden": "off"}
        await in_thread(set_status)(house.other.pk, "main", "down", "refused")
        event = await socket.receive_json_from(timeout=5)
        assert (event["type"], event["camera"], event["state"], event["reason"]) == ("camera.state", "garden", "down", "refused")
        assert event["changed_at"]


async def test_viewer_hears_of_their_cameras_only(house: House) -> None:
    token = await in_thread(create_token)(house.bob)
    async with connected(PATH, [(b"authorization", f"Bearer {token}".encode())]) as socket:
        assert await states(socket, 1) == {"front-door": "off"}
        await in_thread(set_status)(house.other.pk, "main", "live", "")
        await in_thread(set_status)(house.camera.pk, "main", "live", "")
        assert await states(socket, 1) == {"front-door": "live"}


async def test_ticket_is_for_its_camera(house: House) -> None:
    ticket = tickets.issue(house.alice, house.camera, "view")
    async with connected(f"{PATH}?ticket={ticket}", []) as socket:
        assert await states(socket, 1) == {"front-door": "off"}
        progress = events.ExportProgress(type="export.progress", export="e", state="done", progress=1, size_bytes=1, error="")
        await in_thread(events.publish_to_user)(house.alice.pk, progress)
        assert await socket.receive_nothing(timeout=0.1)


async def test_cameras_come_change_and_go(house: House) -> None:
    async with connected(PATH, await in_thread(browser_headers)(house, "alice")) as socket:
        await states(socket, 2)
        shed = await in_thread(add_camera)(name="Shed", url="rtsp://shed/x")
        added = await socket.receive_json_from(timeout=5)
        assert added == {"type": "camera.added", "camera": "shed", "name": "Shed"}
        assert await states(socket, 1) == {"shed": "off"}
        await in_thread(change_camera)(shed, name="Barn", by=house.alice)
        assert await socket.receive_json_from(timeout=5) == {"type": "camera.renamed", "camera": "shed", "name": "Barn"}
        await in_thread(set_status)(shed.pk, "main", "live", "")
        assert await states(socket, 1) == {"shed": "live"}
        await in_thread(remove_camera)(shed)
        assert await socket.receive_json_from(timeout=5) == {"type": "camera.removed", "camera": "shed"}


async def test_what_concerns_the_installation_is_for_staff(house: House, quick_looks: None) -> None:
    event = events.StorageState(type="storage.state", volume="recordings", state="full", reason="no room")
    token = await in_thread(create_token)(house.bob)
    async with (
        connected(PATH, await in_thread(browser_headers)(house, "alice")) as staff,
        connected(PATH, [(b"authorization", f"Bearer {token}".encode())]) as viewer,
    ):
        await states(staff, 2)
        await states(viewer, 1)
        await in_thread(events.publish_to_staff)(event)
        assert await staff.receive_json_from(timeout=5) == event
        assert await viewer.receive_nothing(timeout=0.1)
        house.bob.is_staff = True
        await house.bob.asave()
        while await viewer.receive_nothing(timeout=0.1):
            await in_thread(events.publish_to_staff)(event)
        assert await viewer.receive_json_from(timeout=5) == event


async def test_granted_and_withdrawn_rights_show_without_reconnecting(house: House, quick_looks: None) -> None:
    async with connected(PATH, await in_thread(browser_headers)(house, "bob")) as socket:
        await states(socket, 1)
        grant = await Grant.objects.acreate(user=house.bob, camera=house.other, action=Action.VIEW)
        assert (await socket.receive_json_from(timeout=5))["type"] == "camera.added"
        assert await states(socket, 1) == {"garden": "off"}
        await grant.adelete()
        assert await socket.receive_json_from(timeout=5) == {"type": "camera.removed", "camera": "garden"}


async def test_state_whose_event_was_lost_is_told_at_the_next_look(house: House, quick_looks: None) -> None:
    async with connected(PATH, await in_thread(browser_headers)(house, "bob")) as socket:
        await states(socket, 1)
        await Camera.objects.filter(pk=house.camera.pk).aupdate(state="live")
        assert await states(socket, 1) == {"front-door": "live"}


async def test_connection_ends_with_the_session(house: House, quick_looks: None) -> None:
    async with connected(PATH, await in_thread(browser_headers)(house, "bob")) as socket:
        await states(socket, 1)
        house.bob.is_active = False
        await house.bob.asave()
        assert await closed_with(socket) == 4401


async def test_strangers_and_foreign_pages_are_told_and_closed(house: House) -> None:
    foreign = await in_thread(browser_headers)(house, "alice", "http://evil.example")
    for headers, path, code in (
        (await in_thread(browser_headers)(house, "nobody"), PATH, 4401),
        (foreign, PATH, 4403),
        ([], f"{PATH}?ticket=old", 4408),
    ):
        async with connected(path, headers) as socket:
            assert await closed_with(socket) == code


async def test_what_a_viewer_says_is_ignored(house: House) -> None:
    async with connected(PATH, await in_thread(browser_headers)(house, "bob")) as socket:
        await states(socket, 1)
        await socket.send_to(text_data="{not json")
        await socket.send_to(bytes_data=b"\x00")
        await in_thread(set_status)(house.camera.pk, "main", "live", "")
        assert await states(socket, 1) == {"front-door": "live"}


async def test_connection_ends_with_its_token_or_ticket(house: House, quick_looks: None) -> None:
    bob = await in_thread(house.api)("bob")
    ticket = (await in_thread(bob.post)("/api/v1/cameras/front-door/ticket/")).json()["ticket"]
    token = await in_thread(create_token)(house.bob)
    async with connected(PATH, [(b"authorization", f"Bearer {token}".encode())]) as one, connected(f"{PATH}?ticket={ticket}", []) as two:
        assert await states(one, 1) == await states(two, 1)
        await AuthToken.objects.all().adelete()
        assert (await closed_with(one), await closed_with(two)) == (4401, 4408)


async def test_a_right_that_ends_by_the_clock_ends_its_news(house: House, quick_looks: None) -> None:
    async with connected(PATH, await in_thread(browser_headers)(house, "bob")) as socket:
        await states(socket, 1)
        await Grant.objects.aupdate(valid_until=timezone.now())
        assert await socket.receive_json_from(timeout=5) == {"type": "camera.removed", "camera": "front-door"}
