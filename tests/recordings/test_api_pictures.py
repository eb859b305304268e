from __future__ import annotations

import io
from pathlib import Path

import pytest
import pytest_django
from PIL import Image

from cameras.models import Action, Grant
from recordings.models import RecordingRule, Segment
from recordings.services import pictures
from tests.support.numbered import footage
from tests.support.people import House
from tests.support.recorded import Archive

START_MS = 1_795_000_020_000
BASE = "/api/v1/cameras/front-door"
WINDOW = f"start={START_MS}&end={START_MS + 60_000}"


@pytest.fixture
def segments(house: House, settings: pytest_django.Settings, tmp_path: Path) -> list[Segment]:
    settings.PREVIEWS_DIR = tmp_path / "previews"
    RecordingRule.objects.create(camera=house.camera, snapshot_every_s=10)
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.PLAYBACK)
    found = Archive(tmp_path / "footage").add(house.camera, footage(22, start_ms=START_MS))
    for segment in found:
        pictures.make_pictures(segment.pk)
    return found


def addresses(segment: Segment) -> list[str]:
    return [
        f"{BASE}/strips/?{WINDOW}",
        f"{BASE}/strips/{segment.pk}.jpg",
        f"{BASE}/strips/{segment.pk}/thumbnail.jpg",
        f"{BASE}/preview.jpg?at={START_MS}",
        f"{BASE}/snapshots/?{WINDOW}",
        f"{BASE}/snapshots/{START_MS}.jpg",
    ]


@pytest.mark.parametrize(("who", "status"), [("alice", 200), ("bob", 200), ("carol", 403), ("charlie", 404), ("nobody", 401)])
def test_who_may_play_back_may_see_pictures(house: House, segments: list[Segment], who: str, status: int) -> None:
    api = house.api(who)
    assert [api.get(address).status_code for address in addresses(segments[0])] == [status] * 6


def test_strips_say_where_each_moment_is(house: House, segments: list[Segment]) -> None:
    found = house.api("bob").get(f"{BASE}/strips/?{WINDOW}").json()["strips"]
    assert [(strip["start_ms"], strip["end_ms"]) for strip in found] == [(row.started_at_ms, row.ended_at_ms) for row in segments]
    for strip in found:
        answer = house.api("bob").get(strip["url"])
        assert Image.open(io.BytesIO(answer.content)).size == (strip["columns"] * strip["tile_width"], strip["rows"] * strip["tile_height"])
        assert "immutable" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
        assert house.api("bob").get(strip["url"], headers={"If-None-Match": answer["ETag"]}).status_code == 304
        assert house.api("bob").get(strip["thumbnail_url"]).status_code == 200


def test_a_strip_is_only_given_under_its_own_camera(house: House, segments: list[Segment]) -> None:
    assert house.api("alice").get(f"/api/v1/cameras/garden/strips/{segments[0].pk}.jpg").status_code == 404


def test_preview_of_a_moment_in_any_form_of_time(house: House, segments: list[Segment]) -> None:
    for at in (START_MS + 4_000, "2026-11-18T11:07:04Z", "2026-11-18T12:07:04+01:00"):
        answer = house.api("bob").get(f"{BASE}/preview.jpg", {"at": at, "width": 320})
        assert answer["X-Captured-At"] == "2026-11-18T11:07:04.000+00:00"
        assert Image.open(io.BytesIO(answer.content)).size == (320, 180)
    assert house.api("bob").get(f"{BASE}/preview.jpg").status_code == 400
    assert house.api("bob").get(f"{BASE}/preview.jpg?at=5&width=100000").status_code == 400


def test_snapshots_are_listed_and_given(house: House, segments: list[Segment]) -> None:
    found = house.api("bob").get(f"{BASE}/snapshots/?{WINDOW}").json()["snapshots"]
    assert [one["at_ms"] - START_MS for one in found] == [0, 10_000, 20_000]
    answer = house.api("bob").get(found[1]["url"])
    assert len(answer.content) == found[1]["size_bytes"]
