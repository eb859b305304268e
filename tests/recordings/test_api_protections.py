from __future__ import annotations

import logging
from pathlib import Path

import pytest

from cameras.models import Action, Grant
from recordings.models import CoverageDay, Deletion, Protection, Segment
from recordings.rules.accounting import Entry, Kind
from recordings.rules.spans import Span
from recordings.services.footage_deletion import delete_footage, finish
from recordings.services.timeline import account_of
from tests.recordings.shelf import DAY_MS, HOUR_MS, MIDNIGHT_MS, MINUTE_MS, Shelf
from tests.support.people import House

PROTECTIONS = "/api/v1/protections/"
DELETE = "/api/v1/cameras/front-door/footage/delete/"
HOUR = {"start": MIDNIGHT_MS, "end": MIDNIGHT_MS + HOUR_MS}
NEW = HOUR | {"camera": "front-door", "note": "burglary"}


@pytest.fixture
def shelf(tmp_path: Path, house: House) -> Shelf:
    return Shelf(tmp_path)


def test_a_span_is_protected_by_who_has_the_right(house: House) -> None:
    assert [house.api(who).post(PROTECTIONS, NEW, format="json").status_code for who in ("nobody", "bob", "carol", "charlie")] == [
        401,
        403,
        403,
        404,
    ]
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.PROTECT)
    answer = house.api("bob").post(PROTECTIONS, NEW | {"start": "2026-11-19T00:00:00Z"}, format="json")
    protection = Protection.objects.get()
    assert answer.status_code == 201
    assert answer.json() | {"at": ""} == {
        "id": protection.pk,
        "camera": "front-door",
        "start_ms": MIDNIGHT_MS,
        "end_ms": MIDNIGHT_MS + HOUR_MS,
        "note": "burglary",
        "by": "bob",
        "at": "",
    }
    assert house.api("bob").post(PROTECTIONS, NEW | {"camera": "garden"}, format="json").status_code == 404
    assert house.api("bob").post(PROTECTIONS, NEW | {"end": MIDNIGHT_MS}, format="json").status_code == 400
    assert house.api("bob").post(PROTECTIONS, NEW | {"note": "x" * 301}, format="json").status_code == 400


def test_protections_are_listed_for_who_may_play_back(house: House, shelf: Shelf) -> None:
    mine = shelf.protection(house.camera, MIDNIGHT_MS, MIDNIGHT_MS + 1, "mine")
    shelf.protection(house.other, MIDNIGHT_MS, MIDNIGHT_MS + 1, "other")
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.PLAYBACK)
    found = {
        who: [one["note"] for one in house.api(who).get(PROTECTIONS).json()["results"]] for who in ("alice", "bob", "carol", "charlie")
    }
    assert found == {"alice": ["other", "mine"], "bob": ["mine"], "carol": [], "charlie": []}
    assert [one["id"] for one in house.api("alice").get(PROTECTIONS, {"camera": "front-door"}).json()["results"]] == [mine.pk]
    assert house.api("nobody").get(PROTECTIONS).status_code == 401


def test_a_protection_ends_by_who_has_the_right(house: House, shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    protection = shelf.protection(house.camera, MIDNIGHT_MS, MIDNIGHT_MS + 1, "burglary")
    address = f"{PROTECTIONS}{protection.pk}/"
    assert [house.api(who).delete(address).status_code for who in ("nobody", "bob", "carol", "charlie")] == [401, 404, 404, 404]
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.PLAYBACK)
    assert house.api("bob").delete(address).status_code == 403
    with caplog.at_level(logging.INFO):
        assert house.api("alice").delete(address).status_code == 204
    assert not Protection.objects.exists()
    assert "alice ended the protection" in caplog.text
    assert house.api("alice").delete(address).status_code == 404


