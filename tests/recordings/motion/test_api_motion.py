from __future__ import annotations

import time
from typing import Any

import pytest

from cameras.models import Action, Camera, Grant, HeadMove, Preset
from recordings.models import MotionRule, Zone
from recordings.objects.ssd import SsdFinder
from recordings.services.motion import rule_of, zones_of
from tests.support.people import House

MOTION = "/api/v1/cameras/front-door/motion/"
ZONES = f"{MOTION}zones/"
TRIANGLE = [[0.1, 0.1], [0.9, 0.1], [0.5, 0.9]]
DRIVE = {"name": "Drive", "kind": "watch", "points": TRIANGLE, "sensitivity": None}
STATUSES = [("nobody", 401), ("bob", 403), ("carol", 200), ("alice", 200), ("charlie", 404)]


@pytest.mark.parametrize(("who", "status"), STATUSES)
def test_only_who_may_configure_reads_and_changes(house: House, who: str, status: int) -> None:
    """To play back what a camera recorded is another right, and does not include it."""
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.PLAYBACK)
    api = house.api(who)
    assert api.get(MOTION).status_code == status
    assert api.patch(MOTION, {"sensitivity": 60}, format="json").status_code == status
    assert api.put(ZONES, {"zones": [DRIVE]}, format="json").status_code == status
    assert MotionRule.objects.filter(sensitivity=60).exists() is (status == 200)
    assert Zone.objects.exists() is (status == 200)


def test_a_camera_without_settings_has_the_defaults(house: House) -> None:
    answer = house.api("carol").get(MOTION).json()
    status = answer.pop("status")
    assert answer == {
        "is_on": False,
        "is_needed": False,
        "sensitivity": 50,
        "smallest_percent": 0.1,
        "shortest_ms": 400,
        "ends_after_s": 8,
        "pre_roll_s": 5,
        "post_roll_s": 10,
        "analyses_per_s": 5,
        "schedule": {},
        "time_zone": "UTC",
        "finds_objects": False,
        "zones": [],
        "presets": [],
        "standing_at": None,
    }
    assert (status["is_on"], status["role"], status["switches_at_ms"]) == (False, "sub", None)
    assert "switched off" in status["why_not"]
    assert not MotionRule.objects.exists()


def test_a_change_keeps_the_rest_and_holds_at_once(house: House) -> None:
    house.api("carol").patch(MOTION, {"sensitivity": 70, "zones": [DRIVE]}, format="json")
    answer = house.api("carol").patch(MOTION, {"schedule": {"0": [["08:00", "18:00"]]}, "time_zone": "Europe/Berlin"}, format="json")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["sensitivity"], body["schedule"], body["time_zone"]) == (70, {"0": [["08:00", "18:00"]]}, "Europe/Berlin")
    assert [zone["name"] for zone in body["zones"]] == ["Drive"]
    assert rule_of(house.camera).sensitivity == 70
    assert [zone.points for zone in zones_of(house.camera)] == [TRIANGLE]


def test_zones_of_a_preset(house: House) -> None:
    gate = Preset.objects.create(camera=house.camera, token="1", name="Gate")
    HeadMove.objects.create(camera=house.camera, start_ms=1000, end_ms=2000, preset=gate)
    api = house.api("carol")
    body = api.patch(MOTION, {"zones": [DRIVE, DRIVE | {"name": "By the gate", "preset": gate.pk}]}, format="json").json()
    assert [(zone["name"], zone["preset"], zone["holds_everywhere"]) for zone in body["zones"]] == [
        ("By the gate", gate.pk, False),
        ("Drive", None, True),
    ]
    assert body["presets"] == [{"id": gate.pk, "name": "Gate", "picture": None}]
    assert body["standing_at"] == gate.pk
    again = api.patch(MOTION, {"zones": body["zones"]}, format="json").json()
    assert again["zones"] == body["zones"], "what was read can be written"


def test_the_next_switch_of_its_hours_is_told(house: House) -> None:
    body = house.api("carol").patch(MOTION, {"is_on": True, "schedule": {"0": [["08:00", "18:00"]]}}, format="json").json()
    assert body["status"]["switches_at_ms"] > time.time_ns() // 1_000_000
    assert house.api("carol").patch(MOTION, {"schedule": {}}, format="json").json()["status"]["switches_at_ms"] is None


def test_switching_on_and_off_is_the_cameras(house: House) -> None:
    assert house.api("carol").patch(MOTION, {"is_on": True}, format="json").json()["is_on"] is True
    assert Camera.objects.get(pk=house.camera.pk).detects_motion
    assert house.api("carol").patch(MOTION, {"is_on": False}, format="json").json()["is_on"] is False
    assert not Camera.objects.get(pk=house.camera.pk).detects_motion


