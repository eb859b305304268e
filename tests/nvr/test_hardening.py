"""What every answer has, what no request may bring, and what the settings for TLS are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import AsyncClient, Client

from nvr.asgi import application
from tests.nvr.test_closed_doors import ALL, OBJECT_ID
from tests.support.people import House

UNSAFE = ("post", "put", "patch", "delete")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/", "/accounts/login/", "/admin/", "/api/v1/docs/", "/api/v1/docs/?script=", "/api/v1/cameras/", "/nothing/"]
)
def test_every_answer_has_the_headers(house: House, address: str) -> None:
    answer = house.browser("alice").get(address)
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in f"{policy};"
    assert "frame-ancestors 'none'" in policy
    assert "camera=()" in answer["Permissions-Policy"]
    assert "microphone=()" in answer["Permissions-Policy"]
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cache-Control"]


@pytest.mark.django_db
def test_no_page_has_a_script_or_a_style_in_itself(house: House) -> None:
    browser = house.browser("alice")
    for address in ("/", "/audit/", "/system/", "/cameras/front-door/", "/admin/", "/admin/cameras/camera/", "/api/v1/docs/"):
        text = browser.get(address).content.decode()
        assert "<style" not in text, address
        assert " onclick=" not in text, address
        for tag in text.split("<script")[1:]:
            head = tag.partition(">")[0]
            assert "src=" in head or "application/json" in head, f"{address}: {head}"


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "address"), ALL, ids=[text or "root" for text, _ in ALL])
def test_no_session_changes_anything_without_its_csrf_token(house: House, text: str, address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(house.alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    for method in UNSAFE:
        answer = getattr(client, method)(address.replace(OBJECT_ID, str(house.camera.pk)), "{}", content_type="application/json")
        is_login_of_programs = text == "api/v1/auth/token/" and method == "post"  # which no session counts for
        assert is_login_of_programs or answer.status_code in {401, 403, 404, 405}, f"{method} {address}: {answer.status_code}"


async def _answer(body: list[bytes], *headers: tuple[bytes, bytes]) -> tuple[int, bytes]:
    """Of the whole application to a POST that comes in these pieces."""
    pieces = [{"type": "http.request", "body": piece, "more_body": number < len(body) - 1} for number, piece in enumerate(body)]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return pieces.pop(0) if pieces else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/api/v1/auth/token/", "query_string": b"", "http_version": "1.1"}
    given = [(b"host", b"testserver"), (b"content-type", b"application/json"), *headers]
    await application(
        {**scope, "headers": given, "client": ("127.0.0.1", 1), "server": ("testserver", 80), "scheme": "http"}, receive, send
    )
    return sent[0]["status"], sent[1]["body"]


@pytest.mark.django_db
async def test_a_body_that_is_announced_too_long_is_refused_unread() -> None:
    status, body = await _answer([b"{}"], (b"content-length", str(settings.LARGEST_BODY_BYTES + 1).encode()))
    assert status == 413
    assert b"at most" in body


@pytest.mark.django_db
async def test_a_body_that_is_too_long_without_saying_so_is_cut_off() -> None:
    status, _ = await _answer([b" " * 400_000] * 3)
    assert status == 413


@pytest.mark.django_db
def test_json_that_is_nested_without_end_is_the_senders_mistake(client: Client) -> None:
    answer = client.post("/api/v1/auth/token/", "[" * 100_000, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize("value", ['{"0": [["08:00", "\\ud800"]]}', "1e400", "-1e400", "NaN", "[" * 90 + "]" * 90, '{"\\udc00": 1}'])
@pytest.mark.parametrize(("address", "name"), [("grants", "hours"), ("grants", "user"), ("tokens", "actions"), ("layouts", "kind")])
def test_json_that_no_database_takes_is_the_senders_mistake(house: House, address: str, name: str, value: str) -> None:
    body = f'{{"name": "x", "user": {house.bob.pk}, "camera": "front-door", "action": "view", "{name}": {value}}}'
    answer = house.api("alice").post(f"/api/v1/{address}/", body, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize("query", ["users/?group", "grants/?user", "grants/?user_group", "grants/?camera_group"])
def test_a_number_that_no_database_takes_is_refused_by_name(house: House, query: str) -> None:
    answer = house.api("alice").get(f"/api/v1/{query}={10**22}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [query.partition("?")[2]])


@pytest.mark.timeout(90)
def test_the_settings_behind_tls_are_what_django_asks_for(tmp_path: Path) -> None:
    environment = os.environ | {"NVR_BEHIND_TLS": "1", "NVR_DATA_DIR": str(tmp_path), "NVR_ALLOWED_HOSTS": "nvr.example.org"}
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=80,
        check=False,
    )
    assert done.returncode == 0, done.stderr


async def test_a_page_of_another_site_gets_no_pictures_by_the_session(transactional_db: None) -> None:
    house = await sync_to_async(House)()
    answer = await AsyncClient().get(f"/api/v1/cameras/{house.camera.slug}/snapshot.jpg", headers={"Origin": "http://evil.example"})
    assert answer.status_code == 401
    assert "Access-Control-Allow-Origin" not in answer.headers