def test_footage_is_deleted_by_who_has_the_right_and_it_is_known_who(house: House, shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    shelf.put(house.camera, MIDNIGHT_MS - 30_000, MIDNIGHT_MS + 2 * HOUR_MS)
    shelf.put(house.camera, MIDNIGHT_MS, MIDNIGHT_MS + 2 * HOUR_MS, role="sub")
    shelf.put(house.other, MIDNIGHT_MS, MIDNIGHT_MS + 2 * HOUR_MS)
    assert [house.api(who).post(DELETE, HOUR, format="json").status_code for who in ("nobody", "bob", "carol", "charlie")] == [
        401,
        403,
        403,
        404,
    ]
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.PROTECT)
    assert house.api("bob").post(DELETE, HOUR, format="json").status_code == 403
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.DELETE)
    with caplog.at_level(logging.INFO):
        answer = house.api("bob").post(DELETE, HOUR, format="json")
    assert answer.status_code == 202
    assert answer.json() == {
        "start_ms": MIDNIGHT_MS - 30_000,
        "end_ms": MIDNIGHT_MS + HOUR_MS + 30_000,
        "segments": 61 + 60,
        "size_bytes": 61 * MINUTE_MS + HOUR_MS,
        "is_complete": True,
    }
    assert set(Segment.objects.exclude(doomed_by="").values_list("camera__slug", "doomed_by")) == {("front-door", "by hand")}
    assert set(Deletion.objects.values_list("role", "rule", "by__username")) == {("main", "by hand", "bob"), ("sub", "by hand", "bob")}
    assert "bob deletes its footage from 2026-11-18T23:59:30+00:00 to 2026-11-19T01:00:30+00:00" in caplog.text
    entries = account_of(house.camera, "main", Span(MIDNIGHT_MS, MIDNIGHT_MS + 2 * HOUR_MS), MIDNIGHT_MS + DAY_MS)
    assert entries[0] == Entry(Span(MIDNIGHT_MS, MIDNIGHT_MS + HOUR_MS + 30_000), Kind.DELETED, "by hand")
    assert CoverageDay.objects.get(camera=house.camera, role="main", day="2026-11-19").recorded_ms == HOUR_MS - 30_000


def test_deleting_nothing_is_no_fault(house: House) -> None:
    answer = house.api("alice").post(DELETE, HOUR, format="json")
    assert (answer.status_code, answer.json()["segments"], answer.json()["is_complete"]) == (202, 0, True)
    assert house.api("alice").post(DELETE, {"start": 5, "end": 4}, format="json").status_code == 400


def test_what_is_protected_refuses_to_be_deleted_by_name(house: House, shelf: Shelf) -> None:
    """Also where only a file that would have to go reaches into it."""
    shelf.put(house.camera, MIDNIGHT_MS - 30_000, MIDNIGHT_MS + 2 * HOUR_MS)
    shelf.protection(house.camera, MIDNIGHT_MS + HOUR_MS + 20_000, MIDNIGHT_MS + 2 * HOUR_MS, "burglary")
    answer = house.api("alice").post(DELETE, HOUR, format="json")
    assert answer.status_code == 409
    assert "“burglary”" in answer.json()["detail"]
    assert "2026-11-19T01:00:20+00:00" in answer.json()["detail"]
    assert not Segment.objects.exclude(doomed_by="").exists()
    assert house.api("alice").post(DELETE, HOUR | {"end": MIDNIGHT_MS + HOUR_MS - 30_000}, format="json").status_code == 202


def test_file_that_is_being_written_stays(house: House, shelf: Shelf) -> None:
    shelf.put(house.camera, MIDNIGHT_MS, MIDNIGHT_MS + HOUR_MS - MINUTE_MS)
    growing = shelf.growing(house.camera, MIDNIGHT_MS + HOUR_MS - MINUTE_MS, MIDNIGHT_MS + HOUR_MS)
    answer = house.api("alice").post(DELETE, HOUR, format="json").json()
    assert (answer["segments"], answer["end_ms"]) == (59, growing.started_at_ms)


def test_what_the_time_does_not_suffice_for_is_gone_on_with(house: House, shelf: Shelf) -> None:
    shelf.put(house.camera, MIDNIGHT_MS, MIDNIGHT_MS + DAY_MS, length_ms=HOUR_MS)
    window = Span(MIDNIGHT_MS, MIDNIGHT_MS + DAY_MS)
    deleted = delete_footage(house.camera, window, by=house.alice, budget_s=-1)
    assert (deleted.span, deleted.rest, deleted.doomed.segments) == (window, window, 0)
    shelf.protection(house.camera, MIDNIGHT_MS + 20 * HOUR_MS, MIDNIGHT_MS + 20 * HOUR_MS + 1)  # too late for a refusal, but not for it
    assert finish(house.camera.pk, window, by_id=house.alice.pk, budget_s=60) is None
    assert list(Segment.objects.values_list("started_at_ms", flat=True)) == [MIDNIGHT_MS + 20 * HOUR_MS]
    assert finish(999_999, window, by_id=None, budget_s=60) is None


@pytest.mark.parametrize("camera", ["%00", "", "a b", "x" * 101])
def test_a_filter_that_is_no_camera_s_name_is_refused(house: House, camera: str) -> None:
    answer = house.api("alice").get(f"/api/v1/protections/?camera={camera}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["camera"])
