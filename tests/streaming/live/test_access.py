"""Who gets in: alice owns everything, bob may view the front door, charlie may nothing; and what the refused are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from channels.db import database_sync_to_async as in_thread
from django.utils import timezone
from knox.models import AuthToken

from cameras.consumers import events, ptz
from cameras.models import Grant
from nvr.people import tickets
from nvr.people.tokens import create_token
from streaming.wiring import live as wiring
from streaming.wiring import rights
from tests.support.people import House
from tests.support.sockets import browser_headers, closed_with, connected

PATH = "/ws/live/front-door/"


@pytest.fixture
def house(transactional_db: None) -> House:
    return House()


@pytest.fixture
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rights, "ASK_EVERY_S", 0.05)


async def bearer(house: House, person: str) -> list[tuple[bytes, bytes]]:
    token = await in_thread(create_token)(house.person(person))
    return [(b"authorization", f"Bearer {token}".encode())]


async def is_let_in(socket: Any) -> bool:
    await socket.send_to(text_data='{"type":"ping","id":1,"client_ms":1}')
    answer = await socket.receive_json_from(timeout=5)
    return bool(answer["type"] == "pong")


@pytest.mark.parametrize(("person", "code"), [("alice", None), ("bob", None), ("charlie", 4403), ("nobody", 4401)])
async def test_browsers_come_with_a_session(house: House, person: str, code: int | None) -> None:
    async with connected(PATH, await in_thread(browser_headers)(house, person)) as socket:
        if code is None:
            assert await is_let_in(socket)
        else:
            assert await closed_with(socket) == code


@pytest.mark.parametrize(("person", "code"), [("alice", None), ("bob", None), ("charlie", 4403)])
async def test_programs_come_with_a_token(house: House, person: str, code: int | None) -> None:
    async with connected(PATH, await bearer(house, person)) as socket:
        if code is None:
            assert await is_let_in(socket)
        else:
            assert await closed_with(socket) == code


async def test_tickets_open_their_camera_only(house: House) -> None:
    ticket = tickets.issue(house.bob, house.camera, "view")
    async with connected(f"{PATH}?ticket={ticket}", []) as socket:
        assert await is_let_in(socket)
    async with connected(f"/ws/live/garden/?ticket={ticket}", []) as socket:
        assert await closed_with(socket) == 4403
    async with connected(f"{PATH}?ticket={ticket}x", []) as socket:
        assert await closed_with(socket) == 4408


async def test_other_peoples_pages_are_refused_unless_trusted(house: House, settings: Any) -> None:
    headers = await in_thread(browser_headers)(house, "alice", "https://evil.example")
    async with connected(PATH, headers) as socket:
        assert await closed_with(socket) == 4403
    settings.CSRF_TRUSTED_ORIGINS = ["https://evil.example"]
    async with connected(PATH, headers) as socket:
        assert await is_let_in(socket)


async def test_a_session_without_origin_is_no_browser(house: House) -> None:
    headers = [header for header in await in_thread(browser_headers)(house, "alice") if header[0] != b"origin"]
    async with connected(PATH, headers) as socket:
        assert await closed_with(socket) == 4401


@pytest.mark.parametrize(("path", "code"), [("/ws/live/cellar/", 4404), (f"{PATH}?mode=avi", 4400), (f"{PATH}?quality=9000p", 4400)])
async def test_what_does_not_exist(house: House, path: str, code: int) -> None:
    async with connected(path, await bearer(house, "alice")) as socket:
        assert await closed_with(socket) == code


async def test_withdrawn_right_ends_the_pictures(house: House, quick_looks: None) -> None:
    async with connected(PATH, await bearer(house, "bob")) as socket:
        assert await is_let_in(socket)
        await Grant.objects.filter(user=house.bob).adelete()
        assert await closed_with(socket) == 4403


async def test_logging_out_ends_the_pictures(house: House, quick_looks: None) -> None:
    headers = await in_thread(browser_headers)(house, "bob")
    async with connected(PATH, headers) as socket:
        assert await is_let_in(socket)
        await in_thread(_flush_sessions)()
        assert await closed_with(socket) == 4401


def _flush_sessions() -> None:
    from django.contrib.sessions.models import Session

    Session.objects.all().delete()


@pytest.mark.parametrize(
    ("limits", "who_comes_last"),
    [({"LIVE_VIEWERS_PER_USER": 2}, "alice"), ({"LIVE_VIEWERS": 2}, "bob")],
)
async def test_too_many_connections(house: House, settings: Any, limits: dict[str, int], who_comes_last: str) -> None:
    for name, value in limits.items():
        setattr(settings, name, value)
    headers = await bearer(house, "alice")
    async with connected(PATH, headers) as one, connected(PATH, headers) as two:
        assert await is_let_in(one) and await is_let_in(two)
        async with connected(PATH, await bearer(house, who_comes_last)) as three:
            assert await closed_with(three) == 4429
    async with connected(PATH, headers) as again:
        assert await is_let_in(again)


async def test_leaving_leaves_nothing_behind(house: House) -> None:
    here: Callable[[], wiring.Live] = wiring.live
    async with connected(PATH, await bearer(house, "alice")) as socket:
        assert await is_let_in(socket)
        assert here().hub.viewers_of(house.camera.pk) == 1
    assert here().hub.viewers_of(house.camera.pk) == 0
    await here().hub.close()
    assert here().hub.feed_count == 0


async def test_a_right_that_ends_by_the_clock_ends_the_pictures(house: House, quick_looks: None) -> None:
    grant = await Grant.objects.aget(user=house.bob)
    async with connected(f"{PATH}?mode=mjpeg", await bearer(house, "bob")) as socket:
        assert await is_let_in(socket)
        await Grant.objects.filter(pk=grant.pk).aupdate(valid_until=timezone.now())
        assert await closed_with(socket) == 4403


async def test_a_ticket_ends_with_the_token_it_was_issued_on(house: House, quick_looks: None) -> None:
    bob = await in_thread(house.api)("bob")
    ticket = (await in_thread(bob.post)("/api/v1/cameras/front-door/ticket/")).json()["ticket"]
    async with connected(f"{PATH}?ticket={ticket}", []) as socket:
        assert await is_let_in(socket)
        await AuthToken.objects.all().adelete()
        assert await closed_with(socket) == 4408
    async with connected(f"{PATH}?ticket={ticket}", []) as socket:
        assert await closed_with(socket) == 4408


async def test_a_ticket_ends_with_the_session_it_was_issued_in(house: House, quick_looks: None) -> None:
    bob = await in_thread(house.browser)("bob")
    ticket = (await in_thread(bob.post)("/api/v1/cameras/front-door/ticket/", content_type="application/json")).json()["ticket"]
    async with connected(f"{PATH}?ticket={ticket}", []) as socket:
        assert await is_let_in(socket)
        await in_thread(_flush_sessions)()
        assert await closed_with(socket) == 4408


async def test_a_token_that_is_deleted_ends_what_it_opened(house: House, quick_looks: None) -> None:
    async with connected(PATH, await bearer(house, "bob")) as socket:
        assert await is_let_in(socket)
        await AuthToken.objects.all().adelete()
        assert await closed_with(socket) == 4401


def test_rights_are_asked_often_enough() -> None:
    """With a second for the asking, whoever lost a right is out within five."""
    assert max(rights.ASK_EVERY_S, events.LOOK_EVERY_S, ptz.LOOK_EVERY_S) <= 4
