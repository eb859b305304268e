"""The administration's pages about cameras that turn: they do as the API does, and say what the camera said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cameras.control import presets, setup
from cameras.models import Action, Camera, CameraSearch, Grant, OnvifDevice, Preset, Tour, TourStop
from tests.support.control import control_room, set_up
from tests.support.onvif.camera import PASSWORD, USERNAME, StubCamera, onvif_camera
from tests.support.people import House

DEVICES, PRESETS, TOURS = (f"/admin/cameras/{model}/" for model in ("onvifdevice", "preset", "tour"))


@pytest.fixture(autouse=True)
def _room(transactional_db: None) -> Iterator[None]:
    with control_room():
        yield


@pytest.fixture
def camera() -> Iterator[StubCamera]:
    with onvif_camera() as camera:
        yield camera


def device_form(house: House, camera: StubCamera | None = None, **given: Any) -> dict[str, Any]:
    address = f"127.0.0.1:{camera.port}" if camera is not None else "127.0.0.1:9"
    form = {"camera": house.camera.pk, "address": address, "username": USERNAME, "password": PASSWORD, "home_after_s": "30"}
    return form | {"takes_events": "on"} | given


def test_a_device_is_asked_before_it_is_kept_and_outside_of_a_transaction(
    house: House, camera: StubCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []
    survey = setup.survey

    def remembering(*given: Any) -> Any:
        held.append(connection.in_atomic_block)
        return survey(*given)

    monkeypatch.setattr(setup, "survey", remembering)
    browser = house.browser("carol")
    answer = browser.post(f"{DEVICES}add/", device_form(house, camera))
    assert answer.status_code == 302, answer.context["errors"]
    assert held == [False], "the database's one writer must not wait for a camera"
    device = OnvifDevice.objects.get()
    assert (device.takes_events, device.home_after_s, device.password) == (True, 30, PASSWORD)
    page = browser.get(f"{DEVICES}{device.pk}/change/").content.decode()
    assert PASSWORD not in page and "A password is stored" in page and "SC-1" in page
    browser.post(f"{DEVICES}{device.pk}/change/", device_form(house, camera, address=device.address, password="", home_after_s="0"))
    device.refresh_from_db()
    assert (device.home_after_s, device.password) == (0, PASSWORD)
    assert len(held) == 1, "what is not about the device does not ask it"


def test_what_the_device_says_stands_at_its_field(house: House, camera: StubCamera) -> None:
    browser = house.browser("carol")
    wrong = browser.post(f"{DEVICES}add/", device_form(house, camera, password="wrong-one"))
    assert "refuses the user name or password" in str(wrong.context["adminform"].form.errors["password"])
    assert b"wrong-one" not in wrong.content
    elsewhere = browser.post(f"{DEVICES}add/", device_form(house, camera, username="", password=""))
    assert "another host" in str(elsewhere.context["adminform"].form.errors["username"])
    soon = browser.post(f"{DEVICES}add/", device_form(house, camera, home_after_s="3"))
    assert "at least 10 seconds" in str(soon.context["adminform"].form.errors["home_after_s"])
    assert not OnvifDevice.objects.exists()


def test_devices_are_asked_again_and_each_ones_answer_is_told(house: House, camera: StubCamera) -> None:
    well = set_up(house.camera, camera)
    away = OnvifDevice.objects.create(camera=house.other, address="http://127.0.0.1:9/onvif/device_service", password="Secret-9")
    browser = house.browser("alice")
    chosen = {"_selected_action": [well.pk, away.pk]}
    page = browser.post(DEVICES, {"action": "look_again"} | chosen, follow=True).content.decode()
    assert "Answers: Front door by ONVIF." in page
    assert "Garden by ONVIF: " in page
    found = browser.get(DEVICES, {"q": "sc-1"}).context["cl"].queryset
    assert list(found) == [well], "sought by model"
    page = browser.post(DEVICES, {"action": "take_events"} | chosen, follow=True).content.decode()
    assert "Events are taken: Front door by ONVIF, Garden by ONVIF." in page
    for action in ("export_csv", "export_json"):
        told = browser.post(DEVICES, {"action": action} | chosen).content.decode()
        assert "SC-1" in told and PASSWORD not in told and "Secret-9" not in told
    assert browser.post(f"{DEVICES}{away.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not OnvifDevice.objects.filter(pk=away.pk).exists()


def test_presets_are_renamed_here_and_deleted_on_the_camera(house: House, camera: StubCamera) -> None:
    set_up(house.camera, camera)
    carol = house.browser("carol")
    house.api("carol").post("/api/v1/cameras/front-door/ptz/presets/", {"name": "Gate"}, format="json")
    gate = Preset.objects.get()
    yard = Preset.objects.create(camera=house.camera, token="unknown", name="Yard", position=1)
    picture = presets.picture_path(yard)
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.touch()
    taken = carol.post(f"{PRESETS}{gate.pk}/change/", {"name": "Yard", "position": "0"})
    assert "already a preset called" in str(taken.context["errors"])
    assert carol.post(f"{PRESETS}{gate.pk}/change/", {"name": " Big  gate ", "position": "3"}).status_code == 302
    gate.refresh_from_db()
    assert (gate.name, gate.position) == ("Big gate", 3)
    page = carol.post(PRESETS, {"action": "delete_on_camera", "_selected_action": [gate.pk, yard.pk]}, follow=True).content.decode()
    assert "Deleted: " in page
    assert camera.head.presets == {}
    assert not picture.exists(), "its picture is gone with it"
    assert carol.post(PRESETS, {"action": "store_here", "_selected_action": [gate.pk]}, follow=True).status_code == 200


def test_presets_stand_on_their_cameras_page_when_it_turns(house: House, camera: StubCamera) -> None:
    page = f"/admin/cameras/camera/{house.camera.pk}/change/"
    browser = house.browser("carol")
    assert "presets-TOTAL_FORMS" not in browser.get(page).content.decode()
    set_up(house.camera, camera)
    Preset.objects.create(camera=house.camera, token="1", name="Gate")
    assert 'value="Gate"' in browser.get(page).content.decode()


def tour_form(house: House, gate: Preset, **given: Any) -> dict[str, Any]:
    form: dict[str, Any] = {"camera": house.camera.pk, "name": "Round", "resume_after_s": "20"}
    form |= {f"schedule_{day}": "" for day in range(7)} | {"schedule_1": "08:00-12:00"}
    form |= {"stops-TOTAL_FORMS": "2", "stops-INITIAL_FORMS": "0"}
    form |= {"stops-0-preset": gate.pk, "stops-0-dwell_s": "10", "stops-0-position": "5", "stops-0-speed": ""}
    form |= {"stops-1-preset": gate.pk, "stops-1-dwell_s": "20", "stops-1-position": "1", "stops-1-speed": "0.5"}
    return form | given


def test_a_tour_is_made_started_and_stopped(house: House) -> None:
    gate = Preset.objects.create(camera=house.camera, token="1", name="Gate")
    foreign = Preset.objects.create(camera=house.other, token="1", name="Far")
    alice = house.browser("alice")
    for wrong, words in (
        ({"stops-0-preset": foreign.pk}, "a preset of another camera"),
        ({"stops-0-dwell_s": "1"}, "greater than or equal to 2"),
        ({"schedule_1": "8-25"}, "Tuesday: "),
        ({"name": " "}, "required"),
    ):
        answer = alice.post(f"{TOURS}add/", tour_form(house, gate, **wrong))
        assert answer.status_code == 200 and words in answer.content.decode()
    answer = alice.post(f"{TOURS}add/", tour_form(house, gate))
    assert answer.status_code == 302, answer.context["errors"]
    tour = Tour.objects.get()
    assert [(stop.dwell_s, stop.speed) for stop in tour.stops.all()] == [(20, 0.5), (10, None)]
    assert tour.schedule == {"1": [["08:00", "12:00"]]}
    assert "already a tour called" in alice.post(f"{TOURS}add/", tour_form(house, gate)).content.decode()
    empty = Tour.objects.create(camera=house.camera, name="Empty")
    page = alice.post(TOURS, {"action": "start", "_selected_action": [tour.pk, empty.pk]}, follow=True).content.decode()
    assert "Started: Round of Front door." in page
    assert "Empty of Front door: the tour has no stops." in page
    assert Tour.objects.get(pk=tour.pk).is_on
    alice.post(TOURS, {"action": "stop", "_selected_action": [tour.pk]})
    assert not Tour.objects.get(pk=tour.pk).is_on
    assert alice.post(f"{TOURS}{tour.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not TourStop.objects.exists()


def test_staff_find_what_belongs_to_cameras_they_may_configure(house: House) -> None:
    mine = Preset.objects.create(camera=house.camera, token="1", name="Gate")
    others = Preset.objects.create(camera=house.other, token="1", name="Far")
    carol = house.browser("carol")
    page = carol.get(PRESETS).content.decode()
    assert "Gate" in page and "Far" not in page and "Garden" not in page
    assert carol.get(f"{PRESETS}{others.pk}/change/").status_code == 302
    carol.post(PRESETS, {"action": "delete_on_camera", "_selected_action": [others.pk]})
    assert Preset.objects.filter(pk=others.pk).exists()
    assert mine.name in carol.get(f"{PRESETS}{mine.pk}/change/").content.decode()


def test_who_may_only_look_sees_no_secret_and_no_way_to_save(house: House) -> None:
    """Carol may view the garden, and superusers gave her Django's permissions to look."""
    Grant.objects.create(user=house.carol, camera=house.other, action=Action.VIEW)
    Camera.objects.filter(pk=house.other.pk).update(state_reason="")
    device = OnvifDevice.objects.create(camera=house.other, address="http://127.0.0.1:9/", username="onvif-user", password="Secret-9")
    carol = house.browser("carol")
    for model, row in (("camera", house.other), ("onvifdevice", device)):
        address = f"/admin/cameras/{model}/{row.pk}/change/"
        assert carol.get(address).status_code == 302, "not even there"
        house.carol.user_permissions.add(Permission.objects.get(codename=f"view_{model}"))
        page = carol.get(address)
        assert page.status_code == 200
        text = page.content.decode()
        assert 'name="_save"' not in text
        assert not any(secret in text for secret in ("rtsp://garden.local", "onvif-user", "Secret-9", 'type="password"'))
        assert carol.post(address, {"name": "Mine"}).status_code == 403
        others = f"/admin/cameras/{model}/"
        seen = carol.get(others).content + carol.post(others, {"action": "export_json", "_selected_action": [row.pk]}).content
        assert b"Garden" in seen and b"garden.local" not in seen and b"127.0.0.1" not in seen
    assert "Garden" not in carol.get("/admin/cameras/camera/", {"q": "garden.local"}).content.decode(), "no address is guessed by searching"
    answer = carol.post("/admin/cameras/camera/", {"action": "disable", "_selected_action": [house.other.pk]}, follow=True)
    assert "for want of the right to configure: Garden" in answer.content.decode()
    gone = {"action": "delete_selected", "_selected_action": [house.other.pk], "post": "yes"}
    assert carol.post("/admin/cameras/camera/", gone).status_code == 403
    assert Camera.objects.get(pk=house.other.pk).is_enabled


