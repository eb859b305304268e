from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from cameras.models import Action, Camera, Grant
from cameras.stream_url import StreamUrl
from tests.cameras.passwords import AWKWARD
from tests.support.people import House

LIST = "/api/v1/cameras/"
DETAIL = "/api/v1/cameras/front-door/"


def slugs(answer: Any) -> list[str]:
    return [camera["slug"] for camera in answer.json()["results"]]


def test_list_holds_what_one_may_view(house: House) -> None:
    assert slugs(house.api("alice").get(LIST)) == ["front-door", "garden"]
    assert slugs(house.api("bob").get(LIST)) == ["front-door"]
    assert slugs(house.api("charlie").get(LIST)) == []
    assert house.api("nobody").get(LIST).status_code == 401


def test_list_costs_the_same_for_any_number_of_cameras(house: House, django_assert_max_num_queries: Any) -> None:
    client = house.api("bob")
    with django_assert_max_num_queries(9):
        client.get(LIST)


def test_detail(house: House) -> None:
    answer = house.api("bob").get(DETAIL)
    assert answer.json() == {
        "slug": "front-door",
        "name": "Front door",
        "state": "off",
        "state_reason": "",
        "state_changed_at": house.camera.state_changed_at.isoformat().replace("+00:00", "Z"),
        "record": "continuous",
        "motion": False,
        "streams": [
            {"role": role, "url": url, "transport": "tcp", "verify_tls": False, "state": "off", "state_reason": ""}
            for role, url in (("main", "rtsp://cam.local:8554/main"), ("sub", "rtsp://cam.local/sub"))
        ],
        "is_enabled": True,
        "position": 0,
        "may": ["view"],
    }
    assert house.api("carol").get(DETAIL).json()["may"] == ["view", "ptz", "configure"]


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_camera_one_may_not_view_is_not_found(house: House, method: str) -> None:
    refused = getattr(house.api("charlie"), method)(DETAIL)
    missing = getattr(house.api("charlie"), method)("/api/v1/cameras/no-such/")
    assert (refused.status_code, refused.json()) == (404, missing.json())
    assert getattr(house.api("nobody"), method)(DETAIL).status_code == 401


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_viewer_may_not_change(house: House, method: str) -> None:
    assert getattr(house.api("bob"), method)(DETAIL, {"name": "Mine"}, format="json").status_code == 403
    house.camera.refresh_from_db()
    assert house.camera.name == "Front door"


def test_patch_changes_what_is_named(house: House) -> None:
    streams = [{"role": "main", "url": "rtsp://cam.local/other", "transport": "udp"}, {"role": "sub", "url": None}]
    body = {"name": "Back door", "position": 7, "streams": streams, "record": "schedule", "motion": False}
    answer = house.api("carol").patch(DETAIL, body, format="json")
    assert answer.status_code == 200, answer.json()
    camera = answer.json()
    assert (camera["name"], camera["slug"], camera["position"]) == ("Back door", "front-door", 7)
    assert [(s["role"], s["url"], s["transport"]) for s in camera["streams"]] == [("main", "rtsp://cam.local/other", "udp")]
    house.camera.refresh_from_db()
    assert (house.camera.record, camera["record"]) == ("schedule", "schedule")
    assert (house.camera.username, house.camera.password) == ("viewer", "hunter2")


def test_motion_is_detected_where_it_is_recorded_on_motion(house: House) -> None:
    api = house.api("carol")

    def change(**body: Any) -> tuple[str, bool]:
        camera = api.patch(DETAIL, body, format="json").json()
        return camera["record"], camera["motion"]

    assert change(motion=True) == ("continuous", True)
    assert change(motion=False) == ("continuous", False)
    assert change(record="motion") == ("motion", True)
    answer = api.patch(DETAIL, {"motion": False}, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["motion"])
    assert change(record="continuous") == ("continuous", True)
    assert change(record="motion", motion=True) == ("motion", True)
    assert change(record="off", motion=False) == ("off", False)
    new = {"name": "Shed", "record": "motion", "streams": [{"role": "main", "url": "rtsp://shed/x"}]}
    assert house.api("alice").post(LIST, new, format="json").json()["motion"] is True


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"record": "motion", "motion": False}, "motion", "needs motion detection"),
        ({"record": "sometimes"}, "record", "not a valid choice"),
        ({"motion": "perhaps"}, "motion", "boolean"),
        ({"streams": [{"role": "main", "url": "http://cam.local/x"}]}, "streams", "not cameras"),
        ({"streams": [{"role": "main", "url": None}]}, "streams", "needs its main stream"),
        ({"streams": [{"role": "third"}]}, "streams.0.role", "not a valid choice"),
        ({"streams": [{"role": "main", "url": "rtsp://attacker/x"}]}, "password", "enter the camera's password again"),
        ({"position": -1}, "position", "greater than or equal"),
        ({"name": "Garden"}, "name", "already a camera"),
    ],
)
def test_refused_input_is_a_problem_by_field(house: House, body: dict[str, Any], field: str, words: str) -> None:
    answer = house.api("carol").patch(DETAIL, body, format="json")
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert (problem["type"], problem["title"], problem["status"]) == ("about:blank", "Bad Request", 400)
    assert words in problem["errors"][field][0]
    assert words in problem["detail"]


