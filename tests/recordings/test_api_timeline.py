from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cameras.models import Action, Grant
from recordings.api.times import parse_moment
from recordings.models import Event
from tests.recordings.shelf import DAY_MS, HOUR_MS, MIDNIGHT_MS, MINUTE_MS, Shelf
from tests.support.people import House

TIMELINE = "/api/v1/cameras/front-door/timeline/"
COVERAGE = "/api/v1/cameras/front-door/coverage/"
WINDOW = {"start": MIDNIGHT_MS, "end": MIDNIGHT_MS + DAY_MS}
DAYS = {"from": "2026-11-19", "to": "2026-11-20"}


@pytest.fixture
def shelf(tmp_path: Path, house: House) -> Shelf:
    house.camera.created_at = datetime.fromtimestamp(MIDNIGHT_MS / 1000, UTC) - timedelta(days=30)
    house.camera.save()
    return Shelf(tmp_path)


def get(house: House, who: str, address: str, query: dict[str, Any]) -> Any:
    return house.api(who).get(address, query)


@pytest.mark.parametrize(("address", "query"), [(TIMELINE, WINDOW), (COVERAGE, DAYS)])
def test_only_who_may_play_back_sees_what_there_is(house: House, address: str, query: dict[str, Any]) -> None:
    assert [get(house, who, address, query).status_code for who in ("nobody", "alice", "bob", "carol", "charlie")] == [
        401,
        200,
        403,
        403,
        404,
    ]
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.PLAYBACK)
    assert get(house, "bob", address, query).status_code == 200
    assert get(house, "bob", address.replace("front-door", "garden"), query).status_code == 404
    assert get(house, "alice", address.replace("front-door", "attic"), query).status_code == 404


def test_timeline_tells_spans_gaps_and_protections(house: House, shelf: Shelf) -> None:
    shelf.note(house.camera, MIDNIGHT_MS, "recording")
    shelf.put(house.camera, MIDNIGHT_MS, MIDNIGHT_MS + HOUR_MS)
    shelf.note(house.camera, MIDNIGHT_MS + HOUR_MS, "camera_down", "connection refused")
    shelf.put(house.camera, MIDNIGHT_MS + 2 * HOUR_MS, MIDNIGHT_MS + 3 * HOUR_MS)
    protection = shelf.protection(house.camera, MIDNIGHT_MS + 2 * HOUR_MS, MIDNIGHT_MS + 9 * HOUR_MS, "burglary")
    shelf.protection(house.camera, MIDNIGHT_MS + 8 * HOUR_MS, MIDNIGHT_MS + 9 * HOUR_MS)
    shelf.put(house.other, MIDNIGHT_MS, MIDNIGHT_MS + 4 * HOUR_MS)
    query = {"start": "2026-11-19T01:30:00+01:00", "end": "2026-11-19T02:30:00Z"}
    answer = get(house, "alice", TIMELINE, query)
    assert answer.json() == {
        "camera": "front-door",
        "role": "main",
        "start_ms": MIDNIGHT_MS + HOUR_MS // 2,
        "end_ms": MIDNIGHT_MS + 5 * HOUR_MS // 2,
        "spans": [
            {"start_ms": MIDNIGHT_MS + HOUR_MS // 2, "end_ms": MIDNIGHT_MS + HOUR_MS},
            {"start_ms": MIDNIGHT_MS + 2 * HOUR_MS, "end_ms": MIDNIGHT_MS + 5 * HOUR_MS // 2},
        ],
        "gaps": [
            {
                "start_ms": MIDNIGHT_MS + HOUR_MS,
                "end_ms": MIDNIGHT_MS + 2 * HOUR_MS,
                "kind": "camera_down",
                "reason": "connection refused",
                "text": "No picture from the camera: connection refused",
            }
        ],
        "events": [],
        "protections": [
            {"id": protection.pk, "start_ms": protection.start_ms, "end_ms": protection.end_ms, "note": "burglary"},
        ],
        "newest_ms": MIDNIGHT_MS + 3 * HOUR_MS,
    }
    assert get(house, "alice", TIMELINE, query | {"role": "sub"}).json()["spans"] == []


def test_timeline_marks_events_and_thins_out_what_can_not_be_told_apart(house: House, shelf: Shelf) -> None:
    def add(minute: float, length_s: float | None, score: int, kind: str = "motion", camera: Any = house.camera) -> int:
        start_ms = MIDNIGHT_MS + round(minute * MINUTE_MS)
        end_ms = None if length_s is None else start_ms + round(length_s * 1000)
        moments = {
            "start_ms": start_ms,
            "end_ms": end_ms,
            "seen_until_ms": start_ms,
            "footage_start_ms": start_ms,
            "footage_end_ms": start_ms,
        }
        labels = [{"label": "person", "score": score / 100}]
        return Event.objects.create(camera=camera, kind=kind, peak_score=score, zones=[f"{score}"], labels=labels, **moments).pk

    add(-30, 60, 10)
    before, down = add(-5, 301, 20), add(-600, None, 0, "camera_down")
    weak, strong, other = add(10, 5, 30), add(10.2, 5, 70), add(10.1, 5, 0, "gap")
    add(20, 5, 40, camera=house.other)
    going_on = add(59, None, 50)
    add(61, 5, 60)
    answer = get(house, "alice", TIMELINE, {"start": MIDNIGHT_MS, "end": MIDNIGHT_MS + HOUR_MS}).json()["events"]
    assert [mark["id"] for mark in answer] == [down, before, weak, other, strong, going_on]
    assert answer[4] == {
        "id": strong,
        "kind": "motion",
        "start_ms": MIDNIGHT_MS + 612_000,
        "end_ms": MIDNIGHT_MS + 617_000,
        "peak_score": 70,
        "zones": ["70"],
        "labels": [{"label": "person", "score": 0.7}],
    }
    assert (answer[0]["end_ms"], answer[5]["end_ms"]) == (None, None)
    day = get(house, "alice", TIMELINE, WINDOW).json()["events"]
    joined = next(mark for mark in day if mark["id"] == strong)
    assert weak not in [mark["id"] for mark in day]
    assert (joined["start_ms"], joined["end_ms"], joined["zones"]) == (MIDNIGHT_MS + 600_000, MIDNIGHT_MS + 617_000, ["70"])
    assert joined["labels"] == [{"label": "person", "score": 0.7}]


def test_a_month_of_a_flapping_camera_stays_small(house: House, shelf: Shelf) -> None:
    for minute in range(0, 7 * 1440, 10):
        shelf.put(house.camera, MIDNIGHT_MS + minute * MINUTE_MS, MIDNIGHT_MS + (minute + 5) * MINUTE_MS, length_ms=5 * MINUTE_MS)
    end_ms = MIDNIGHT_MS + 7 * DAY_MS - 5 * MINUTE_MS
    answer = get(house, "alice", TIMELINE, {"start": MIDNIGHT_MS - 23 * DAY_MS, "end": end_ms}).json()
    assert len(answer["spans"]) == 1
    assert len(answer["gaps"]) == 1  # what was before


def test_the_seconds_before_now_are_neither_gap_nor_footage(house: House, shelf: Shelf) -> None:
    now_ms = time.time_ns() // 1_000_000
    shelf.note(house.camera, now_ms - HOUR_MS, "recording")
    shelf.growing(house.camera, now_ms - MINUTE_MS, now_ms - 4000)
    answer = get(house, "alice", TIMELINE, {"start": now_ms - MINUTE_MS, "end": now_ms + MINUTE_MS}).json()
    assert answer["spans"] == [{"start_ms": now_ms - MINUTE_MS, "end_ms": now_ms - 4000}]
    assert answer["gaps"] == []
    assert answer["newest_ms"] == now_ms - 4000


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"end": 1}, "start"),
        ({"start": 1}, "end"),
        ({"start": "yesterday", "end": 2}, "start"),
        ({"start": "2026-11-19T00:00:00", "end": 2}, "start"),
        ({"start": -5, "end": 2}, "start"),
        ({"start": 2, "end": 2}, "end"),
        ({"start": 3, "end": 2}, "end"),
        ({"start": 0, "end": 401 * DAY_MS}, "end"),
        ({"start": 0, "end": "9" * 20}, "end"),
        (WINDOW | {"role": "third"}, "role"),
    ],
)
def test_windows_that_make_no_sense_are_refused_in_words(house: House, query: dict[str, Any], field: str) -> None:
    answer = get(house, "alice", TIMELINE, query)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize(
    "text",
    ["1795046400123", "2026-11-19T00:00:00.123Z", "2026-11-19T05:30:00.123+05:30", "2026-11-19T01:00:00.123 01:00", " 1795046400123 "],
)
def test_moments_are_read_in_either_form(text: str) -> None:
    assert parse_moment(text) == MIDNIGHT_MS + 123


