"""The audit as administrators read it: page, API and CSV. Nobody else does."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient
from django.utils import timezone

from cameras.audit.activities import gather, gatherer
from cameras.audit.actors import Actor
from cameras.audit.entries import note, now_ms
from cameras.audit.sealing import seal
from cameras.models import AuditEntry, Means
from nvr.people.tokens import create_token
from tests.support.people import House

pytestmark = pytest.mark.django_db
API = "/api/v1/audit/"
ANNA = Actor(7, "anna", Means.PAGE, address="192.0.2.1")
AT_MS = round(datetime(2026, 11, 20, 12, tzinfo=timezone.get_default_timezone()).timestamp() * 1000)
DAY_MS = 86_400_000


@pytest.fixture
def noted(house: House) -> House:
    gatherer.forget()
    note("watch", camera=house.camera, by=ANNA, at_ms=AT_MS, duration_ms=720_000)
    note("playback", camera=house.other, by=Actor(8, "ben"), at_ms=AT_MS + DAY_MS, details={"footage": [[1, 2]]})
    note("download", kind="export", name="=1+1.mp4", by=Actor(means=Means.LINK, proof="link 1"), at_ms=AT_MS + 2 * DAY_MS)
    gather("steer", camera=house.camera, by=ANNA, quiet_ms=10**9, at_ms=now_ms() - 600_000)
    return house


def results(house: House, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.api("alice").get(f"{API}?{query}").json()["results"]
    return [one for one in found if one["at_ms"] <= AT_MS + 2 * DAY_MS]


@pytest.mark.parametrize(("name", "status"), [("alice", 200), ("carol", 404), ("bob", 404), ("charlie", 404), ("nobody", 302)])
def test_the_page_is_for_administrators(house: House, name: str, status: int) -> None:
    assert house.browser(name).get("/audit/").status_code == status


@pytest.mark.parametrize("address", [API, f"{API}ongoing/", f"{API}entries.csv"])
@pytest.mark.parametrize(("name", "status"), [("carol", 403), ("bob", 403), ("nobody", 401)])
def test_the_api_is_for_administrators(house: House, address: str, name: str, status: int) -> None:
    assert house.api(name).get(address).status_code == status


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", [API, f"{API}ongoing/", f"{API}entries.csv"])
def test_nobody_writes_by_the_api(house: House, address: str, method: str) -> None:
    assert getattr(house.api("alice"), method)(address, {}, format="json").status_code == 405


def test_the_page_speaks_in_sentences(noted: House) -> None:
    text = noted.browser("alice").get("/audit/?to=2026-11-22").content.decode()
    assert "anna watched Front door live for 12 minutes." in text
    assert "Somebody downloaded =1+1.mp4, with the shared link 1." in text
    assert "Friday, 20 November 2026" in text
    text = noted.browser("alice").get("/audit/").content.decode()
    assert "anna turned Front door for 10 minutes so far." in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("who=anna", ["watch"]),
        ("camera=garden", ["playback"]),
        ("action=download", ["download"]),
        (f"start={AT_MS + 1}&end={AT_MS + 2 * DAY_MS}", ["playback"]),
        ("who=nobody", []),
    ],
)
def test_the_api_gives_what_is_asked_for_newest_first(noted: House, query: str, shown: list[str]) -> None:
    assert [one["action"] for one in results(noted, query)] == shown


def test_an_entry_in_the_api_has_all_that_its_hash_is_made_of(noted: House) -> None:
    [entry] = results(noted, "who=anna")
    assert (entry["number"], entry["hash"]) == (None, "")
    seal()
    [entry] = results(noted, "who=anna")
    row = AuditEntry.objects.get(who="anna")
    assert (entry["number"], entry["hash"], entry["previous"]) == (row.number, row.hash, row.previous)
    assert entry["text"] == "anna watched Front door live for 12 minutes."


def test_what_goes_on_is_told_apart(noted: House) -> None:
    [one] = noted.api("alice").get(f"{API}ongoing/").json()["results"]
    assert (one["who"], one["action"], one["camera"]) == ("anna", "steer", "front-door")


@pytest.mark.parametrize("query", ["action=nonsense", "start=yesterday", "end=1e9", "who=%00", "start=-5"])
def test_what_can_not_be_understood_is_named(noted: House, query: str) -> None:
    answer = noted.api("alice").get(f"{API}?{query}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [query.partition("=")[0]]


@pytest.mark.parametrize(
    "query", ["from=x", "to=0001-01-01", "action=nonsense", "page=99999", "page=x", "who=%00%27&camera=%3Cb%3E", "from=9999-12-31"]
)
def test_the_page_takes_any_address(noted: House, query: str) -> None:
    answer = noted.browser("alice").get(f"/audit/?{query}")
    assert answer.status_code == 200
    assert b"<b>" not in answer.content


def test_days_are_those_of_the_server(noted: House) -> None:
    text = noted.browser("alice").get("/audit/?from=2026-11-20&to=2026-11-20").content.decode()
    assert "anna watched" in text
    assert "ben played" not in text


async def test_the_spreadsheet_has_the_same_and_no_formula(transactional_db: None) -> None:
    def prepare() -> str:
        gatherer.forget()
        house = House()
        note("download", kind="export", name="=1+1.mp4", by=ANNA)
        note("change", kind="user", name="@SUM(A1)", by=Actor(9, "+49", Means.TOKEN, "-x"))
        return create_token(house.alice)

    token = await sync_to_async(prepare)()
    answer: Any = await AsyncClient().get(f"{API}entries.csv?action=download", headers={"Authorization": f"Bearer {token}"})
    assert answer["Content-Type"].startswith("text/csv")
    assert answer["Content-Disposition"].startswith("attachment")
    [row] = csv.DictReader(io.StringIO(b"".join([part async for part in answer.streaming_content]).decode()))
    assert (row["who"], row["name"], row["address"]) == ("anna", "'=1+1.mp4", "192.0.2.1")
    answer = await AsyncClient().get(f"{API}entries.csv?action=change", headers={"Authorization": f"Bearer {token}"})
    [row] = csv.DictReader(io.StringIO(b"".join([part async for part in answer.streaming_content]).decode()))
    assert (row["who"], row["proof"], row["name"]) == ("'+49", "'-x", "'@SUM(A1)")
    taken = await sync_to_async(lambda: AuditEntry.objects.filter(action="audit_read").count())()
    assert taken == 2
