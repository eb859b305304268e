"""Every address of the project, tried by somebody without a right: a new page or socket is closed unless it is listed here as open."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from channels.db import database_sync_to_async as in_thread
from channels.testing import WebsocketCommunicator
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from cameras.models import Action
from cameras.permissions import rights_by_camera
from nvr.asgi import application
from nvr.routing import websocket_urlpatterns
from tests.support.people import House
from tests.support.sockets import browser_headers, closed_with, connected

# For everybody. Logging in and out, what the server is up to, and what the API looks like.
PUBLIC = {
    "healthz",
    "readyz",
    "accounts/login/",
    "accounts/logout/",
    "accounts/2fa/webauthn/login/",
    "accounts/3rdparty/login/cancelled/",
    "accounts/3rdparty/login/error/",
    "accounts/social/login/cancelled/",
    "accounts/social/login/error/",
    "accounts/signup/",
    "accounts/password/reset/",
    "accounts/password/reset/done/",
    "accounts/password/reset/key/<uidb36>-<key>/",
    "accounts/password/reset/key/done/",
    "accounts/inactive/",
    "accounts/confirm-email/",
    "accounts/confirm-email/<key>/",
    "api/v1/schema/",
    "api/v1/docs/",
    "api/v1/events-document/",
    # Whoever has a link to an export, and nobody who makes one up (tests/nvr/test_share.py).
    "share/<secret>/",
    "share/<secret>/file",
    # A signature opens it, and the right of whom it was made for (tests/nvr/test_app.py).
    "push/picture/<token>.jpg",
    # What a browser asks for without a session; nothing of anybody is in it.
    "manifest.webmanifest",
    "sw.js",
    "offline/",
}
# For everybody who is logged in, who finds nothing of others there.
OWN = {"", "system/", "api/v1/cameras/", "api/v1/layouts/", "api/v1/auth/token/", "api/v1/protections/"}
OWN |= {"events/", "events/search/"}
OWN |= {"recordings/", "recordings/exports/", "api/v1/exports/", "api/v1/exports/estimate/"}
OWN |= {"notifications/"} | {f"api/v1/notifications/{name}/" for name in ("channels", "rules", "mute", "deliveries", "held-back", "push")}
OWN |= {"api/v1/notifications/push/subscriptions/"}
OWN |= {"api/v1/events/", "api/v1/events/counts/", "api/v1/events/review/"}
OWN |= {
    "account/",
    "account/sessions/end/",
    "api/v1/sessions/",
    "api/v1/tokens/",
    "accounts/2fa/",
    "accounts/2fa/webauthn/",
    "accounts/3rdparty/",
}
OWN |= {"account/tokens/new/", "accounts/2fa/recovery-codes/generate/", "accounts/2fa/totp/activate/", "accounts/2fa/webauthn/add/"}
OWN |= {"api/streams"}
OWN |= {"accounts/password/change/", "accounts/email/", "accounts/reauthenticate/"}
# One thing of somebody, who is asked for there.
OWN_THINGS = {"api/v1/layouts/<pk>/", "api/v1/protections/<pk>/", "accounts/login/code/confirm/", "accounts/password/set/"}
OWN_THINGS |= {f"api/v1/events/<pk>/{name}" for name in ("", "picture.jpg", "preview.webp")}
OWN_THINGS |= {f"api/v1/exports/<{name}" for name in ("pk>/", "pk>/cancel/", "pk>/retry/", "export_id>/file", "export_id>/links/")}
OWN_THINGS |= {"api/v1/exports/<export_id>/links/<pk>/", "api/v1/notifications/push/subscriptions/<pk>/"}
OWN_THINGS |= {f"api/v1/notifications/{name}/" for name in ("channels/<pk>", "channels/<pk>/test", "rules/<pk>", "rules/<pk>/mute")}
OWN_THINGS |= {"account/sessions/<pk>/end/", "account/tokens/<pk>/end/", "api/v1/sessions/<pk>/", "api/v1/tokens/<pk>/"}
OWN_THINGS |= {f"accounts/2fa/{name}/" for name in ("authenticate", "reauthenticate", "recovery-codes", "recovery-codes/download")}
OWN_THINGS |= {"accounts/2fa/totp/deactivate/", "accounts/2fa/webauthn/reauthenticate/", "api/frame.jpeg"}
OWN_THINGS |= {f"accounts/2fa/webauthn/keys/<pk>/{name}/" for name in ("edit", "remove")}
# Of a thing that whoever comes first has: the session they ask in.
FIRST_OF_OWN = {"api/v1/sessions/<pk>/"}
# Steps on the way in, for whoever has taken those before.
OWN_THINGS |= {"accounts/new-password/", "accounts/second-step/"}
STAFF = {"storage/", "api/v1/storage/", "api/v1/settings/", "api/v1/system/"}
ADMINISTRATORS = {"audit/", "api/v1/audit/", "api/v1/audit/entries.csv", "api/v1/audit/ongoing/"}
# Only sent to (tests/recordings/test_trusted_time.py).
CHANGERS_OF_VOLUMES = {"api/v1/storage/clock/"}
ADDERS = {"cameras/add/"} | {f"api/v1/discovery/{name}/" for name in ("makers", "networks", "searches", "searches/<search_id>", "trials")}
PEOPLE = {"people/", "api/v1/users/<pk>/rights/", "api/v1/cameras/<slug>/who/"}
PEOPLE |= {f"api/v1/{name}/{one}" for name in ("users", "groups", "grants", "camera-groups") for one in ("", "<pk>/")}
# Which right on the camera opens it; of what may be changed there, the least.
ON_CAMERA = {
    Action.VIEW: ["", "snapshot.jpg", "ticket/", "ptz/", "streams/", "streams/<role>/"],
    Action.PLAYBACK: [
        *("segments/", "timeline/", "coverage/", "playlist.m3u8", "segments/<segment_id>.mp4", "strips/", "strips/<segment_id>.jpg"),
        *("strips/<segment_id>/thumbnail.jpg", "preview.jpg", "snapshots/", "snapshots/<at_ms>.jpg", "motion/search/", "motion/heat/"),
    ],
    Action.DELETE: ["footage/delete/"],
    Action.PTZ: [
        *("ptz/home/", "ptz/lock/", "ptz/move/", "ptz/status/", "ptz/stop/", "ptz/presets/", "ptz/presets/<preset_id>/go/"),
        *("ptz/presets/<preset_id>/picture.jpg", "ptz/tours/", "ptz/tours/<tour_id>/start/", "ptz/tours/<tour_id>/stop/"),
    ],
    Action.CONFIGURE: [
        *("motion/", "motion/zones/", "motion/replay/", "diagnose/", "diagnose/<diagnosis_id>/", "onvif/", "onvif/check/"),
        *("relays/<token>/", "ptz/presets/<preset_id>/", "ptz/presets/sync/", "ptz/tours/<tour_id>/"),
    ],
}
CAMERA = {f"api/v1/cameras/<slug>/{name}": action for action, names in ON_CAMERA.items() for name in names}
CAMERA |= {"cameras/<slug>/": Action.VIEW, "cameras/<slug>/check/": Action.CONFIGURE, "cameras/<slug>/motion/": Action.CONFIGURE}
NOTHING_THERE = {"api/v1/nothing", "api/<nothing>", "favicon.ico", "accounts/3rdparty/signup/"}
# Signing in by another service, where one is set up (tests/nvr/test_oidc.py).
NOTHING_THERE |= {"accounts/oidc/<provider_id>/login/", "accounts/oidc/<provider_id>/login/callback/"}
NOTHING_THERE |= {"accounts/social/connections/", "accounts/social/signup/"}
SOCKETS = {"ws/live/<slug>/": Action.VIEW, "ws/ptz/<slug>/": Action.PTZ, "ws/events/": None, "api/ws": Action.VIEW}
OBJECT_ID = "OBJECT-ID"
ARGUMENTS = {"slug": "front-door", "object_id": OBJECT_ID, "pk": OBJECT_ID, "id": OBJECT_ID, "content_type_id": "1"}
ARGUMENTS |= {"segment_id": "1", "at_ms": "1", "secret": "guessed", "export_id": "00000000-0000-0000-0000-000000000001"}
ARGUMENTS |= {"diagnosis_id": "1", "search_id": "1", "preset_id": "1", "tour_id": "1", "token": "guessed"}
ARGUMENTS |= {"provider_id": "unknown"}
ARGUMENTS |= {"nothing": "nothing", "role": "main"}
ARGUMENTS |= {"app_label": "cameras", "url": "cameras/", "uidb36": "a", "key": "k", "format": "json"}
CLOSED = {301, 302, 401, 403, 404, 405}


def addresses(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Pairs of a pattern as text and an address it matches."""
    for entry in patterns:
        text = prefix + simplified(entry)
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, text)
        else:
            yield text, "/" + filled_in(text)


