from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cameras.models import Action, Grant
from recordings.models import MotionTrace
from recordings.rules.motion.grid import COLUMNS, cell_at
from recordings.rules.spans import Span
from recordings.services import area_search
from tests.recordings.shelf import DAY_MS, HOUR_MS, MIDNIGHT_MS, MINUTE_MS, Shelf
from tests.support.moving import activity, still, trace
from tests.support.people import House

T = MIDNIGHT_MS
SEARCH = "/api/v1/cameras/front-door/motion/search/"
HEAT = "/api/v1/cameras/front-door/motion/heat/"
LEFT = [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]
WISH = {"start": T, "end": T + HOUR_MS, "polygon": LEFT}
AT_LEFT, AT_RIGHT = cell_at(0.1, 0.5), cell_at(0.9, 0.5)


@pytest.fixture
def footage(house: House, tmp_path: Path) -> Shelf:
    """Ten minutes: in the third something moves left, in the fourth right, the fifth was skipped, nobody looked at the last two."""
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.PLAYBACK)
    shelf = Shelf(tmp_path)
    shelf.put(house.camera, T, T + 10 * MINUTE_MS)
    for number, segment in enumerate(shelf.put(house.camera, T, T + 8 * MINUTE_MS, role="sub")):
        start_ms, end_ms = segment.started_at_ms, segment.ended_at_ms
        moving = {
            2: [activity(start_ms, (0, 2000), score=33, cells=[AT_LEFT, AT_LEFT + 1]), *still(start_ms + 2000, end_ms)],
            3: [activity(start_ms, (0, 2000), cells=[AT_RIGHT]), *still(start_ms + 2000, end_ms)],
            4: [activity(start_ms, length_ms=MINUTE_MS, skipped="too much to do")],
        }
        trace(segment, moving.get(number, still(start_ms, end_ms)))
    return shelf


def test_when_something_moved_in_an_area_is_found(house: House, footage: Shelf) -> None:
    answer = house.api("bob").post(SEARCH, WISH, format="json")
    assert answer.json() == {
        "spans": [{"start_ms": T + 120_000, "end_ms": T + 122_000, "score": 33, "share": round(2 / 288, 4)}],
        "not_analysed_ms": 3 * MINUTE_MS,
        "searched": {"start_ms": T, "end_ms": T + HOUR_MS},
    }
    everywhere = WISH | {"polygon": [[0, 0], [1, 0], [1, 1], [0, 1]], "start": "2026-11-19T00:03:00Z"}
    found = house.api("bob").post(SEARCH, everywhere, format="json").json()
    assert [span["start_ms"] for span in found["spans"]] == [T + 180_000]


def test_where_something_moved_is_added_up(house: House, footage: Shelf) -> None:
    answer = house.api("bob").get(HEAT, {"start": T, "end": T + HOUR_MS}).json()
    assert (answer["columns"], answer["rows"], answer["analysed_ms"]) == (COLUMNS, 18, 7 * MINUTE_MS)
    assert {cell: count for cell, count in enumerate(answer["counts"]) if count} == {AT_LEFT: 5, AT_LEFT + 1: 5, AT_RIGHT: 5}
    assert house.api("bob").get(HEAT, {"start": T + DAY_MS, "end": T + DAY_MS + 1}).json()["counts"] == [0] * 576


@pytest.mark.parametrize(("who", "status"), [("alice", 200), ("bob", 200), ("carol", 403), ("charlie", 404), ("nobody", 401)])
def test_only_who_may_play_back_may_search(house: House, footage: Shelf, who: str, status: int) -> None:
    assert house.api(who).post(SEARCH, WISH, format="json").status_code == status
    assert house.api(who).get(HEAT, {"start": T, "end": T + 1}).status_code == status


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"polygon": [[0, 0], [1, 1]]}, "polygon"),
        ({"polygon": [[0, 0], [1, 0], [1, 2]]}, "polygon"),
        ({"polygon": [[0, 0], [1, 0], [1]]}, "polygon.2"),
        ({"polygon": "everywhere"}, "polygon"),
        ({"start": T + HOUR_MS}, "end"),
        ({"end": T + 32 * DAY_MS}, "end"),
        ({"start": "noon"}, "start"),
    ],
)
def test_areas_and_windows_that_make_no_sense_are_refused_in_words(house: House, wish: dict[str, Any], field: str) -> None:
    answer = house.api("alice").post(SEARCH, WISH | wish, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_what_takes_too_long_is_searched_from_the_newest_on(house: House, footage: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(area_search, "_ROWS_AT_ONCE", 3)
    found = area_search.search(house.camera, Span(T, T + HOUR_MS), ((0, 0), (1, 0), (1, 1), (0, 1)), budget_s=0)
    assert found.searched == Span(T + 5 * MINUTE_MS, T + HOUR_MS)
    assert (found.spans, found.not_analysed_ms) == ([], 2 * MINUTE_MS)


def test_a_trace_that_can_not_be_read_was_not_looked_at(house: House, footage: Shelf) -> None:
    MotionTrace.objects.filter(started_at_ms=T + 2 * MINUTE_MS).update(entries=b"torn")
    answer = house.api("bob").post(SEARCH, WISH, format="json").json()
    assert (answer["spans"], answer["not_analysed_ms"]) == ([], 4 * MINUTE_MS)
