from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cameras.models import Action, Grant
from recordings.models import MotionRule, MotionTrace, Zone
from tests.recordings.shelf import DAY_MS, HOUR_MS, MIDNIGHT_MS, MINUTE_MS, Shelf
from tests.support.people import House
from tests.support.walkers import WALK_MS, trace_of

REPLAY = "/api/v1/cameras/front-door/motion/replay/"
TEN_MINUTES = {"start": MIDNIGHT_MS, "end": MIDNIGHT_MS + 10 * MINUTE_MS}
RIGHT = {"name": "Right", "kind": "watch", "points": [[0.5, 0], [1, 0], [1, 1], [0.5, 1]]}
SKY = {"name": "Sky", "kind": "watch", "points": [[0, 0], [1, 0], [1, 0.3], [0, 0.3]]}


@pytest.fixture
def walked(house: House, tmp_path: Path) -> House:
    """Ten minutes of footage; in the third somebody walks by after ten seconds and another after thirty. One minute nobody looked at."""
    rows = Shelf(tmp_path).put(house.camera, MIDNIGHT_MS, MIDNIGHT_MS + 10 * MINUTE_MS)
    for number, row in enumerate(rows[:9]):
        entries = trace_of(row.started_at_ms, [10_000, 30_000] if number == 2 else [])
        MotionTrace.objects.create(
            segment=row, camera=house.camera, started_at_ms=row.started_at_ms, analysed_until_ms=row.ended_at_ms, entries=entries
        )
    return house


def tried(house: House, **given: Any) -> Any:
    answer = house.api("carol").post(REPLAY, TEN_MINUTES | given, format="json")
    assert answer.status_code == 200, answer.json()
    return answer.json()


@pytest.mark.parametrize(("who", "status"), [("nobody", 401), ("bob", 403), ("carol", 200), ("alice", 200), ("charlie", 404)])
def test_only_who_may_configure_tries(house: House, who: str, status: int) -> None:
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.PLAYBACK)
    assert house.api(who).post(REPLAY, TEN_MINUTES, format="json").status_code == status


def test_the_events_that_settings_would_have_made_are_told(walked: House) -> None:
    found = tried(walked)
    starts_ms = [MIDNIGHT_MS + 2 * MINUTE_MS + at_ms for at_ms in (10_000, 30_000)]
    assert [(event["start_ms"], event["end_ms"]) for event in found["events"]] == [(at_ms, at_ms + WALK_MS) for at_ms in starts_ms]
    first = found["events"][0]
    assert first["zones"] == []
    assert first["peak_score"] > 0
    assert first["start_ms"] <= first["best_at_ms"] <= first["end_ms"]
    assert found["analysed_ms"] == 9 * MINUTE_MS
    assert len(tried(walked, ends_after_s=60)["events"]) == 1


def test_zones_are_tried_without_being_kept(walked: House) -> None:
    assert {name for event in tried(walked, zones=[RIGHT])["events"] for name in event["zones"]} == {"Right"}
    assert tried(walked, zones=[SKY])["events"] == []
    assert not Zone.objects.exists()
    assert not MotionRule.objects.exists()


def test_what_is_left_out_is_as_it_is_saved(walked: House) -> None:
    Zone.objects.create(camera=walked.camera, **SKY)
    assert tried(walked)["events"] == []
    assert len(tried(walked, zones=[])["events"]) == 2
    MotionRule.objects.create(camera=walked.camera, smallest_percent=50)
    assert tried(walked, zones=[])["events"] == []
    assert len(tried(walked, zones=[], smallest_percent=0.1)["events"]) == 2


def test_a_trial_has_a_window_of_a_day_at_most(house: House) -> None:
    api = house.api("carol")
    for window in ({"start": MIDNIGHT_MS, "end": MIDNIGHT_MS}, {"start": MIDNIGHT_MS, "end": MIDNIGHT_MS + DAY_MS + 1}, {"start": 5}):
        assert list(api.post(REPLAY, window, format="json").json()["errors"]) == ["end"]
    assert api.post(REPLAY, {"start": MIDNIGHT_MS, "end": MIDNIGHT_MS + DAY_MS}, format="json").status_code == 200


def test_settings_that_can_t_be_saved_can_t_be_tried(house: House) -> None:
    wish = {"start": MIDNIGHT_MS, "end": MIDNIGHT_MS + HOUR_MS, "sensitivity": 101, "zones": [RIGHT | {"points": []}]}
    answer = house.api("carol").post(REPLAY, wish, format="json")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["sensitivity"]
    del wish["sensitivity"]
    assert list(house.api("carol").post(REPLAY, wish, format="json").json()["errors"]) == ["zones.0.points"]
