"""Trying a camera over the API: who may, what is answered, and that nothing secret is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission

from cameras.models import Camera
from streaming.api import trials
from streaming.assistant import streams
from tests.support.people import House
from tests.support.rtsp_camera import TestCamera

TRIALS = "/api/v1/discovery/trials/"


@pytest.fixture(autouse=True)
def no_onvif(monkeypatch: pytest.MonkeyPatch) -> None:
    async def none(host: str) -> None:
        return None

    monkeypatch.setattr(streams, "find_device", none)


@pytest.fixture
def camera() -> Iterator[TestCamera]:
    with TestCamera({"/stream1": "h264_aac", "/stream2": "h264_sub"}, username="admin", password="hunter2") as running:
        yield running


def test_a_camera_is_tried_and_can_be_added_with_what_came_of_it(
    house: House, camera: TestCamera, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[Any] = []
    monkeypatch.setattr("cameras.events.publish_to_user", lambda user_id, event: told.append((user_id, event)))
    alice = house.api("alice")
    login = {"username": "admin", "password": "hunter2"}
    answer = alice.post(TRIALS, {"address": f"127.0.0.1:{camera.port}", **login, "maker": "tapo", "token": "t1"}, format="json")
    assert answer.status_code == 200
    outcome = answer.json()
    assert (outcome["way"], outcome["grade"], outcome["cause"]) == ("pattern", "good", "")
    assert [(stream["role"], stream["url"]) for stream in outcome["streams"]] == [
        ("main", camera.url("/stream1")),
        ("sub", camera.url("/stream2")),
    ]
    assert outcome["streams"][0]["picture"].startswith("data:image/jpeg;base64,")
    assert {user_id for user_id, _ in told} == {house.alice.pk}
    assert {event["token"] for _, event in told} == {"t1"}
    assert any("/stream1" in event["text"] for _, event in told)
    assert any(finding["title"] == "Login" for _, event in told for finding in event["findings"])
    assert "hunter2" not in json.dumps([outcome, told]) + caplog.text
    assert not Camera.objects.filter(name="Shed").exists(), "nothing is stored"
    wanted = [{"role": stream["role"], "url": stream["url"]} for stream in outcome["streams"]]
    added = alice.post("/api/v1/cameras/", {"name": "Shed", **login, "streams": wanted, "record": "continuous"}, format="json")
    assert added.status_code == 201
    assert Camera.objects.get(name="Shed").password == "hunter2"


def test_what_is_wrong_is_in_the_findings(house: House, camera: TestCamera) -> None:
    body = {"address": camera.url("/stream1"), "username": "admin", "password": "geheim"}
    answer = house.api("alice").post(TRIALS, body, format="json")
    assert answer.status_code == 200
    assert (answer.json()["grade"], answer.json()["cause"], answer.json()["streams"]) == ("bad", "login", [])
    assert "geheim" not in json.dumps(answer.json())


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "address"),
        ({"address": "ftp://camera/"}, "address"),
        ({"address": "rtsp://a:one@camera/x", "password": "two"}, "password"),
        ({"address": "camera", "maker": "nobody"}, "maker"),
        ({"address": "camera", "chosen": {"main": "rtsp://elsewhere/x"}}, "chosen"),
        ({"address": "camera", "chosen": {"main": "rtsp://u:p@camera/x"}}, "chosen"),
    ],
)
def test_refused_input_is_named_by_field(house: House, body: dict[str, Any], field: str) -> None:
    answer = house.api("alice").post(TRIALS, body, format="json")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize(("who", "status"), [("nobody", 401), ("charlie", 403), ("bob", 403), ("carol", 403)])
def test_it_is_for_who_may_add_cameras(house: House, who: str, status: int) -> None:
    assert house.api(who).post(TRIALS, {"address": "camera"}, format="json").status_code == status
    assert house.api(who).get("/api/v1/discovery/makers/").status_code == status


def test_who_holds_the_permission_may_try(house: House, camera: TestCamera) -> None:
    house.bob.user_permissions.add(Permission.objects.get(codename="add_camera"))
    body = {"address": camera.url("/nothing"), "username": "admin", "password": "hunter2"}
    assert house.api("bob").post(TRIALS, body, format="json").json()["cause"] == "description"
    assert "Hikvision" in [maker["name"] for maker in house.api("bob").get("/api/v1/discovery/makers/").json()]


def test_enough_is_enough(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(trials._AT_ONCE.acquire(blocking=False) for _ in range(8))
    try:
        assert house.api("alice").post(TRIALS, {"address": "127.0.0.1:1"}, format="json").status_code == 429
    finally:
        for _ in range(8):
            trials._AT_ONCE.release()
