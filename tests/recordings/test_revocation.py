"""Footage and exports that are being sent when the right, the session, the token, the ticket, the account or the link ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from cameras.models import Action, Grant
from recordings.api import footage_bytes
from recordings.models import Export, ShareLink
from recordings.rules.spans import Span
from recordings.services import export_work, exports, shares
from recordings.services.exports import Wish
from streaming.media.packet import Codec
from tests.support.numbered import footage
from tests.support.people import House
from tests.support.recorded import Archive
from tests.support.streamed import body_of, body_while

START_MS = 1_795_000_020_000
PIECE_BYTES = 4_000


@pytest.fixture
def home(house: House, tmp_path: Path, settings: pytest_django.Settings, monkeypatch: pytest.MonkeyPatch) -> House:
    """Bob may export the front door, and hear it. Its footage is sent in many pieces, and rights are asked before each."""
    settings.EXPORTS_DIR, settings.DATA_DIR = tmp_path / "exports", tmp_path / "data"
    monkeypatch.setattr(footage_bytes, "_CHUNK_BYTES", PIECE_BYTES)
    monkeypatch.setattr(footage_bytes, "ASK_EVERY_S", 0.0)
    Archive(tmp_path / "footage").add(house.camera, footage(8, start_ms=START_MS, audio=Codec.AAC))
    for action in (Action.EXPORT, Action.HEAR):
        Grant.objects.create(user=house.bob, camera=house.camera, action=action)
    return house


def switch_off(house: House) -> None:
    house.bob.is_active = False
    house.bob.save()


ENDINGS: dict[str, Callable[[House], Any]] = {
    "the grant": lambda house: Grant.objects.filter(user=house.bob, action=Action.EXPORT).delete(),
    "the right to hear": lambda house: Grant.objects.filter(user=house.bob, action=Action.HEAR).delete(),
    "the grant's time": lambda house: Grant.objects.update(valid_until=timezone.now()),
    "the account": switch_off,
    "the session or token": lambda house: (Session.objects.all().delete(), AuthToken.objects.all().delete()),
}


def segment_address(house: House) -> str:
    return f"/api/v1/cameras/front-door/segments/{house.camera.segments.get().pk}.mp4"


def exported(house: House) -> Export:
    export = exports.make_export(Wish((house.camera,), "main", Span(START_MS + 1_000, START_MS + 7_000)), by=house.bob)
    export_work.work()
    export.refresh_from_db()
    return export


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("way", [House.api, House.browser])
def test_footage_stops_with(home: House, way: Callable[[House, str], Client], ending: str) -> None:
    client = way(home, "bob")
    address = segment_address(home)
    assert len(body_of(client.get(address))) > 3 * PIECE_BYTES
    assert len(body_while(client.get(address), lambda: ENDINGS[ending](home))) == PIECE_BYTES
    if ending != "the right to hear":
        assert client.get(address).status_code in (401, 403, 404)


def test_footage_that_a_ticket_plays_stops_with_its_token(home: House) -> None:
    ticket = home.api("bob").post("/api/v1/cameras/front-door/ticket/", {"action": "playback"}, format="json").json()["ticket"]
    address = f"{segment_address(home)}?ticket={ticket}"
    assert len(body_of(Client().get(address))) > PIECE_BYTES
    assert len(body_while(Client().get(address), lambda: AuthToken.objects.all().delete())) == PIECE_BYTES
    assert Client().get(address).status_code == 401


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_download_of_an_export_stops_with(home: House, ending: str) -> None:
    address = f"/api/v1/exports/{exported(home).pk}/file"
    api = home.api("bob")
    assert len(body_of(api.get(address))) > PIECE_BYTES
    assert len(body_while(api.get(address), lambda: ENDINGS[ending](home))) == PIECE_BYTES
    assert api.get(address).status_code in (401, 403)


@pytest.mark.parametrize("ending", ["the link", "the link's time", "the export", *ENDINGS.keys() - {"the session or token"}])
def test_a_shared_download_stops_with(home: House, ending: str) -> None:
    endings = ENDINGS | {
        "the link": lambda _: shares.revoke(ShareLink.objects.get()),
        "the link's time": lambda _: ShareLink.objects.update(expires_at=timezone.now()),
        "the export": lambda _: Export.objects.all().delete(),
    }
    _, secret = shares.make_link(exported(home), by=home.bob, valid_for=timedelta(hours=1))
    address = f"/share/{secret}/file"
    assert len(body_of(Client().get(address))) > PIECE_BYTES
    assert len(body_while(Client().get(address), lambda: endings[ending](home))) == PIECE_BYTES
    assert Client().get(address).status_code == 404


def test_an_export_has_the_sound_its_maker_may_hear(home: House) -> None:
    heard = exported(home)
    assert heard.result["heard"] == [home.camera.pk]
    Grant.objects.filter(action=Action.HEAR).delete()
    assert not exports.may_download(heard, home.bob)
    silent = exported(home)
    assert exports.may_download(silent, home.bob)
    assert (silent.result["heard"], silent.size_bytes < heard.size_bytes) == ([], True)
    assert "without sound" in silent.result["notes"][0]


def test_rights_are_asked_again_within_five_seconds() -> None:
    assert footage_bytes.ASK_EVERY_S <= 4
