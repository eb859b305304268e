"""Turning by the API: Alice and Carol may configure, Bob may turn, Charlie may nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cameras.control import history
from cameras.models import Action, Grant, HeadMove
from tests.support.control import control_room, set_up
from tests.support.onvif.camera import StubCamera, onvif_camera
from tests.support.people import House
from tests.support.processes import wait_for

PTZ = "/api/v1/cameras/front-door/ptz/"


@pytest.fixture(autouse=True)
def _room(transactional_db: None) -> Iterator[None]:
    with control_room():
        yield


@pytest.fixture
def camera() -> Iterator[StubCamera]:
    with onvif_camera() as camera:
        yield camera


@pytest.fixture
def home(camera: StubCamera) -> House:
    house = House()
    set_up(house.camera, camera)
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.PTZ)
    return house


def where(camera: StubCamera) -> tuple[float, float, float]:
    return camera.head.position


def test_what_it_can_and_who_steers(home: House, camera: StubCamera) -> None:
    answer = home.api("bob").get(PTZ).json()
    assert answer["is_set_up"]
    assert (answer["may_move"], answer["may_configure"]) == (True, False)
    assert answer["abilities"]["turns"]
    assert answer["steering"] == {"by": None, "rank": 0, "until_ms": None}
    assert home.api("bob").post(f"{PTZ}lock/", {}, format="json").json()["by"] == "bob"
    assert home.api("carol").get(PTZ).json()["steering"]["by"] == "bob"
    assert home.api("bob").delete(f"{PTZ}lock/").status_code == 204
    assert home.api("carol").get(PTZ).json()["steering"]["by"] is None


@pytest.mark.parametrize("path", ["status/", "move/", "stop/", "home/", "lock/", "presets/"])
def test_who_may_only_view_turns_nothing(home: House, path: str) -> None:
    Grant.objects.filter(user=home.bob, action=Action.PTZ).delete()
    bob = home.api("bob")
    answers = [bob.get(f"{PTZ}{path}"), bob.post(f"{PTZ}{path}", {}, format="json"), bob.put(f"{PTZ}{path}", {}, format="json")]
    assert {answer.status_code for answer in answers} <= {403, 405}
    assert home.api("charlie").get(f"{PTZ}{path}").status_code in (404, 405)


def test_moves(home: House, camera: StubCamera) -> None:
    bob = home.api("bob")
    assert bob.post(f"{PTZ}move/", {"kind": "absolute", "pan": 0.5, "tilt": -0.5, "zoom": 0.25}, format="json").status_code == 204
    assert where(camera) == (0.5, -0.5, 0.25)
    assert bob.get(f"{PTZ}status/").json() == {"pan": 0.5, "tilt": -0.5, "zoom": 0.25, "is_moving": False}
    assert bob.post(f"{PTZ}move/", {"kind": "relative", "pan": -0.5, "tilt": 0.5}, format="json").status_code == 204
    assert where(camera) == (0, 0, 0.25)
    assert bob.post(f"{PTZ}move/", {"kind": "centre", "pan": 1, "tilt": 0}, format="json").status_code == 204
    assert 0 < where(camera)[0] < 0.2
    assert bob.post(f"{PTZ}home/").status_code == 204
    assert bob.get(f"{PTZ}status/").json()["pan"] == 0
    assert bob.put(f"{PTZ}home/").status_code == 403
    assert home.api("carol").put(f"{PTZ}home/").status_code == 409, "bob is steering"


def test_a_move_is_written_down_when_it_has_ended(home: House, camera: StubCamera) -> None:
    home.api("bob").post(f"{PTZ}home/")
    wait_for(HeadMove.objects.exists, what="the move in the history")
    move = HeadMove.objects.get()
    assert move.is_home
    assert [turning.start_ms for turning in history.turnings(home.camera.pk, move.start_ms - 1, move.end_ms)] == [move.start_ms]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "relative"}, "pan"),
        ({"kind": "relative", "pan": 0.1}, "tilt"),
        ({"kind": "up", "zoom": 1}, "kind"),
        ({"kind": "absolute", "zoom": 2}, "zoom"),
    ],
)
def test_what_leads_nowhere_is_refused_by_field(home: House, body: dict[str, object], field: str) -> None:
    answer = home.api("bob").post(f"{PTZ}move/", body, format="json")
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_only_one_steers(home: House, camera: StubCamera) -> None:
    home.api("bob").post(f"{PTZ}home/")
    refusal = home.api("alice").post(f"{PTZ}home/")
    assert refusal.status_code == 409
    assert refusal.json()["detail"].startswith("bob is steering this camera; it is free in")
    assert home.api("alice").post(f"{PTZ}stop/").status_code == 204, "stopping is for everybody"
    assert home.api("alice").post(f"{PTZ}lock/", {"take_over": True}, format="json").json()["by"] == "alice"
    assert home.api("alice").post(f"{PTZ}home/").status_code == 204
    assert home.api("bob").post(f"{PTZ}home/").status_code == 409


def test_a_camera_in_trouble_is_told_in_words(home: House, camera: StubCamera) -> None:
    camera.has_home = False
    answer = home.api("bob").post(f"{PTZ}home/")
    assert (answer.status_code, answer.json()["detail"]) == (409, "The camera does not offer GotoHomePosition.")
    camera.instead["AbsoluteMove"] = b"<html>"
    answer = home.api("bob").post(f"{PTZ}move/", {"kind": "absolute", "zoom": 1}, format="json")
    assert (answer.status_code, answer.json()["detail"]) == (502, "What answers there does not speak ONVIF (HTTP 200).")


def test_a_camera_nobody_has_set_up() -> None:
    house = House()
    assert house.api("alice").get(PTZ).json()["is_set_up"] is False
    answer = house.api("alice").post(f"{PTZ}home/")
    assert (answer.status_code, answer.json()["detail"]) == (409, "Turning this camera has not been set up.")
