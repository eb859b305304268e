from __future__ import annotations

import logging
import threading
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from pytest_django import Settings

from cameras.models import Camera, Grant
from cameras.stream_url import Credentials, StreamUrl
from cameras.verdict import Verdict
from recordings.models import Event, RecordingNote
from tests.cameras.passwords import AWKWARD
from tests.support.people import House

LIST = "/admin/cameras/camera/"
ADD = f"{LIST}add/"
TEST = f"{LIST}test-connection/"


def change(house: House) -> str:
    return f"{LIST}{house.camera.pk}/change/"


def new_camera(fields: dict[str, str], house: House | None = None) -> dict[str, str]:
    """The form as a browser sends it: of a new camera, or of the house's."""
    form = {"name": "Shed", "is_enabled": "on", "username": "", "password": "", "position": "5", "record": "continuous"}
    form |= {"streams-TOTAL_FORMS": "2", "streams-INITIAL_FORMS": "0", "streams-MIN_NUM_FORMS": "0", "streams-MAX_NUM_FORMS": "2"}
    form |= {"grants-TOTAL_FORMS": "0", "grants-INITIAL_FORMS": "0", "grants-MIN_NUM_FORMS": "0", "grants-MAX_NUM_FORMS": "1000"}
    form |= {"recording-TOTAL_FORMS": "0", "recording-INITIAL_FORMS": "0", "recording-MIN_NUM_FORMS": "0", "recording-MAX_NUM_FORMS": "1"}
    for number, role in enumerate(("main", "sub")):
        form |= {f"streams-{number}-role": role, f"streams-{number}-url": "", f"streams-{number}-transport": "tcp"}
    if house is not None:
        form |= {"name": house.camera.name, "username": house.camera.username, "streams-INITIAL_FORMS": "2"}
        for number, stream in enumerate(house.camera.streams.order_by("role")):
            ours = {"id": str(stream.pk), "camera": str(house.camera.pk), "url": stream.url}
            form |= {f"streams-{number}-{name}": value for name, value in ours.items()}
    return form | fields


def filled_in(house: House, **fields: str) -> dict[str, str]:
    return new_camera(fields, house)


def errors(answer: Any) -> str:
    context = answer.context
    return " ".join(str(e) for e in context["errors"]) if context and "errors" in context else ""


@pytest.mark.parametrize("password", AWKWARD)
def test_password_goes_in_whole_and_never_comes_out(house: House, password: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    browser = house.browser("alice")
    address = StreamUrl("rtsp", "shed.local", 554, "/x").with_credentials("u", password)
    pasted = browser.post(ADD, new_camera({"streams-0-url": address}), follow=True)
    assert "moved to their own fields" in pasted.content.decode(), errors(pasted)
    typed = browser.post(change(house), filled_in(house, username="u", password=password), follow=True)
    assert not errors(typed)
    shed = Camera.objects.get(slug="shed")
    for camera in (shed, Camera.objects.get(pk=house.camera.pk)):
        assert (camera.username, camera.password) == ("u", password)
        page = browser.get(f"{LIST}{camera.pk}/change/").content.decode()
        assert "A password is stored" in page
        assert len(password) < 5 or password not in page
    assert shed.streams.get().url == "rtsp://shed.local/x"
    assert not [record for record in caplog.records if len(password) > 4 and password in record.getMessage()]


def test_page_shown_again_after_a_mistake_holds_no_password(house: House) -> None:
    browser = house.browser("alice")
    for wrong in ({"position": "x"}, {"streams-1-url": "http://u:Secret-9@cam/x"}):
        answer = browser.post(ADD, new_camera({"password": "Secret-9", "streams-0-url": "rtsp://u:Secret-9@cam/x"} | wrong))
        assert answer.status_code == 200
        assert "Secret-9" not in answer.content.decode()
        assert "Enter the password again" in answer.content.decode()
    assert not Camera.objects.filter(slug="shed").exists()


def test_empty_password_keeps_and_the_checkbox_removes(house: House) -> None:
    browser = house.browser("alice")
    browser.post(change(house), filled_in(house, name="Gate"))
    house.camera.refresh_from_db()
    assert (house.camera.name, house.camera.username, house.camera.password) == ("Gate", "viewer", "hunter2")
    browser.post(change(house), filled_in(house, clear_password="on"))
    house.camera.refresh_from_db()
    assert house.camera.password == ""


def test_pasted_address_replaces_stored_credentials(house: House) -> None:
    house.browser("alice").post(change(house), filled_in(house, **{"streams-0-url": "rtsp://new:better@cam.local/main"}))
    house.camera.refresh_from_db()
    assert (house.camera.username, house.camera.password) == ("new", "better")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"streams-0-url": "http://cam/x"}, "http:// addresses are not cameras"),
        ({"streams-0-url": ""}, "exactly one main stream"),
        ({"streams-0-url": "rtsp://a:b@cam/x", "streams-1-url": "rtsp://c:b@cam/x"}, "different users"),
        ({"streams-0-url": "rtsp://cam/x", "name": "Front door"}, "already exists"),
    ],
)
def test_mistakes_are_told_in_words(house: House, fields: dict[str, str], words: str) -> None:
    answer = house.browser("alice").post(ADD, new_camera(fields))
    assert words in answer.content.decode()
    assert not Camera.objects.filter(slug="shed").exists()