def simplified(entry: URLPattern | URLResolver) -> str:
    """As in cameras/<slug>/, also for a regular expression and a path with converters."""
    text = re.sub(r"\(\?P(<\w+>)(?:\[[^\]]*\]|[^)])*\)", r"\1", str(entry.pattern))
    text = re.sub(r"<\w+:(\w+)>", r"<\1>", text)
    return text.removeprefix("^").removesuffix("$").removesuffix("\\Z").replace(".*", "nothing")


def filled_in(text: str) -> str:
    for name, value in ARGUMENTS.items():
        text = text.replace(f"<{name}>", value)
    return text.replace("\\.", ".").replace("/?", "/")


ALL = sorted(set(addresses(get_resolver().url_patterns)))


def test_the_walk_goes_everywhere() -> None:
    texts = {text for text, _ in ALL}
    assert {"api/v1/cameras/<slug>/", "admin/cameras/camera/<object_id>/change/", "healthz"} <= texts
    assert texts >= PUBLIC | OWN, "an address that is gone is still listed as open"


@pytest.mark.parametrize(("text", "address"), ALL, ids=[text or "root" for text, _ in ALL])
def test_nothing_is_open_by_accident(house: House, text: str, address: str) -> None:
    assert "<" not in address, f"give {text} an argument here"
    address = address.replace(OBJECT_ID, str(house.camera.pk))
    for person in ("nobody", "charlie"):
        client: Client = house.browser(person)
        for method in ("get", "post", "put", "patch", "delete"):
            answer = getattr(client, method)(address, "{}", content_type="application/json") if method != "get" else client.get(address)
            is_open = (
                text in PUBLIC
                or (person == "charlie" and text in OWN | FIRST_OF_OWN)
                or (method == "post" and text == "api/v1/auth/token/")
            )
            assert is_open or answer.status_code in CLOSED, f"{person} {method} {address}: {answer.status_code}"
            if not answer.streaming and text not in PUBLIC:
                assert b"front door" not in answer.content.lower()


