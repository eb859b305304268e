from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import pytest_django
from rest_framework.test import APIClient

from cameras.models import Action, Camera, Grant
from recordings.models import Event
from recordings.services.event_pictures import PICTURE, PREVIEW, path_of
from recordings.services.pictures import put_file
from tests.recordings.shelf import HOUR_MS, MIDNIGHT_MS, MINUTE_MS
from tests.support.people import House

T = MIDNIGHT_MS
EVENTS = "/api/v1/events/"
REVIEW = f"{EVENTS}review/"
COUNTS = f"{EVENTS}counts/"
WINDOW = {"start": T, "end": T + HOUR_MS}


@pytest.fixture(autouse=True)
def rights(house: House, tmp_path: Path, settings: pytest_django.Settings) -> None:
    """Bob may play back the front door, Carol is staff and may not, Charlie may nothing."""
    settings.PREVIEWS_DIR = tmp_path / "previews"
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.PLAYBACK)


def event(camera: Camera | None, minute: float, kind: str = "motion", *, seconds: int | None = 10, **fields: Any) -> Event:
    start_ms = T + round(minute * MINUTE_MS)
    end_ms = None if seconds is None else start_ms + seconds * 1000
    moments = {"footage_start_ms": start_ms - 5000, "footage_end_ms": (end_ms or start_ms) + 10_000}
    return Event.objects.create(
        camera=camera, kind=kind, start_ms=start_ms, end_ms=end_ms, seen_until_ms=end_ms or start_ms, **moments, **fields
    )


def ids(client: APIClient, **query: Any) -> list[int]:
    answer = client.get(EVENTS, query)
    assert answer.status_code == 200, answer.content
    return [found["id"] for found in answer.json()["results"]]


def test_an_event_is_told_with_all_that_is_known_of_it(house: House) -> None:
    one = event(
        house.camera,
        1,
        zones=["Drive"],
        labels=[{"label": "person", "score": 0.9}],
        peak_score=62,
        box=[0.1, 0.2, 0.3, 0.4],
        best_at_ms=T + 62_000,
        has_picture=True,
        has_preview=True,
    )
    expected = {
        "id": one.pk,
        "camera": "front-door",
        "camera_name": "Front door",
        "kind": "motion",
        "state": "over",
        "start_ms": T + 60_000,
        "end_ms": T + 70_000,
        "seen_until_ms": T + 70_000,
        "footage_start_ms": T + 55_000,
        "footage_end_ms": T + 80_000,
        "peak_score": 62,
        "zones": ["Drive"],
        "labels": [{"label": "person", "score": 0.9}],
        "box": [0.1, 0.2, 0.3, 0.4],
        "best_at_ms": T + 62_000,
        "subject": "",
        "reason": "",
        "text": "Person in Drive for 10 s",
        "picture": f"/api/v1/events/{one.pk}/picture.jpg?v={T + 70_000}",
        "preview": f"/api/v1/events/{one.pk}/preview.webp?v={T + 70_000}",
        "is_late": False,
        "reviewed_at": None,
        "reviewed_by": None,
    }
    assert house.api("bob").get(EVENTS).json() == {"next": None, "previous": None, "results": [expected]}
    assert house.api("bob").get(f"{EVENTS}{one.pk}/").json() == expected
    trouble = event(None, 2, "storage", seconds=None, subject="disk", reason="it is full")
    told = house.api("alice").get(f"{EVENTS}{trouble.pk}/").json()
    assert (told["camera"], told["camera_name"], told["state"], told["end_ms"], told["picture"]) == (None, "", "going_on", None, None)
    assert told["text"] == "Trouble with keeping recordings (disk): it is full"


def test_who_may_play_back_sees_the_events_of_a_camera_and_staff_those_of_none(house: House) -> None:
    door, garden, disk = event(house.camera, 1), event(house.other, 2), event(None, 3, "storage", subject="disk")
    assert house.api("nobody").get(EVENTS).status_code == 401
    seen = {who: ids(house.api(who)) for who in ("alice", "bob", "carol", "charlie")}
    assert seen == {"alice": [disk.pk, garden.pk, door.pk], "bob": [door.pk], "carol": [disk.pk], "charlie": []}
    answers = {
        who: [house.api(who).get(f"{EVENTS}{one.pk}/").status_code for one in (door, garden, disk)]
        for who in ("alice", "bob", "carol", "charlie", "nobody")
    }
    assert answers == {
        "alice": [200, 200, 200],
        "bob": [200, 404, 404],
        "carol": [403, 404, 200],
        "charlie": [404, 404, 404],
        "nobody": [401, 401, 401],
    }
    assert house.api("alice").get(f"{EVENTS}999999/").status_code == 404