def test_malformed_and_unknown_requests_are_problems(house: House) -> None:
    malformed = house.api("alice").patch(DETAIL, b"{", content_type="application/json")
    wrong_type = house.api("alice").patch(DETAIL, b"<x/>", content_type="text/xml")
    wrong_method = house.api("alice").put(DETAIL, {}, format="json")
    no_such = house.api("nobody").get("/api/v1/nothing/here")
    assert [answer.status_code for answer in (malformed, wrong_type, wrong_method, no_such)] == [400, 415, 405, 404]
    assert all(answer["Content-Type"] == "application/problem+json" for answer in (malformed, wrong_type, wrong_method, no_such))


def test_create_needs_the_right_and_grants_it(house: House) -> None:
    body = {
        "name": "Shed",
        "streams": [{"role": "main", "url": "rtsp://u:p@shed/x", "transport": "udp"}, {"role": "sub", "url": "rtsp://shed/y"}],
    }
    assert house.api("nobody").post(LIST, body, format="json").status_code == 401
    assert [house.api(who).post(LIST, body, format="json").status_code for who in ("bob", "carol", "charlie")] == [403] * 3
    answer = house.api("alice").post(LIST, body, format="json")
    assert (answer.status_code, answer.json()["slug"]) == (201, "shed")
    assert [(s["role"], s["transport"]) for s in answer.json()["streams"]] == [("main", "udp"), ("sub", "tcp")]
    camera = Camera.objects.get(slug="shed")
    assert (camera.username, camera.password) == ("u", "p")

    from django.contrib.auth.models import Permission

    house.bob.user_permissions.add(Permission.objects.get(codename="add_camera"))
    answer = house.api("bob").post(LIST, body | {"name": "Attic"}, format="json")
    assert answer.json()["may"] == Action.values
    assert house.api("bob").post(LIST, {"name": "Cellar", "streams": []}, format="json").status_code == 400


def test_delete(house: House) -> None:
    assert house.api("carol").delete(DETAIL).status_code == 204
    assert not Camera.objects.filter(slug="front-door").exists()


def test_grants_through_groups(house: House) -> None:
    from django.contrib.auth.models import Group

    from cameras.models import CameraGroup

    family, outside = Group.objects.create(name="family"), CameraGroup.objects.create(name="outside")
    house.charlie.groups.add(family)
    outside.cameras.add(house.camera, house.other)
    Grant.objects.create(user_group=family, camera_group=outside, action=Action.VIEW)
    Grant.objects.create(user_group=family, camera=house.camera, action=Action.CONFIGURE)
    answer = house.api("charlie").get(LIST)
    assert slugs(answer) == ["front-door", "garden"]
    assert [camera["may"] for camera in answer.json()["results"]] == [["view", "ptz", "configure"], ["view"]]


def test_inactive_person_is_a_stranger(house: House) -> None:
    client, browser = house.api("alice"), house.browser("alice")
    house.alice.is_active = False
    house.alice.save()
    assert client.get(LIST).status_code == 401
    assert browser.get(LIST).status_code == 401


@pytest.mark.parametrize("password", AWKWARD)
def test_password_is_kept_whole_and_never_shown(house: House, password: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = house.api("alice")
    address = StreamUrl("rtsp", "shed.local", 554, "/x").with_credentials("u", password)
    pasted = client.post(LIST, {"name": "Pasted", "streams": [{"role": "main", "url": address}]}, format="json")
    typed = client.patch(DETAIL, {"username": "u", "password": password}, format="json")
    for answer in (pasted, typed):
        assert answer.status_code < 300
        assert Camera.objects.get(slug=answer.json()["slug"]).password == password
        assert "password" not in answer.json()
        assert password not in json.dumps(answer.json(), ensure_ascii=False).replace("  ", "")
    assert not [record for record in caplog.records if password in record.getMessage() and len(password) > 4]


def test_browser_needs_the_csrf_token(house: House) -> None:
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(house.alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert browser.patch(DETAIL, {"name": "X"}, content_type="application/json").status_code == 403


@pytest.mark.parametrize(
    ("granted", "may"),
    [
        (Action.VIEW, ["view"]),
        (Action.PLAYBACK, ["view", "playback"]),
        (Action.EXPORT, ["view", "playback", "export"]),
        (Action.PROTECT, ["view", "playback", "protect"]),
        (Action.DELETE, ["view", "playback", "delete"]),
        (Action.PTZ, ["view", "ptz"]),
        (Action.CONFIGURE, ["view", "ptz", "configure"]),
    ],
)
def test_what_a_grant_includes(house: House, granted: Action, may: list[str]) -> None:
    Grant.objects.create(user=house.charlie, camera=house.camera, action=granted)
    assert house.api("charlie").get(DETAIL).json()["may"] == may