def test_staff_see_and_change_what_they_may_configure(house: House) -> None:
    browser = house.browser("carol")
    page = browser.get(LIST).content.decode()
    assert "Front door" in page
    assert "Garden" not in page
    assert "Cameras" in browser.get("/admin/").content.decode()
    form = browser.get(change(house)).content.decode()
    assert "grants-TOTAL_FORMS" not in form
    assert 'name="groups"' not in form
    assert browser.post(change(house), filled_in(house, name="Gate")).status_code == 302
    assert browser.get(f"{LIST}{house.other.pk}/change/").status_code == 302
    assert browser.get(ADD).status_code == 403
    assert browser.get("/admin/cameras/grant/").status_code == 403
    assert browser.post(f"{LIST}{house.camera.pk}/delete/", {"post": "yes"}).status_code == 302
    assert list(Camera.objects.values_list("slug", flat=True)) == ["garden"]


def test_who_adds_a_camera_may_configure_it(house: House) -> None:
    house.carol.user_permissions.add(Permission.objects.get(codename="add_camera"))
    browser = house.browser("carol")
    assert browser.post(ADD, new_camera({"streams-0-url": "rtsp://shed/x"})).status_code == 302
    assert "Shed" in browser.get(LIST).content.decode()


def test_password_does_not_follow_to_another_host(house: House) -> None:
    answer = house.browser("carol").post(change(house), filled_in(house, **{"streams-0-url": "rtsp://attacker/x"}))
    assert "another host" in answer.content.decode()


@pytest.mark.parametrize("person", ["bob", "charlie", "nobody"])
def test_others_are_sent_to_the_login(house: House, person: str) -> None:
    browser = house.browser(person)
    for url in ("/admin/", LIST, ADD, change(house)):
        answer = browser.get(url)
        assert answer.status_code in (302, 403)
    assert browser.post(TEST, {"url": "rtsp://cam/x", "transport": "tcp"}).status_code in (302, 403)


def test_actions_switch_and_announce(house: House) -> None:
    browser = house.browser("alice")
    for action, is_enabled in (("disable", False), ("enable", True)):
        browser.post(LIST, {"action": action, "_selected_action": [house.camera.pk, house.other.pk]})
        assert set(Camera.objects.values_list("is_enabled", flat=True)) == {is_enabled}


def remembering_prober(address: StreamUrl, credentials: Credentials, transport: str, verify_tls: bool) -> Verdict:
    ok = address.host != "dead.local"
    seen.append(f"{address} {credentials.username}/{credentials.password} {transport} {verify_tls}")
    threads.append(threading.get_ident())
    return Verdict(ok, "ok" if ok else "refused", "It works." if ok else "Nothing listens there.", {"codec": "H.264"})


seen: list[str] = []
threads: list[int] = []


@pytest.fixture
def _prober(settings: Settings) -> None:
    seen.clear()
    threads.clear()
    settings.NVR_CAMERA_PROBER = f"{__name__}.remembering_prober"


@pytest.mark.usefixtures("_prober")
def test_connection_of_unsaved_values_is_tested(house: House) -> None:
    browser = house.browser("alice")
    given = {"url": "rtsp://u:p%40ss@new.local/x", "transport": "udp", "verify_tls": "on"}
    assert browser.post(TEST, given).json() == {"ok": True, "code": "ok", "text": "It works.", "details": {"codec": "H.264"}}
    assert browser.post(TEST, {"url": "rtsp://dead.local/x", "transport": "tcp", "username": "u"}).json()["code"] == "refused"
    assert seen == ["rtsp://new.local/x u/p@ss udp True", "rtsp://dead.local/x u/ tcp False"]
    refused = browser.post(TEST, {"url": "ftp://cam/x", "transport": "tcp"})
    assert (refused.status_code, refused.json()["text"]) == (400, "ftp:// addresses are not cameras; use rtsp:// or rtsps://.")
    assert browser.post(TEST, {"url": "", "transport": "tcp"}).json()["text"] == "Enter an address first."
    assert browser.get(TEST).status_code == 405


