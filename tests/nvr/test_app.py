"""What makes the pages an app: manifest, service worker, offline page, and the pictures of pushed messages."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core import signing
from django.test import Client

from cameras.models import Action, Grant
from recordings.services.notices import letters
from tests.support.people import House
from tests.support.telling import make_event

PICTURE = b"\xff\xd8 a picture \xff\xd9"


@pytest.fixture
def _pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nvr.pages.notifications.picture_of", lambda event: PICTURE)


def test_the_manifest_names_icons_that_are_what_it_says() -> None:
    answer = Client().get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    manifest = json.loads(answer.content)
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/", "/", "standalone")
    assert {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for icon in manifest["icons"]:
        found = finders.find(icon["src"].removeprefix(settings.STATIC_URL))
        assert isinstance(found, str)
        data = Path(found).read_bytes()
        width, height = struct.unpack(">II", data[16:24])
        assert (data[:8], f"{width}x{height}") == (b"\x89PNG\r\n\x1a\n", icon["sizes"])


def test_the_worker_is_in_charge_of_all_pages_and_never_kept() -> None:
    answer = Client().get("/sw.js")
    assert (answer["Content-Type"], answer["Cache-Control"], answer["Service-Worker-Allowed"]) == ("text/javascript", "no-cache", "/")
    first = answer.content.decode().splitlines()[0]
    about = json.loads(first.removeprefix("self.ABOUT = ").removesuffix(";"))
    assert about["shell"][0] == "/offline/"
    for path in (about["icon"], about["badge"], *about["shell"][1:]):
        assert finders.find(path.removeprefix(settings.STATIC_URL)), path


@pytest.mark.django_db
def test_every_page_names_the_manifest_and_the_worker(house: House) -> None:
    page = house.browser("alice").get("/").content.decode()
    assert '<link rel="manifest" href="/manifest.webmanifest"' in page
    assert 'name="theme-color"' in page


def test_the_offline_page_tells_nothing_of_anybody() -> None:
    answer = Client().get("/offline/")
    assert "can’t be reached" in answer.content.decode()
    assert "csrf" not in answer.content.decode().lower()


@pytest.mark.usefixtures("_pictures")
def test_the_picture_of_a_message_is_for_whom_it_was_made_as_long_as_they_may_see_it(house: House) -> None:
    event = make_event(house.camera)
    grant = Grant.objects.create(user=house.bob, camera=house.camera, action=Action.PLAYBACK)
    address = letters.picture_path(event, house.bob.pk)
    answer = Client().get(address)
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, PICTURE, "image/jpeg")
    assert "private" in answer["Cache-Control"]
    grant.delete()
    assert Client().get(address).status_code == 404
    assert Client().get(letters.picture_path(event, house.charlie.pk)).status_code == 404
    house.alice.is_active = False
    house.alice.save()
    assert Client().get(letters.picture_path(event, house.alice.pk)).status_code == 404
    assert Client().get(letters.picture_path(event, 999_999)).status_code == 404


@pytest.mark.usefixtures("_pictures")
def test_a_made_up_changed_or_old_signature_opens_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    event = make_event(house.camera)
    address = letters.picture_path(event, house.alice.pk)
    assert Client().get(address).status_code == 200
    token = address.removeprefix("/push/picture/").removesuffix(".jpg")
    head, _, signature = token.rpartition(":")
    for made_up in ("a", f"{head}x:{signature}", signing.dumps([event.pk, house.alice.pk], salt="else")):
        assert Client().get(f"/push/picture/{made_up}.jpg").status_code == 404
    monkeypatch.setattr(letters, "PICTURE_VALID_S", -1)
    assert Client().get(address).status_code == 404
