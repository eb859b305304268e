from __future__ import annotations

from typing import Any

import pytest
from channels.db import database_sync_to_async as in_thread
from knox.models import AuthToken
from pytest_django import Settings

from cameras.access import Refused, find_camera, identify, is_origin_allowed, still_may
from cameras.models import Action, Grant
from nvr.people import tickets
from nvr.people.tokens import create_token
from tests.support.people import House
from tests.support.sockets import browser_headers


@pytest.mark.parametrize(
    ("origin", "host", "is_allowed"),
    [
        ("http://nvr.local:8000", "nvr.local:8000", True),
        ("https://nvr.local", "nvr.local", True),
        ("https://nvr.local", "nvr.local:443", True),
        ("http://NVR.local:8000", "nvr.LOCAL:8000", True),
        ("http://[::1]:8000", "[::1]:8000", True),
        ("https://app.example.org", "nvr.local", True),
        ("https://a.trusted.example", "nvr.local", True),
        ("http://nvr.local:9000", "nvr.local:8000", False),
        ("http://evil.example", "nvr.local:8000", False),
        ("http://nvr.local.evil.example:8000", "nvr.local:8000", False),
        ("https://app.example.org.evil.example", "nvr.local", False),
        ("http://app.example.org", "nvr.local", False),
        ("http://nvr.local:x", "nvr.local:x", False),
        ("http://[::1", "[::1", False),
        ("null", "nvr.local", False),
        ("file://", "", False),
        ("", "", False),
    ],
)
def test_origin_is_our_own_host_or_trusted(origin: str, host: str, is_allowed: bool) -> None:
    assert is_origin_allowed(origin, host, ["https://app.example.org", "https://*.trusted.example"]) is is_allowed


def scope(headers: list[tuple[bytes, bytes]], ticket: str = "") -> dict[str, Any]:
    return {"type": "websocket", "headers": headers, "query_string": f"ticket={ticket}".encode() if ticket else b""}


@pytest.fixture
def house(transactional_db: None) -> House:
    return House()


async def refusal(headers: list[tuple[bytes, bytes]], ticket: str = "") -> int:
    with pytest.raises(Refused) as refused:
        await identify(scope(headers, ticket))
    return refused.value.close_code


async def test_session_counts_from_our_own_pages_only(house: House, settings: Settings) -> None:
    ours = await in_thread(browser_headers)(house, "bob")
    foreign = [(name, b"http://evil.example" if name == b"origin" else value) for name, value in ours]
    without = [header for header in ours if header[0] != b"origin"]
    identity = await identify(scope(ours))
    assert (identity.user_id, identity.via) == (house.bob.pk, "session")
    assert identity.proof not in repr(identity)
    assert await refusal(foreign) == 4403
    assert await refusal(without) == 4401
    settings.CSRF_TRUSTED_ORIGINS = ["http://evil.example"]
    assert (await identify(scope(foreign))).user_id == house.bob.pk


async def test_strangers_are_refused(house: House) -> None:
    assert await refusal([(b"host", b"testserver")]) == 4401
    assert await refusal([(b"host", b"testserver"), (b"cookie", b"sessionid=nonsense"), (b"origin", b"http://testserver")]) == 4401
    assert await refusal([(b"authorization", b"Bearer nonsense")]) == 4401
    assert await refusal([(b"authorization", b"Bearer \xff\xfe")]) == 4401
    assert await refusal([], ticket="nonsense") == 4408


async def test_rights_are_checked_by_camera(house: House) -> None:
    token = await in_thread(create_token)(house.bob)
    identity = await identify(scope([(b"authorization", f"Bearer {token}".encode())]))
    assert (await find_camera(identity, "front-door")).pk == house.camera.pk
    for slug, code in (("garden", 4403), ("no-such", 4404)):
        with pytest.raises(Refused) as refused:
            await find_camera(identity, slug)
        assert refused.value.close_code == code
    assert not await still_may(identity, house.camera.pk, Action.CONFIGURE)


async def test_ticket_speaks_for_its_camera_only(house: House) -> None:
    ticket = tickets.issue(house.alice, house.camera, "view")
    identity = await identify(scope([], ticket))
    assert await still_may(identity, house.camera.pk)
    assert not await still_may(identity, house.other.pk)
    assert not await still_may(identity, house.camera.pk, Action.CONFIGURE)


async def test_rights_end_with_grant_session_token_and_account(house: House) -> None:
    token = await in_thread(create_token)(house.bob)
    by_token = await identify(scope([(b"authorization", f"Bearer {token}".encode())]))
    by_session = await identify(scope(await in_thread(browser_headers)(house, "bob")))
    by_ticket = await identify(scope([], tickets.issue(house.bob, house.camera, "view")))
    everybody = (by_token, by_session, by_ticket)

    async def allowed() -> list[bool]:
        return [await still_may(identity, house.camera.pk) for identity in everybody]

    assert await allowed() == [True, True, True]
    await AuthToken.objects.all().adelete()
    assert await allowed() == [False, True, True]
    house.bob.set_password("a new one altogether")
    await house.bob.asave()
    assert await allowed() == [False, False, False]
    house.bob.is_active = False
    await house.bob.asave()
    assert await allowed() == [False, False, False]


async def test_rights_end_with_the_grant(house: House) -> None:
    identity = await identify(scope(await in_thread(browser_headers)(house, "bob")))
    assert await still_may(identity, house.camera.pk)
    await Grant.objects.all().adelete()
    assert not await still_may(identity, house.camera.pk)
