"""Who may export what, and what programs are told. How films are made is in test_exports.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from asgiref.sync import sync_to_async
from django.test import AsyncClient

from cameras.models import Action, Grant
from nvr.people.tokens import create_token
from recordings.models import Export, ShareLink
from recordings.services import export_work, exports
from tests.support.numbered import footage
from tests.support.people import House
from tests.support.recorded import Archive
from tests.support.sockets import browser_headers, connected

START_MS = 1_795_000_020_000
URL = "/api/v1/exports/"
BODY = {"cameras": ["front-door"], "start": START_MS + 2_000, "end": START_MS + 8_000}


@pytest.fixture(autouse=True)
def directories(settings: pytest_django.Settings, tmp_path: Path) -> None:
    settings.EXPORTS_DIR = tmp_path / "exports"
    settings.DATA_DIR = tmp_path / "data"


@pytest.fixture
def filled(house: House, tmp_path: Path) -> House:
    """Bob may export the front door, Carol only play it back."""
    archive = Archive(tmp_path / "footage")
    archive.add(house.camera, footage(12, start_ms=START_MS))
    archive.add(house.other, footage(4, start_ms=START_MS))
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.EXPORT)
    Grant.objects.create(user=house.carol, camera=house.camera, action=Action.PLAYBACK)
    return house


def post(house: House, who: str, address: str, body: Any = None) -> Any:
    return house.api(who).post(address, body or {}, format="json")


def done(house: House, who: str) -> str:
    export = Export.objects.get(pk=post(house, who, URL, BODY).json()["id"])
    export_work.run(export.pk)
    return f"{URL}{export.pk}/"


@pytest.mark.parametrize(("who", "status"), [("alice", 201), ("bob", 201), ("carol", 403), ("charlie", 404), ("nobody", 401)])
def test_who_may_export_may_weigh_and_begin(filled: House, who: str, status: int) -> None:
    assert post(filled, who, URL, BODY).status_code == status
    assert post(filled, who, f"{URL}estimate/", BODY).status_code == (200 if status == 201 else status)
    assert Export.objects.count() == (status == 201)


def test_all_cameras_are_asked_for(filled: House) -> None:
    assert post(filled, "bob", URL, BODY | {"cameras": ["front-door", "garden"]}).status_code == 404
    assert post(filled, "alice", URL, BODY | {"cameras": ["front-door", "garden"]}).status_code == 201


def test_an_export_is_its_owners_alone(filled: House) -> None:
    address = done(filled, "bob")
    assert [export["id"] for export in filled.api("bob").get(URL).json()["results"]] == [address.split("/")[-2]]
    for who in ("alice", "carol", "charlie"):
        assert filled.api(who).get(URL).json()["count"] == 0
        for below in ("", "file", "links/"):
            assert filled.api(who).get(f"{address}{below}").status_code == 404
        for below in ("cancel/", "retry/", "links/"):
            assert post(filled, who, f"{address}{below}").status_code == 404
        assert filled.api(who).delete(address).status_code == 404
    assert filled.api("bob").delete(address).status_code == 204
    assert not Export.objects.exists()


def test_an_export_tells_what_it_holds(filled: House) -> None:
    estimate = post(filled, "bob", f"{URL}estimate/", BODY).json()
    assert (estimate["recorded_ms"], estimate["files"], estimate["gaps"]) == (6_000, 1, [])
    waiting = post(filled, "bob", URL, BODY).json()
    assert (waiting["state"], waiting["file"], waiting["files"], waiting["expected_bytes"]) == (
        "waiting",
        None,
        [],
        estimate["expected_bytes"],
    )
    found = filled.api("bob").get(done(filled, "bob")).json()
    assert (found["state"], found["progress"], found["cameras"]) == ("done", 1.0, ["front-door"])
    assert found["files"][0]["duration_ms"] == 6_000
    assert found["name"].endswith(".mp4")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"end": START_MS}, "after the start"),
        ({"start": START_MS - 9_000_000, "end": START_MS - 8_000_000}, "no footage"),
        ({"cameras": []}, "cameras"),
        ({"kind": "film"}, "kind"),
        ({"end": START_MS + 90_000_000}, "24 hours"),
    ],
)
def test_a_wish_that_can_t_be_met_is_refused_in_words(filled: House, changes: dict[str, Any], word: str) -> None:
    answer = post(filled, "bob", URL, BODY | changes)
    assert answer.status_code == 400
    assert word in json.dumps(answer.json())


def test_cancel_and_retry(filled: House) -> None:
    address = f"{URL}{post(filled, 'bob', URL, BODY).json()['id']}/"
    assert post(filled, "bob", f"{address}retry/").status_code == 409
    assert post(filled, "bob", f"{address}cancel/").json()["state"] == "cancelled"
    assert post(filled, "bob", f"{address}cancel/").status_code == 409
    assert post(filled, "bob", f"{address}retry/").json()["state"] == "waiting"


def test_who_lost_the_right_gets_neither_file_nor_link(filled: House) -> None:
    address = done(filled, "bob")
    Grant.objects.filter(user=filled.bob).delete()
    assert filled.api("bob").get(f"{address}file").status_code == 403
    assert post(filled, "bob", f"{address}links/").status_code == 403
    assert post(filled, "bob", f"{address}retry/").status_code == 403


def test_links_are_made_listed_and_revoked_and_no_secret_is_kept(filled: House) -> None:
    address = done(filled, "bob")
    made = post(filled, "bob", f"{address}links/", {"valid_hours": 2})
    assert made.status_code == 201
    secret = made.json()["url"].split("/")[-2]
    assert made.json()["url"].startswith("http://testserver/share/")
    (listed,) = filled.api("bob").get(f"{address}links/").json()["results"]
    assert secret not in json.dumps(listed)
    assert secret not in str(ShareLink.objects.values().get())
    assert filled.api("bob").delete(f"{address}links/{listed['id']}/").status_code == 204
    assert filled.api("bob").get(f"{address}links/").json()["results"][0]["revoked_at"]
    assert post(filled, "bob", f"{address}links/", {"valid_hours": 100_000}).status_code == 400


def test_no_link_to_what_is_not_ready(filled: House) -> None:
    address = f"{URL}{post(filled, 'bob', URL, BODY).json()['id']}/"
    assert post(filled, "bob", f"{address}links/").status_code == 409
    assert filled.api("bob").get(f"{address}file").status_code == 404


@pytest.mark.django_db(transaction=True)
async def test_the_file_comes_whole_or_by_range(tmp_path: Path) -> None:
    house = await sync_to_async(House)()
    address, token = await sync_to_async(_prepared)(house, tmp_path)
    path = next((tmp_path / "exports").rglob("*.mp4"))
    client: Any = AsyncClient()
    headers = {"Authorization": f"Bearer {token}"}
    whole = await client.get(f"{address}file", headers=headers)
    assert await body_of(whole) == path.read_bytes()
    assert path.name in whole["Content-Disposition"] and whole["Content-Disposition"].startswith("attachment")
    part = await client.get(f"{address}file?inline=1", headers=headers | {"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert await body_of(part) == path.read_bytes()[100:200]
    assert part["Content-Range"] == f"bytes 100-199/{path.stat().st_size}"
    assert (await client.get(f"{address}file", headers=headers | {"Range": "bytes=99999999-"})).status_code == 416
    assert (await client.get(f"{address}file", headers=headers | {"If-None-Match": whole["ETag"]})).status_code == 304


async def body_of(answer: Any) -> bytes:
    return b"".join([part async for part in answer.streaming_content])


def _prepared(house: House, tmp_path: Path) -> tuple[str, str]:
    Archive(tmp_path / "footage").add(house.camera, footage(12, start_ms=START_MS))
    return done(house, "alice"), create_token(house.alice)


@pytest.mark.django_db(transaction=True)
async def test_its_owner_hears_of_progress_and_nobody_else(tmp_path: Path) -> None:
    house = await sync_to_async(House)()
    async with (
        connected("/ws/events/", await sync_to_async(browser_headers)(house, "alice")) as owner,
        connected("/ws/events/", await sync_to_async(browser_headers)(house, "charlie")) as other,
    ):
        address, _ = await sync_to_async(_prepared)(house, tmp_path)
        heard: list[dict[str, Any]] = []
        while not heard or heard[-1]["state"] != "done":
            message = await owner.receive_json_from(timeout=5)
            if message["type"] == "export.progress":
                heard.append(message)
        assert {message["export"] for message in heard} == {address.split("/")[-2]}
        assert [message["state"] for message in heard] == ["running"] * (len(heard) - 1) + ["done"]
        await sync_to_async(exports.remove)(await Export.objects.aget())
        while (message := await owner.receive_json_from(timeout=5))["type"] != "export.progress":
            pass
        assert message["state"] == "deleted"
        assert await other.receive_nothing(timeout=0.2)
