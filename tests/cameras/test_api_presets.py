from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image

from cameras.models import Action, Grant, Preset
from tests.support.control import control_room, set_up
from tests.support.ipycam_camera import ipycam
from tests.support.onvif import camera as stub
from tests.support.onvif.camera import StubCamera, onvif_camera
from tests.support.onvif.head import StoredPreset
from tests.support.people import House

PRESETS = "/api/v1/cameras/front-door/ptz/presets/"


@pytest.fixture(autouse=True)
def _room(transactional_db: None) -> Iterator[None]:
    with control_room():
        yield


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch) -> Iterator[StubCamera]:
    written = io.BytesIO()
    Image.new("RGB", (1280, 720), (200, 30, 30)).save(written, "JPEG")
    monkeypatch.setattr(stub, "JPEG", written.getvalue())
    with onvif_camera() as camera:
        yield camera


@pytest.fixture
def home(camera: StubCamera) -> House:
    house = House()
    set_up(house.camera, camera)
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.PTZ)
    return house


def test_the_whole_life_of_a_preset(home: House, camera: StubCamera) -> None:
    carol, bob = home.api("carol"), home.api("bob")
    camera.head.go((0.5, 0.5, 0.5), "by hand")
    made = carol.post(PRESETS, {"name": "  Gate "}, format="json")
    assert made.status_code == 201
    preset = made.json()
    assert preset["name"] == "Gate"
    [stored] = camera.head.presets.values()
    assert (stored.name, stored.position) == ("Gate", (0.5, 0.5, 0.5))
    picture = bob.get(preset["picture"])
    assert picture.headers["Content-Type"] == "image/jpeg"
    with Image.open(io.BytesIO(picture.getvalue())) as image:
        assert image.size == (640, 360)
    carol.delete("/api/v1/cameras/front-door/ptz/lock/")
    camera.head.go((0, 0, 0), "by hand")
    assert bob.post(f"{PRESETS}{preset['id']}/go/", {"speed": 0.5}, format="json").status_code == 204
    assert camera.head.position == (0.5, 0.5, 0.5)
    bob.delete("/api/v1/cameras/front-door/ptz/lock/")
    assert carol.patch(f"{PRESETS}{preset['id']}/", {"name": "Yard"}, format="json").json()["name"] == "Yard"
    camera.head.go((-1, 0, 0), "by hand")
    carol.patch(f"{PRESETS}{preset['id']}/", {"store_here": True}, format="json")
    [stored] = camera.head.presets.values()
    assert (stored.name, stored.position) == ("Yard", (-1, 0, 0)), "the new name reaches the camera with the view"
    assert carol.delete(f"{PRESETS}{preset['id']}/").status_code == 204
    assert camera.head.presets == {}
    assert carol.get(PRESETS).json() == []


def test_who_may_turn_may_go_but_not_change(home: House, camera: StubCamera) -> None:
    preset = Preset.objects.create(camera=home.camera, token="t", name="Gate")
    bob = home.api("bob")
    assert bob.get(PRESETS).status_code == 200
    assert bob.post(PRESETS, {"name": "x"}, format="json").status_code == 403
    assert bob.put(PRESETS, {"ids": []}, format="json").status_code == 403
    assert bob.patch(f"{PRESETS}{preset.pk}/", {"name": "x"}, format="json").status_code == 403
    assert bob.delete(f"{PRESETS}{preset.pk}/").status_code == 403
    assert home.api("charlie").post(f"{PRESETS}{preset.pk}/go/").status_code == 404


def test_what_was_done_at_the_camera_shows_here(home: House, camera: StubCamera) -> None:
    camera.head.presets = {"1": StoredPreset("Gate", (0, 0, 0)), "2": StoredPreset("Yard", (1, 0, 0))}
    bob, carol = home.api("bob"), home.api("carol")
    assert [preset["name"] for preset in bob.post(f"{PRESETS}sync/").json()] == ["Gate", "Yard"]
    carol.patch(f"{PRESETS}{Preset.objects.get(token='1').pk}/", {"name": "Our gate"}, format="json")
    assert [preset["name"] for preset in bob.post(f"{PRESETS}sync/").json()] == ["Our gate", "Yard"], "a name given here stays"
    camera.head.presets = {"2": StoredPreset("Back yard", (1, 0, 0)), "3": StoredPreset("Gate", (1, 0, 0))}
    assert [preset["name"] for preset in bob.post(f"{PRESETS}sync/").json()] == ["Back yard", "Gate"]


def test_order(home: House, camera: StubCamera) -> None:
    ids = [Preset.objects.create(camera=home.camera, token=name, name=name, position=n).pk for n, name in enumerate("abc")]
    carol = home.api("carol")
    answer = carol.put(PRESETS, {"ids": [ids[2], ids[0]]}, format="json")
    assert [preset["name"] for preset in answer.json()] == ["c", "a", "b"]
    assert carol.put(PRESETS, {"ids": [0]}, format="json").status_code == 400


def test_a_camera_that_is_full_or_can_t_delete(home: House, camera: StubCamera) -> None:
    camera.most_presets = 1
    camera.can_remove_presets = False
    carol = home.api("carol")
    preset = carol.post(PRESETS, {"name": "Gate"}, format="json").json()
    answer = carol.post(PRESETS, {"name": "Yard"}, format="json")
    assert (answer.status_code, answer.json()["detail"]) == (409, "The camera refuses SetPreset: Maximum number of presets reached")
    assert carol.delete(f"{PRESETS}{preset['id']}/").status_code == 204
    assert carol.post(f"{PRESETS}sync/").json() == [], "hidden here, for the camera keeps it"


def test_names_are_checked(home: House, camera: StubCamera) -> None:
    carol = home.api("carol")
    carol.post(PRESETS, {"name": "Gate"}, format="json")
    assert "already a preset" in carol.post(PRESETS, {"name": "Gate"}, format="json").json()["detail"]
    assert carol.post(PRESETS, {"name": " "}, format="json").status_code == 400


@pytest.mark.peer
def test_presets_of_a_camera_of_another_make() -> None:
    house = House()
    with ipycam() as camera:
        set_up(house.camera, camera)
        alice = house.api("alice")
        assert [preset["name"] for preset in alice.post(f"{PRESETS}sync/").json()] == ["Home"]
        camera.camera.ptz.absolute_move(0.5, 0.25, 0.5)
        made = alice.post(PRESETS, {"name": "Gate"}, format="json").json()
        camera.camera.ptz.absolute_move(0, 0, 0)
        assert alice.post(f"{PRESETS}{made['id']}/go/").status_code == 204
        assert camera.position == (0.5, 0.25, 0.5)
        assert alice.delete(f"{PRESETS}{made['id']}/").status_code == 204, "ipycam has no RemovePreset: it is hidden"
        assert [preset["name"] for preset in alice.post(f"{PRESETS}sync/").json()] == ["Home"]
