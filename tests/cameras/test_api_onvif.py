from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from cameras.control import setup
from cameras.models import OnvifDevice
from cameras.services import StreamChange, change_camera
from tests.support.control import control_room, set_up
from tests.support.onvif.camera import PASSWORD, USERNAME, StubCamera, onvif_camera
from tests.support.people import House

ONVIF = "/api/v1/cameras/front-door/onvif/"


@pytest.fixture(autouse=True)
def _room(transactional_db: None) -> Iterator[None]:
    with control_room():
        yield


@pytest.fixture
def camera() -> Iterator[StubCamera]:
    with onvif_camera(StubCamera(clock_ahead=timedelta(hours=-2))) as camera:
        yield camera


def connect(house: House, person: str, **given: str):  # type: ignore[no-untyped-def]
    return house.api(person).put(ONVIF, given, format="json")


def test_connecting_reads_what_the_device_is_and_can(house: House, camera: StubCamera) -> None:
    answer = connect(house, "carol", address=f"127.0.0.1:{camera.port}", username=USERNAME, password=PASSWORD)
    assert answer.status_code == 200
    found = answer.json()
    assert found["information"]["model"] == "SC-1"
    assert found["address"] == f"http://127.0.0.1:{camera.port}/onvif/device_service"
    assert found["has_events"]
    assert found["relays"] == ["relay1"]
    assert found["clock_ahead_s"] == pytest.approx(-7200, abs=3)
    assert PASSWORD not in answer.content.decode()
    assert OnvifDevice.objects.get().abilities["turns"]


def test_a_wrong_password_keeps_what_was(house: House, camera: StubCamera) -> None:
    answer = connect(house, "carol", address=f"127.0.0.1:{camera.port}", username=USERNAME, password="wrong")
    assert answer.status_code == 502
    assert "refuses the user name or password" in answer.json()["detail"]
    assert not OnvifDevice.objects.exists()


def test_the_camera_s_own_password_goes_to_its_own_host_only(house: House, camera: StubCamera) -> None:
    answer = connect(house, "carol", address=f"127.0.0.1:{camera.port}")
    assert answer.status_code == 400
    assert "another host" in answer.json()["errors"]["username"][0]
    change_camera(
        house.camera,
        by=house.alice,
        username=USERNAME,
        password=PASSWORD,
        streams=(StreamChange("main", "rtsp://127.0.0.1/main"), StreamChange("sub", is_removed=True)),
    )
    assert connect(house, "carol", address=f"127.0.0.1:{camera.port}").status_code == 200
    assert OnvifDevice.objects.get().username == ""


def test_without_an_address_the_camera_s_own_host_is_asked(house: House, camera: StubCamera, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "USUAL_PORTS", (9, camera.port))
    change_camera(house.camera, by=house.alice, streams=(StreamChange("main", "rtsp://127.0.0.1/main"),))
    answer = connect(house, "carol", username=USERNAME, password=PASSWORD)
    assert answer.json()["address"] == f"http://127.0.0.1:{camera.port}/onvif/device_service"
    monkeypatch.setattr(setup, "USUAL_PORTS", (9,))
    answer = connect(house, "carol", username=USERNAME, password=PASSWORD)
    assert (answer.status_code, answer.json()["detail"][:36]) == (409, "No ONVIF answers at the usual ports ")


def test_settings_and_forgetting(house: House, camera: StubCamera) -> None:
    set_up(house.camera, camera)
    carol = house.api("carol")
    assert carol.patch(ONVIF, {"home_after_s": 60, "takes_events": True}, format="json").json()["home_after_s"] == 60
    assert carol.patch(ONVIF, {"home_after_s": 5}, format="json").status_code == 400
    assert carol.post(f"{ONVIF}check/").json()["checked_at"]
    assert carol.delete(ONVIF).status_code == 204
    assert carol.get(ONVIF).status_code == 404


@pytest.mark.parametrize("address", ["rtsp://x", "http://a b", "127.0.0.1:0"])
def test_an_address_that_is_none(house: House, address: str) -> None:
    assert "address" in connect(house, "alice", address=address).json()["errors"]


def test_outputs_are_switched_by_who_may_configure(house: House, camera: StubCamera) -> None:
    set_up(house.camera, camera)
    relay = "/api/v1/cameras/front-door/relays/relay1/"
    assert house.api("carol").post(relay, {"is_on": True}, format="json").status_code == 204
    assert camera.relays == {"relay1": True}
    assert house.api("carol").post(relay, {"is_on": False}, format="json").status_code == 204
    assert camera.relays == {"relay1": False}
    assert house.api("bob").post(relay, {"is_on": True}, format="json").status_code == 403
    assert house.api("carol").post(relay.replace("relay1", "other"), {"is_on": True}, format="json").status_code == 404