def test_coverage_by_day_and_time_zone(house: House, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recordings.api.timeline.time.time_ns", lambda: (MIDNIGHT_MS + 7 * DAY_MS) * 1_000_000)
    shelf.put(house.camera, MIDNIGHT_MS, MIDNIGHT_MS + 6 * HOUR_MS, length_ms=HOUR_MS)
    first, second = get(house, "alice", COVERAGE, DAYS).json()["days"]
    assert first == {
        "day": "2026-11-19",
        "start_ms": MIDNIGHT_MS,
        "end_ms": MIDNIGHT_MS + DAY_MS,
        "recorded_ms": 6 * HOUR_MS,
        "size_bytes": 6 * HOUR_MS,
        "enabled_ms": DAY_MS,
        "due_ms": DAY_MS,
        "share": 0.25,
    }
    assert (second["recorded_ms"], second["share"]) == (0, 0)
    tokyo = get(house, "alice", COVERAGE, {"from": "2026-11-18", "to": "2026-11-19", "tz": "America/New_York"}).json()
    assert tokyo["tz"] == "America/New_York"
    assert [day["recorded_ms"] for day in tokyo["days"]] == [5 * HOUR_MS, HOUR_MS]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2026-11-19"}, "to"),
        ({"from": "19.11.2026", "to": "2026-11-20"}, "from"),
        ({"from": "2026-11-20", "to": "2026-11-19"}, "to"),
        ({"from": "2024-11-20", "to": "2026-11-19"}, "to"),
        ({"from": "0001-01-01", "to": "0001-01-02"}, "from"),
        ({"from": "9999-12-30", "to": "9999-12-31"}, "from"),
        (DAYS | {"tz": "Atlantis"}, "tz"),
        (DAYS | {"tz": "../../etc/passwd"}, "tz"),
        (DAYS | {"tz": "Europe"}, "tz"),
        (DAYS | {"role": "x"}, "role"),
    ],
)
def test_days_that_make_no_sense_are_refused_in_words(house: House, query: dict[str, Any], field: str) -> None:
    answer = get(house, "alice", COVERAGE, query)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
