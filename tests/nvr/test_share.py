"""What a link to an export opens, for whom, and for how long."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from asgiref.sync import sync_to_async
from django.test import AsyncClient, Client
from django.utils import timezone

from cameras.models import Action, Grant
from recordings.models import Export, ShareLink
from recordings.rules.spans import Span
from recordings.services import export_work, exports, shares
from recordings.services.exports import Wish
from tests.support.numbered import footage
from tests.support.people import House
from tests.support.recorded import Archive

START_MS = 1_795_000_020_000
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def directories(settings: pytest_django.Settings, tmp_path: Path) -> None:
    settings.EXPORTS_DIR = tmp_path / "exports"
    settings.DATA_DIR = tmp_path / "data"


def shared(root: Path) -> tuple[House, str]:
    """Bob, who may export the front door, has shared four seconds of it."""
    house = House()
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.EXPORT)
    Archive(root / "footage").add(house.camera, footage(8, start_ms=START_MS))
    export = exports.make_export(Wish((house.camera,), "main", Span(START_MS + 2_000, START_MS + 6_000)), by=house.bob)
    export_work.work()
    export.refresh_from_db()
    _, secret = shares.make_link(export, by=house.bob, valid_for=timedelta(hours=2))
    return house, f"/share/{secret}/"


def status(address: str) -> set[int]:
    return {Client().get(address).status_code, Client().head(f"{address}file").status_code}


def test_it_says_what_it_is_and_nothing_else(tmp_path: Path) -> None:
    _, address = shared(tmp_path)
    answer = Client().get(address)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Front door" in text and "<video" in text and "2026-11-18" in text
    assert not [word for word in ("bob", "alice", "Garden", "/api/", "hunter2", str(tmp_path)) if word in text]
    assert "noindex" in answer["X-Robots-Tag"] and "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"


def test_it_ends_when_it_expires_is_revoked_or_its_maker_may_no_more(tmp_path: Path) -> None:
    house, address = shared(tmp_path)
    link = ShareLink.objects.get()
    assert status(address) == {200}
    ShareLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert status(address) == {404}
    ShareLink.objects.update(expires_at=link.expires_at)
    Grant.objects.filter(user=house.bob).delete()
    assert status(address) == {404}
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.EXPORT)
    house.bob.is_active = False
    house.bob.save()
    assert status(address) == {404}
    house.bob.is_active = True
    house.bob.save()
    assert status(address) == {200}
    shares.revoke(link)
    assert status(address) == {404}


def test_it_goes_with_its_export(tmp_path: Path) -> None:
    _, address = shared(tmp_path)
    exports.remove(Export.objects.get())
    assert status(address) == {404}


def test_a_link_that_never_was_and_one_that_is_over_look_alike(tmp_path: Path) -> None:
    _, address = shared(tmp_path)
    shares.revoke(ShareLink.objects.get())
    over, never = Client().get(address), Client().get("/share/abc.def/")
    assert (over.status_code, over.content) == (never.status_code, never.content) == (404, never.content)


def test_who_asks_too_often_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, address = shared(tmp_path)
    monkeypatch.setattr("nvr.pages.share._Throttle.rate", "3/minute", raising=False)
    codes = [Client().get(address).status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]


async def test_downloads_are_counted_once_however_many_ranges_they_take(tmp_path: Path) -> None:
    _, address = await sync_to_async(shared)(tmp_path)
    path = next((tmp_path / "exports").rglob("*.mp4"))
    client: Any = AsyncClient()
    found = []
    for wanted in (None, "bytes=0-99", "bytes=100-199"):
        answer = await client.get(f"{address}file?download=1", headers={"Range": wanted} if wanted else {})
        found.append(b"".join([part async for part in answer.streaming_content]))
    assert found == [path.read_bytes(), path.read_bytes()[:100], path.read_bytes()[100:200]]
    played = await client.get(f"{address}file", headers={"Range": "bytes=0-"})
    assert played["Content-Disposition"].startswith("inline")
    assert (await ShareLink.objects.aget()).downloads == 2
    played.close()
