"""From what a person pastes to the words they read, against real cameras that check the password."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cameras import services
from cameras.models import Camera
from cameras.stream_url import split_credentials
from tests.cameras.passwords import AWKWARD
from tests.support.people import House
from tests.support.rtsp_camera import TestCamera

TEST = "/admin/cameras/camera/test-connection/"


@pytest.fixture
def open_camera() -> Iterator[TestCamera]:
    with TestCamera("h264") as camera:
        yield camera


@pytest.mark.parametrize(("password", "auth"), [*((password, "digest") for password in AWKWARD), (AWKWARD[-3], "basic")])
def test_any_password_opens_the_camera_it_belongs_to(db: None, password: str, auth: str) -> None:
    with TestCamera("h264", username="us@er", password=password, auth=auth) as real:  # type: ignore[arg-type]  # one of two words
        address, _ = split_credentials(real.url())
        camera = services.add_camera(name="Gate", url=address.with_credentials("us@er", password))
        right = services.test_connection(Camera.objects.get(pk=camera.pk), "main")
        wrong = services.test_connection(services.add_camera(name="Wrong", url=address.with_credentials("us@er", f"{password}!")), "main")
    assert right.ok, right.text
    assert (wrong.ok, wrong.code) == (False, "unauthorized")
    assert password not in wrong.text or len(password) < 5


def test_button_tells_what_the_camera_sends(house: House, open_camera: TestCamera) -> None:
    answer = house.browser("alice").post(TEST, {"url": open_camera.url(), "transport": "auto"}).json()
    assert answer["ok"], answer
    assert answer["details"]["video"].startswith("H.264")
    missing = house.browser("alice").post(TEST, {"url": open_camera.url("/nothing"), "transport": "tcp"}).json()
    assert (missing["ok"], missing["code"]) == (False, "path_not_found")
    open_camera.stop()
    refused = house.browser("alice").post(TEST, {"url": open_camera.url(), "transport": "tcp"}).json()
    assert refused["code"] == "refused"
