"""What somebody with a little right, or none, tries: others' cameras by every address, headers, paths, long input, old tickets."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from cameras.models import Action, Camera, Grant
from nvr.people import tickets
from tests.nvr.test_closed_doors import ALL, OBJECT_ID
from tests.support.people import PASSWORD, House

pytestmark = pytest.mark.django_db

OF_A_CAMERA = [(text, address.replace("front-door", "garden")) for text, address in ALL if "<slug>" in text]
SECRET = "s3cret-0f-the-camera"


@pytest.mark.parametrize(("text", "address"), OF_A_CAMERA, ids=[text for text, _ in OF_A_CAMERA])
def test_another_camera_is_not_there_for_who_may_see_one(house: House, text: str, address: str) -> None:
    """Bob may do everything with the front door, and nothing with the garden, which he can guess the name of."""
    Grant.objects.bulk_create(Grant(user=house.bob, camera=house.camera, action=action) for action in Action)
    browser = house.browser("bob")
    for method in ("get", "post", "put", "patch", "delete"):
        answer = browser.get(address) if method == "get" else getattr(browser, method)(address, "{}", content_type="application/json")
        assert answer.status_code in {403, 404, 405}, f"{method} {address}: {answer.status_code}"
        assert b"garden.local" not in answer.content


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-Host": "localhost"},
        {"X-Original-URL": "/healthz", "X-Rewrite-URL": "/healthz"},
        {"X-HTTP-Method-Override": "GET"},
        {"X-Remote-User": "alice", "Remote-User": "alice"},
        {"Authorization": "Basic YWxpY2U6Y29ycmVjdCBob3JzZSBiYXR0ZXJ5"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer null"},
        {"Authorization": "Token x" * 1000},
        {"Cookie": "sessionid=../../etc/passwd; sessionid=' OR 1=1"},
    ],
    ids=lambda headers: next(iter(headers)),
)
@pytest.mark.parametrize("address", ["/api/v1/cameras/", "/api/v1/audit/", "/admin/", "/audit/"])
def test_no_header_lets_a_stranger_in(house: House, address: str, headers: dict[str, str]) -> None:
    assert Client().get(address, headers=headers).status_code in {302, 400, 401, 403}


@pytest.mark.parametrize(
    "path",
    [
        "/static/../nvr/settings.py",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/static/..%5c..%5cfield_key",
        "/api/v1/cameras/..%2f..%2fadmin/",
        "/api/v1/cameras/front-door%00/",
        "/cameras/%2e%2e%2fadmin/",
        "/share/..%2f..%2ffield_key/file",
        "/push/picture/..%2f..%2fsecret_key.jpg",
        "/api/v1/cameras/front-door/snapshots/../../../../field_key.jpg",
        "/" + "a" * 20_000,
    ],
)
def test_no_path_leads_out_of_where_it_belongs(house: House, path: str) -> None:
    answer = house.browser("alice").get(path)
    assert answer.status_code in {301, 400, 404}


@pytest.mark.parametrize("name", ["x" * 10_000, "\x00", "<script>", "‮" * 50])
def test_odd_names_are_refused_or_shown_as_they_are(house: House, name: str) -> None:
    answer = house.api("alice").patch("/api/v1/cameras/front-door/", {"name": name}, format="json")
    assert answer.status_code in {200, 400}
    page = house.browser("alice").get("/").content
    assert b"<script>" not in page.replace(b"<script type=", b"").replace(b"<script id=", b"")


@pytest.mark.parametrize("query", ["limit=99999999999999999999", "limit=-1&offset=-1", "offset=9223372036854775808", "limit=x"])
def test_numbers_beyond_reason_do_no_harm(house: House, query: str) -> None:
    assert house.api("alice").get(f"/api/v1/cameras/?{query}").status_code in {200, 400}


def test_a_ticket_is_good_for_one_camera_and_one_thing(house: House) -> None:
    Grant.objects.create(user=house.bob, camera=house.other, action=Action.PLAYBACK)
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.PLAYBACK)
    span = "start=1795000000000&end=1795000060000"
    own = tickets.issue(house.bob, house.camera, Action.PLAYBACK)
    live = tickets.issue(house.bob, house.camera, Action.VIEW)
    client = Client()

    def asked(slug: str, ticket: str) -> int:
        return int(client.get(f"/api/v1/cameras/{slug}/playlist.m3u8?{span}&ticket={ticket}").status_code)

    assert asked("front-door", own) == 200
    assert asked("garden", own) == 403
    assert asked("front-door", live) == 403
    assert asked("front-door", own[:-1] + ("a" if own[-1] != "a" else "b")) == 401
    assert client.delete(f"/api/v1/cameras/front-door/?ticket={own}").status_code == 401
    house.bob.set_password("another correct horse")
    house.bob.save()
    assert asked("front-door", own) == 401


def test_no_page_answer_or_log_holds_a_secret(house: House, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    """Every address, asked by who may everything; what is looked for is in the database, or opens it."""
    caplog.set_level(logging.DEBUG)
    api: Any = house.api("alice")
    api.patch("/api/v1/cameras/front-door/", {"password": SECRET}, format="json")
    token = api._credentials["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    secrets = [SECRET, "hunter2", token, settings.SECRET_KEY, PASSWORD, house.alice.password, *settings.SALT_KEY]
    secrets.append(Camera._base_manager.get(pk=house.camera.pk).password)
    browser = house.browser("alice")
    for _, address in ALL:
        if "logout" in address:
            continue
        for answer in (
            browser.get(address.replace(OBJECT_ID, str(house.camera.pk))),
            api.get(address.replace(OBJECT_ID, str(house.camera.pk))),
        ):
            text = "" if answer.streaming else answer.content.decode("utf-8", "replace")
            assert not [secret for secret in secrets if secret in text], address
    written = caplog.text + "".join(capfd.readouterr())
    assert not [secret for secret in secrets if secret in written]
