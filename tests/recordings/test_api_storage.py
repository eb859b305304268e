from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission

from recordings.models import RecordingRule, Volume
from tests.recordings.shelf import DAY_MS, HOUR_MS, MINUTE_MS, Shelf
from tests.support.people import House

STORAGE = "/api/v1/storage/"


@pytest.fixture
def shelf(tmp_path: Path, house: House) -> Shelf:
    return Shelf(tmp_path)


def test_storage_is_for_staff_and_tells_of_cameras_they_may_view(house: House, shelf: Shelf) -> None:
    now_ms = time.time_ns() // 1_000_000
    for camera in (house.camera, house.other):
        shelf.put(camera, now_ms - HOUR_MS, now_ms)
    assert [house.api(who).get(STORAGE).status_code for who in ("nobody", "bob", "charlie")] == [401, 403, 403]
    found = house.api("carol").get(STORAGE).json()
    assert [camera["camera"] for camera in found["cameras"]] == ["front-door"]
    assert found["other_bytes"] == HOUR_MS
    assert found["volumes"][0] | {"path": ""} == found["volumes"][0]
    house.carol.user_permissions.add(Permission.objects.get(codename="view_volume"))
    assert house.api("carol").get(STORAGE).json()["volumes"][0]["path"] == shelf.volume.path


def test_storage_tells_bytes_by_day_rate_lag_and_what_goes_next(house: House, shelf: Shelf) -> None:
    now_ms = time.time_ns() // 1_000_000
    today_ms = now_ms // DAY_MS * DAY_MS
    RecordingRule.objects.create(camera=house.camera, keep_days=3)
    shelf.put(house.camera, today_ms - 3 * DAY_MS + HOUR_MS, today_ms - 3 * DAY_MS + 2 * HOUR_MS)
    shelf.put(house.camera, today_ms - 2 * DAY_MS, today_ms - 2 * DAY_MS + HOUR_MS)
    shelf.put(house.camera, now_ms - 10 * MINUTE_MS, now_ms - MINUTE_MS)
    shelf.growing(house.camera, now_ms - MINUTE_MS, now_ms - 3000)
    found = house.api("alice").get(STORAGE, {"days": 3}).json()
    (volume,) = found["volumes"]
    assert (volume["name"], volume["trouble"], volume["used_bytes"]) == ("disk", "", 2 * HOUR_MS + 10 * MINUTE_MS - 3000)
    assert 0 < volume["free_bytes"] <= volume["total_bytes"]
    camera = next(one for one in found["cameras"] if one["camera"] == "front-door")
    assert sum(day["size_bytes"] for day in camera["days"]) == HOUR_MS + 10 * MINUTE_MS - 3000  # what is older was not asked for
    assert 3000 <= camera["lag_ms"] <= 30_000
    assert found["lag_ms"] == camera["lag_ms"]
    assert camera["bytes_per_s"] == pytest.approx(1000, rel=0.1)
    assert found["bytes_per_s"] == camera["bytes_per_s"] == volume["bytes_per_s"]
    assert camera["next_rule"] == "age"
    assert {(one["camera"], one["rule"]) for one in found["expiries"]} == {("front-door", "age")}
    assert next(one for one in found["cameras"] if one["camera"] == "garden")["lag_ms"] is None


def test_a_volume_that_is_gone_is_told(house: House, shelf: Shelf) -> None:
    Volume.objects.update(path="/nonexistent/recordings")
    (volume,) = house.api("alice").get(STORAGE).json()["volumes"]
    assert volume["trouble"]
    assert (volume["free_bytes"], volume["total_bytes"]) == (None, None)


@pytest.mark.parametrize("days", ["0", "401", "x"])
def test_days_that_make_no_sense_are_refused(house: House, days: str) -> None:
    answer = house.api("alice").get(STORAGE, {"days": days})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["days"])