@pytest.mark.usefixtures("_prober")
def test_stored_password_is_used_for_its_own_hosts_only(house: House) -> None:
    browser = house.browser("carol")
    given = {"camera": str(house.camera.pk), "transport": "tcp", "username": "viewer"}
    assert browser.post(TEST, given | {"url": "rtsp://cam.local/other"}).json()["ok"]
    assert "another host" in browser.post(TEST, given | {"url": "rtsp://attacker/x"}).json()["text"]
    assert browser.post(TEST, given | {"url": "rtsp://attacker/x", "password": "mine"}).json()["ok"]
    assert browser.post(TEST, given | {"url": "rtsp://cam.local/x", "clear_password": "on"}).json()["ok"]
    assert seen == [
        "rtsp://cam.local/other viewer/hunter2 tcp False",
        "rtsp://attacker/x viewer/mine tcp False",
        "rtsp://cam.local/x viewer/ tcp False",
    ]
    assert browser.post(TEST, given | {"camera": str(house.other.pk), "url": "rtsp://garden.local/x"}).status_code == 404
    assert browser.post(TEST, {"url": "rtsp://cam.local/x", "transport": "tcp"}).status_code == 403


@pytest.mark.usefixtures("_prober")
def test_action_tests_several_at_once(house: House) -> None:
    answer = house.browser("alice").post(
        LIST, {"action": "test_connections", "_selected_action": [house.camera.pk, house.other.pk]}, follow=True
    )
    page = answer.content.decode()
    assert "Front door, main stream: It works." in page
    assert "Garden, main stream: It works." in page
    assert threading.get_ident() not in threads


def test_grants_layouts_and_groups_have_pages(house: House) -> None:
    browser = house.browser("alice")
    for model in ("grant", "layout", "cameragroup"):
        assert browser.get(f"/admin/cameras/{model}/").status_code == 200
        assert browser.get(f"/admin/cameras/{model}/add/").status_code == 200
    answer = browser.post("/admin/cameras/grant/add/", {"user": house.bob.pk, "action": "view"})
    assert "Choose either a camera or a camera group." in answer.content.decode()
    count = Grant.objects.count()
    browser.post("/admin/cameras/grant/add/", {"user": house.bob.pk, "action": "view", "camera": house.other.pk})
    assert Grant.objects.count() == count + 1


def test_recording_on_motion_comes_with_motion_detection(house: House) -> None:
    browser, camera = house.browser("alice"), house.camera

    def save(**fields: str) -> tuple[str, bool, bool]:
        """How it is recorded then, whether motion is detected, whether it is recorded otherwise than before."""
        before = camera.record_changed_at
        answer = browser.post(change(house), filled_in(house, **fields), follow=True)
        camera.refresh_from_db()
        complaint = "needs motion detection" if "recording on motion needs motion detection" in answer.content.decode() else ""
        return complaint or camera.record, camera.detects_motion, camera.record_changed_at > before

    assert save(record="motion") == ("motion", True, True)
    assert save(record="motion", detects_motion="on") == ("motion", True, False)
    assert save(record="motion") == ("needs motion detection", True, False)
    assert save(record="continuous") == ("continuous", False, True)
    assert save(record="continuous", detects_motion="on") == ("continuous", True, False)


def test_motion_detection_is_switched_on_and_off_on_the_cameras_page(house: House) -> None:
    browser = house.browser("alice")
    for fields, expected in (({"detects_motion": "on"}, True), ({}, False)):
        answer = browser.post(change(house), filled_in(house, **fields), follow=True)
        assert not errors(answer)
        assert Camera.objects.get(pk=house.camera.pk).detects_motion is expected


def test_a_camera_goes_with_all_that_is_kept_of_it(house: House) -> None:
    camera = house.camera
    moment = {"start_ms": 0, "seen_until_ms": 0, "footage_start_ms": 0, "footage_end_ms": 0}
    Event.objects.create(camera=camera, kind="motion", **moment)
    RecordingNote.objects.create(camera=camera, role="main", at_ms=0, kind="failed", line="1")
    page = house.browser("carol").get(f"{LIST}{camera.pk}/delete/").content.decode()
    assert "Streams: 2" in page and "Events: 1" in page and "Recording notes: 1" in page
    assert house.browser("carol").post(f"{LIST}{camera.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Camera.objects.filter(pk=camera.pk).exists()