def test_a_camera_that_is_recorded_on_motion_keeps_it_on(house: House) -> None:
    Camera.objects.filter(pk=house.camera.pk).update(record=Camera.Record.MOTION, detects_motion=True)
    assert house.api("carol").get(MOTION).json()["is_needed"] is True
    answer = house.api("carol").patch(MOTION, {"is_on": False, "sensitivity": 80}, format="json")
    assert answer.status_code == 400
    assert "recording on motion needs motion detection" in answer.json()["errors"]["is_on"][0]
    assert not MotionRule.objects.exists()


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"sensitivity": 0}, "sensitivity", "greater than or equal to 1"),
        ({"sensitivity": "much"}, "sensitivity", "valid integer"),
        ({"smallest_percent": 101}, "smallest_percent", "less than or equal to 100"),
        ({"schedule": {"0": [["08:00", "18:60"]]}}, "schedule", "“18:60” is no time of day"),
        ({"schedule": {"0": []}}, "schedule", "no hours at all"),
        ({"time_zone": "Here"}, "time_zone", "no time zone of this name"),
        ({"zones": [DRIVE, DRIVE | {"name": "Lawn", "points": [[0, 0], [1, 2], [1, 1]]}]}, "zones.1.points", "zone “Lawn”: corner 2"),
        ({"zones": [DRIVE, DRIVE]}, "zones.1.name", "two zones called “Drive”"),
        ({"zones": [DRIVE | {"kind": "adore"}]}, "zones.0.kind", "not a valid choice"),
        ({"zones": [DRIVE | {"sensitivity": 101}]}, "zones.0.sensitivity", "less than or equal to 100"),
        ({"zones": [DRIVE | {"preset": 7}]}, "zones.0.preset", "no preset 7"),
    ],
)
def test_refused_input_says_where_and_why_and_nothing_is_changed(house: House, given: dict[str, Any], field: str, words: str) -> None:
    house.api("carol").put(ZONES, {"zones": [DRIVE | {"name": "Before"}]}, format="json")
    answer = house.api("carol").patch(MOTION, given | {"pre_roll_s": 33, "is_on": True}, format="json")
    assert answer.status_code == 400
    assert words in answer.json()["errors"][field][0]
    assert [zone.name for zone in zones_of(house.camera)] == ["Before"]
    assert not MotionRule.objects.exists()
    assert not Camera.objects.get(pk=house.camera.pk).detects_motion


def test_what_is_wrong_with_settings_and_zones_is_told_at_once(house: House) -> None:
    wrong = {"time_zone": "Here", "zones": [DRIVE | {"points": []}]}
    assert set(house.api("carol").patch(MOTION, wrong, format="json").json()["errors"]) == {"time_zone", "zones.0.points"}


def test_zones_are_replaced_and_keep_who_they_are(house: House) -> None:
    api = house.api("carol")
    first = api.put(ZONES, {"zones": [DRIVE, DRIVE | {"name": "Tree", "kind": "ignore"}]}, format="json").json()["zones"]
    assert [(zone["name"], zone["kind"], zone["points"]) for zone in first] == [("Drive", "watch", TRIANGLE), ("Tree", "ignore", TRIANGLE)]
    renamed = api.put(ZONES, {"zones": [first[0] | {"name": "Road", "sensitivity": 80}]}, format="json").json()["zones"]
    assert renamed == [first[0] | {"name": "Road", "sensitivity": 80}]
    assert api.put(ZONES, {"zones": []}, format="json").json() == {"zones": []}
    (again,) = api.put(ZONES, {"zones": renamed}, format="json").json()["zones"]  # deleted meanwhile
    assert again | {"id": None} == renamed[0] | {"id": None}
    assert api.put(ZONES, {}, format="json").status_code == 400
    assert api.put(ZONES, [DRIVE], format="json").status_code == 400


def test_naming_what_moved_needs_the_extra(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert house.api("carol").patch(MOTION, {"finds_objects": True}, format="json").json()["finds_objects"] is True
    monkeypatch.setattr(SsdFinder, "missing", staticmethod(lambda: "run script/objects"))
    refused = house.api("carol").patch(MOTION, {"finds_objects": True}, format="json")
    assert refused.status_code == 400
    assert "script/objects" in str(refused.json())
    assert house.api("carol").patch(MOTION, {"sensitivity": 60}, format="json").status_code == 200