def test_what_may_only_be_looked_at_is_left_alone_by_actions(house: House) -> None:
    Grant.objects.create(user=house.carol, camera=house.other, action=Action.VIEW)
    house.carol.user_permissions.add(*Permission.objects.filter(codename__in=("view_preset", "view_tour", "view_onvifdevice")))
    device = OnvifDevice.objects.create(camera=house.other, address="http://127.0.0.1:9/", takes_events=True)
    preset = Preset.objects.create(camera=house.other, token="1", name="Gate")
    tour = Tour.objects.create(camera=house.other, name="Round")
    carol = house.browser("carol")
    for page, action, row in (
        (PRESETS, "go_there", preset),
        (PRESETS, "delete_on_camera", preset),
        ("/admin/cameras/tour/", "start", tour),
        ("/admin/cameras/onvifdevice/", "ignore_events", device),
    ):
        answer = carol.post(page, {"action": action, "_selected_action": [row.pk]}, follow=True)
        assert "for want of the right to configure their cameras" in answer.content.decode(), action
    assert Preset.objects.filter(pk=preset.pk).exists()
    assert not Tour.objects.get(pk=tour.pk).is_on and OnvifDevice.objects.get(pk=device.pk).takes_events


@pytest.mark.parametrize("model", ["camera", "preset", "tour", "onvifdevice", "diagnosis", "camerasearch", "layout"])
def test_lists_ask_no_more_for_more_rows(house: House, model: str) -> None:
    alice, address = house.browser("alice"), f"/admin/cameras/{model}/"

    def fill(cameras: range) -> int:
        for number in cameras:
            camera = Camera.objects.create(name=f"Camera {number}", slug=f"camera-{number}")
            preset = Preset.objects.create(camera=camera, token="1", name="Gate")
            TourStop.objects.create(tour=Tour.objects.create(camera=camera, name="Round"), preset=preset)
            OnvifDevice.objects.create(camera=camera, address="http://127.0.0.1:9/")
            camera.diagnoses.create(started_by=house.alice, state="done")
            CameraSearch.objects.create(started_by=house.alice, state="done")
            house.alice.layouts.create(name=f"Layout {number}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert alice.get(address).status_code == 200
        return len(queries)

    few = fill(range(2))
    assert fill(range(2, 8)) <= few
