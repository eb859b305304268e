"""What go2rtc's players read by HTTP: bob may view the front door, charlie nothing; no answer holds an address or a login."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from cameras.models import StreamState
from nvr.people import tickets
from streaming.pictures import Picture
from tests.support.people import House

JPEG = b"\xff\xd8 a picture \xff\xd9"


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How wide pictures were asked for."""
    widths: list[int] = []

    async def current(camera_id: int, *, at_most_px: int) -> Picture:
        widths.append(at_most_px)
        return Picture(JPEG, 1_700_000_000_000, 640, 360)

    monkeypatch.setattr("streaming.api.snapshot.current_picture", current)
    return widths


def test_streams_are_told_in_go2rtcs_shape_without_any_address(house: House) -> None:
    house.camera.streams.filter(role="main").update(state=StreamState.LIVE)
    answer = house.api("bob").get("/api/streams")
    assert answer.json() == {
        "front-door": {"producers": [{"url": "nvr:front-door", "format_name": "rtsp"}], "consumers": []},
        "front-door/sub": {"producers": [{"url": "nvr:front-door/sub"}], "consumers": []},
    }
    assert house.api("bob").get("/api/streams?src=front-door/sub").json() == answer.json()["front-door/sub"]
    assert set(house.api("alice").get("/api/streams").json()) == {"front-door", "front-door/sub", "garden"}
    assert house.api("charlie").get("/api/streams").json() == {}
    assert house.api("bob").get("/api/streams?src=garden").status_code == 404
    assert house.api("nobody").get("/api/streams").status_code == 401


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", ["/api/streams", "/api/frame.jpeg"])
def test_nothing_adds_or_removes_a_source(house: House, method: str, address: str) -> None:
    answer = getattr(house.api("alice"), method)(f"{address}?src=rtsp://10.0.0.1/x&name=front-door&dst=front-door")
    assert answer.status_code == 405
    assert house.camera.streams.count() == 2


def test_a_frame_is_the_cameras_picture(house: House, pictures: list[int]) -> None:
    answer = house.api("bob").get("/api/frame.jpeg?src=front-door&w=320")
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, JPEG, "image/jpeg")
    assert pictures == [320]
    for refused in ("garden", "cellar", "rtsp://10.0.0.1/x", ""):
        assert house.api("bob").get(f"/api/frame.jpeg?src={refused}").status_code == 404
    assert house.api("bob").get("/api/frame.jpeg?src=front-door&width=0").json()["errors"].keys() == {"width"}


def test_a_ticket_is_for_its_camera_and_to_view(house: House, pictures: list[int]) -> None:
    ticket = tickets.issue(house.alice, house.camera, "view")
    assert APIClient().get(f"/api/frame.jpeg?src=front-door&ticket={ticket}").status_code == 200
    assert APIClient().get(f"/api/frame.jpeg?src=garden&ticket={ticket}").status_code == 404
    assert set(APIClient().get(f"/api/streams?ticket={ticket}").json()) == {"front-door", "front-door/sub"}
    other = tickets.issue(house.alice, house.camera, "playback")
    assert APIClient().get(f"/api/frame.jpeg?src=front-door&ticket={other}").status_code == 403
    assert APIClient().get("/api/streams?ticket=guessed").status_code == 401