def test_somebody_decided_about_every_address() -> None:
    decisions = [PUBLIC, OWN, OWN_THINGS, STAFF, ADMINISTRATORS, CHANGERS_OF_VOLUMES, ADDERS, PEOPLE, CAMERA.keys(), NOTHING_THERE]
    texts = [text for text, _ in ALL if not text.startswith("admin/")]  # whose pages ask for Django's permissions
    undecided = [text for text in texts if sum(text in decision for decision in decisions) != 1]
    assert undecided == [], "say here, once, to whom these are open"
    assert set().union(*decisions) <= set(texts), "an address that is gone is still decided about"
    assert {simplified(route) for route in websocket_urlpatterns} - {""} == SOCKETS.keys()


@pytest.mark.parametrize("person", ["alice", "bob", "carol"])
def test_a_cameras_addresses_are_open_to_whoever_has_the_right(house: House, person: str) -> None:
    """Alice is a superuser, Bob may view the front door, Carol configure it; of the garden neither knows anything."""
    browser = house.browser(person)
    rights = rights_by_camera(house.person(person))[house.camera.pk]
    for text, action in CAMERA.items():
        status = browser.get("/" + filled_in(text)).status_code
        is_closed = status in (401, 403) or (status == 404 and not text.startswith("api/"))
        assert status != 401 and (not is_closed or action not in rights), f"{person} {text}: {status}"
        assert action in rights or status in CLOSED, f"{person} {text}: {status}"
        if person != "alice":
            assert browser.get("/" + filled_in(text).replace("front-door", "garden")).status_code in (404, 405), f"{person} {text}"


@pytest.mark.parametrize(("addresses", "who"), [(PEOPLE | ADMINISTRATORS | ADDERS, {"alice"}), (STAFF, {"alice", "carol"})])
def test_what_is_about_no_camera_is_open_to_those_in_charge(house: House, addresses: set[str], who: set[str]) -> None:
    for person in ("alice", "bob", "carol"):
        browser = house.browser(person)
        for text in addresses:
            status = browser.get("/" + filled_in(text).replace(OBJECT_ID, str(house.bob.pk))).status_code
            assert status not in (401, 403) if person in who else status in CLOSED, f"{person} {text}: {status}"


def socket_address(text: str) -> str:
    return "/" + filled_in(text) + ("?src=front-door" if text == "api/ws" else "")


async def test_sockets_are_open_to_whoever_has_the_right(transactional_db: None) -> None:
    house = await in_thread(House)()
    for text, action in SOCKETS.items():
        async with connected(socket_address(text), await in_thread(browser_headers)(house, "bob")) as socket:
            if text == "api/ws":
                assert await closed_with(socket) == 4415, "let in, and told that it needs another server"
            elif action in (None, Action.VIEW):
                await socket.send_to(text_data='{"type":"ping","id":1,"client_ms":1}')
                assert (await socket.receive_json_from(timeout=5))["type"] in ("pong", "camera.state")
            else:
                assert await closed_with(socket) == 4403


async def test_no_socket_is_open_by_accident(transactional_db: None) -> None:
    house = await in_thread(House)()
    for route in websocket_urlpatterns:
        if simplified(route) == "":
            continue  # what matches nothing else: refused in the handshake, below
        address = socket_address(simplified(route))
        async with connected(address, await in_thread(browser_headers)(house, "nobody")) as socket:
            assert await closed_with(socket) == 4401
        async with connected(address, await in_thread(browser_headers)(house, "alice", "http://evil.example")) as socket:
            assert await closed_with(socket) == 4403
        async with connected(address, await in_thread(browser_headers)(house, "charlie")) as socket:
            if address == "/ws/events/":
                assert await socket.receive_nothing(timeout=0.2)
            else:
                assert await closed_with(socket) == 4403


async def test_socket_without_a_route_is_refused() -> None:
    assert (await WebsocketCommunicator(application, "/ws/nothing/").connect())[0] is False