def test_filters_narrow_and_several_of_one_widen(house: House) -> None:
    client = house.api("alice")
    drive = event(house.camera, 1, zones=["Drive", "Tür"], peak_score=80, labels=[{"label": "person", "score": 0.5}])
    door = event(house.camera, 2, zones=["Tür 2"], peak_score=20, labels=[{"label": "person 2", "score": 0.5}])
    garden = event(house.other, 3, zones=["Drive"], peak_score=50)
    down = event(house.other, 4, "camera_down")
    disk = event(None, 5, "storage", subject="disk")
    assert ids(client) == [disk.pk, down.pk, garden.pk, door.pk, drive.pk]
    assert ids(client, camera="front-door") == [door.pk, drive.pk]
    assert ids(client, camera=["front-door", "garden"]) == [down.pk, garden.pk, door.pk, drive.pk]
    assert ids(client, camera="attic") == []
    assert ids(client, kind="camera_down") == [down.pk]
    assert ids(client, kind=["camera_down", "storage", "gap"]) == [disk.pk, down.pk]
    assert ids(client, zone="Tür") == [drive.pk]
    assert ids(client, zone="r") == []
    assert ids(client, zone=["Tür", "Tür 2"]) == [door.pk, drive.pk]
    assert ids(client, zone="Drive", camera="garden") == [garden.pk]
    assert ids(client, label="person") == [drive.pk]
    assert ids(client, min_score=50) == [garden.pk, drive.pk]
    assert ids(client, start=T + 2 * MINUTE_MS, end="2026-11-19T00:04:00Z") == [garden.pk, door.pk]
    Event.objects.filter(pk__in=[drive.pk, disk.pk]).update(reviewed_at="2026-11-20T00:00:00Z")
    assert ids(client, reviewed="true") == [disk.pk, drive.pk]
    assert ids(client, reviewed="false", kind="motion") == [garden.pk, door.pk]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"kind": "burglary"}, "kind.0"),
        ({"min_score": 101}, "min_score"),
        ({"start": "yesterday"}, "start"),
        ({"reviewed": "perhaps"}, "reviewed"),
        ({"cursor": "1' OR 1=1"}, "cursor"),
        ({"cursor": f"older-{'9' * 30}-1"}, "cursor"),
    ],
)
def test_filters_that_make_no_sense_are_refused_in_words(house: House, query: dict[str, Any], field: str) -> None:
    answer = house.api("alice").get(EVENTS, query)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_pages_lead_through_all_events_and_back(house: House) -> None:
    """Some begin in the same millisecond, of either camera and of none."""
    made = [event((house.camera, house.other, None)[number % 3], number // 4, subject=str(number)) for number in range(130)]
    newest_first = [one.pk for one in sorted(made, key=lambda one: (one.start_ms, one.pk), reverse=True)]
    client = house.api("alice")
    pages, address = [], f"{EVENTS}?min_score=0"
    while address:
        answer = client.get(address).json()
        pages.append([found["id"] for found in answer["results"]])
        address, back = answer["next"], answer["previous"]
    assert [len(page) for page in pages] == [50, 50, 30]
    assert [pk for page in pages for pk in page] == newest_first
    middle = client.get(back).json()
    assert [found["id"] for found in middle["results"]] == pages[1]
    first = client.get(middle["previous"]).json()
    assert [found["id"] for found in first["results"]] == pages[0]
    assert first["previous"] is None
    assert "min_score=0" in first["next"]
    new = event(house.camera, 500)
    assert [found["id"] for found in client.get(client.get(first["next"]).json()["previous"]).json()["results"]] == pages[0]
    assert ids(client)[0] == new.pk


def test_a_page_costs_the_same_however_many_events_there_are(house: House, django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        event(house.camera, number, reviewed_by=house.alice, reviewed_at="2026-11-20T00:00:00Z")
    client = house.api("bob")
    with django_assert_max_num_queries(8):
        assert len(ids(client)) == 30


def test_who_has_seen_it_is_said_once_for_all(house: House) -> None:
    one = event(house.camera, 1)
    answer = house.api("bob").patch(f"{EVENTS}{one.pk}/", {"reviewed": True}, format="json").json()
    assert answer["reviewed_by"] == "bob"
    assert answer["reviewed_at"]
    again = house.api("alice").patch(f"{EVENTS}{one.pk}/", {"reviewed": True}, format="json").json()
    assert (again["reviewed_by"], again["reviewed_at"]) == ("bob", answer["reviewed_at"])
    undone = house.api("alice").patch(f"{EVENTS}{one.pk}/", {"reviewed": False}, format="json").json()
    assert (undone["reviewed_by"], undone["reviewed_at"]) == (None, None)
    statuses = [house.api(who).patch(f"{EVENTS}{one.pk}/", {"reviewed": True}, format="json").status_code for who in ("carol", "charlie")]
    assert statuses == [403, 404]
    assert house.api("alice").patch(f"{EVENTS}{one.pk}/", {}, format="json").status_code == 400


def test_many_are_reviewed_by_name_or_by_what_they_are(house: House) -> None:
    mine = [event(house.camera, number, peak_score=number * 10) for number in range(6)]
    others = event(house.other, 1)
    bob = house.api("bob")

    def post(**body: Any) -> Any:
        return bob.post(REVIEW, body, format="json").json()

    assert post(ids=[mine[0].pk, mine[1].pk, others.pk, 999_999]) == {"changed": 2, "is_complete": True}
    assert post(ids=[mine[0].pk]) == {"changed": 0, "is_complete": True}
    assert post(before_ms=T + 5 * MINUTE_MS, min_score=30) == {"changed": 2, "is_complete": True}
    assert post(before_ms=T + HOUR_MS, kind="gap") == {"changed": 0, "is_complete": True}
    assert ids(bob, reviewed="true") == [mine[4].pk, mine[3].pk, mine[1].pk, mine[0].pk]
    assert post(before_ms=T + HOUR_MS, camera=["front-door"], reviewed=False) == {"changed": 4, "is_complete": True}
    assert not Event.objects.filter(reviewed_at__isnull=False).exists()
    assert list(post(reviewed=True)["errors"]) == ["ids"]
    assert list(post(ids=[1], before_ms=5)["errors"]) == ["ids"]
    assert list(post(ids=list(range(1, 502)))["errors"]) == ["ids"]


def test_counts_say_how_many_and_how_many_nobody_has_seen(house: House) -> None:
    for number in range(5):
        event(house.camera, number, reviewed_at="2026-11-20T00:00:00Z" if number < 2 else None)
    event(house.camera, 6, "camera_down")
    event(house.camera, 60)
    event(house.other, 7)
    event(None, 8, "storage", subject="disk")
    answer = house.api("alice").get(COUNTS, WINDOW).json()
    door = {
        "camera": "front-door",
        "events": 6,
        "unreviewed": 4,
        "kinds": [{"kind": "camera_down", "events": 1, "unreviewed": 1}, {"kind": "motion", "events": 5, "unreviewed": 3}],
    }
    assert (answer["events"], answer["unreviewed"], answer["start_ms"], answer["end_ms"]) == (8, 6, T, T + HOUR_MS)
    assert [found["camera"] for found in answer["cameras"]] == [None, "front-door", "garden"]
    assert answer["cameras"][1] == door
    assert house.api("bob").get(COUNTS, WINDOW).json()["cameras"] == [door]
    assert house.api("charlie").get(COUNTS, WINDOW).json()["cameras"] == []
    assert house.api("nobody").get(COUNTS, WINDOW).status_code == 401
    assert house.api("bob").get(COUNTS).status_code == 400


def test_pictures_are_given_to_who_may_see_the_event_and_kept_when_they_are_final(house: House) -> None:
    one = event(house.camera, 1, has_picture=True, has_preview=True)
    put_file(path_of(one, PICTURE), b"jpeg")
    put_file(path_of(one, PREVIEW), b"webp")
    told = house.api("bob").get(f"{EVENTS}{one.pk}/").json()
    for name, content_type in (("picture", "image/jpeg"), ("preview", "image/webp")):
        answer = house.api("bob").get(told[name])
        assert (answer["Content-Type"], answer.content[:4]) == (content_type, content_type[6:].encode()[:4])
        assert "immutable" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
        assert house.api("bob").get(told[name], headers={"If-None-Match": answer["ETag"]}).status_code == 304
        statuses = {who: house.api(who).get(told[name]).status_code for who in ("alice", "carol", "charlie", "nobody")}
        assert statuses == {"alice": 200, "carol": 403, "charlie": 404, "nobody": 401}
        path_of(one, PICTURE if name == "picture" else PREVIEW).unlink()
        assert house.api("bob").get(told[name]).status_code == 404


def test_a_first_picture_is_asked_for_again(house: House) -> None:
    one = event(house.camera, 1, seconds=None, has_picture=True, needs_pictures=True)
    put_file(path_of(one, PICTURE), b"jpeg")
    told = house.api("bob").get(f"{EVENTS}{one.pk}/").json()
    assert told["picture"].endswith("?v=0") and told["preview"] is None
    assert house.api("bob").get(told["picture"])["Cache-Control"] == "private, no-cache"
