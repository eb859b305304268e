from __future__ import annotations

import io
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pytest_django import Settings

from cameras.models import Camera
from streaming.media.packet import Role
from streaming.render.still import Still, StillShelf
from tests.support.live_camera import LiveCamera
from tests.support.packets import new_stream
from tests.support.people import House


@pytest.fixture
def gate(house: House, settings: Settings, tmp_path: Path) -> Camera:
    """A camera of which no other test has put pictures on the bus; Bob may view it."""
    settings.CAMERA_PICTURES_DIR = tmp_path
    camera = Camera.objects.create(pk=new_stream().camera_id, name="Gate", slug="gate", state="live")
    house.bob.grants.create(camera=camera, action="view")
    return camera


def url(query: str = "") -> str:
    return f"/api/v1/cameras/gate/snapshot.jpg{query}"


def size(answer: Any) -> tuple[int, int]:
    assert answer["Content-Type"] == "image/jpeg"
    return Image.open(io.BytesIO(answer.content)).size


def keep_picture(camera: Camera, directory: Path, captured_at_ms: int) -> None:
    jpeg = io.BytesIO()
    Image.new("RGB", (640, 360), "navy").save(jpeg, "JPEG")
    StillShelf(directory).put(camera.pk, Still(jpeg.getvalue(), captured_at_ms, 640, 360))


def test_live_picture_in_the_size_asked_for(house: House, gate: Camera, redis_url: str) -> None:
    with LiveCamera(redis_url, gate.pk, {Role.MAIN: "h264"}):
        client, deadline = house.api("bob"), time.monotonic() + 10
        while (answer := client.get(url())).status_code == 404 and time.monotonic() < deadline:
            pass
        assert size(answer) == (640, 360)
        assert size(client.get(url("?width=160"), headers={"accept": "image/jpeg"})) == (160, 90)
    assert answer["X-Picture-State"] == "live"
    assert abs(datetime.now(UTC) - datetime.fromisoformat(answer["X-Captured-At"])).total_seconds() < 10
    assert answer["Cache-Control"] == "no-store"
    gate.state = "down"
    gate.save()
    assert client.get(url())["X-Picture-State"] == "last"


def test_last_picture_of_a_camera_that_is_down(house: House, gate: Camera, tmp_path: Path) -> None:
    client = house.api("bob")
    missing = client.get(url(), headers={"accept": "image/jpeg"})
    assert (missing.status_code, missing["Content-Type"]) == (404, "application/problem+json")
    assert missing.json()["detail"] == "there is no picture of this camera yet"
    keep_picture(gate, tmp_path, 1_700_000_000_500)
    answer = client.get(url("?width=320"))
    assert size(answer) == (320, 180)
    assert answer["X-Picture-State"] == "last"
    assert answer["X-Captured-At"] == "2023-11-14T22:13:20.500+00:00"
    assert answer["Last-Modified"] == "Tue, 14 Nov 2023 22:13:20 GMT"


def test_kept_picture_is_there_without_redis(house: House, gate: Camera, tmp_path: Path, settings: Settings) -> None:
    keep_picture(gate, tmp_path, 1_700_000_000_500)
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    assert size(house.api("bob").get(url())) == (640, 360)


def test_who_may_not_view_gets_no_picture(house: House, gate: Camera, tmp_path: Path) -> None:
    keep_picture(gate, tmp_path, 1_700_000_000_500)
    assert {who: house.api(who).get(url()).status_code for who in ("alice", "bob", "charlie", "nobody")} == {
        "alice": 200,
        "bob": 200,
        "charlie": 404,
        "nobody": 401,
    }


@pytest.mark.parametrize("width", ["0", "-1", "x", "99999"])
def test_impossible_width_is_refused(house: House, gate: Camera, width: str) -> None:
    answer = house.api("bob").get(url(f"?width={width}"))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["width"])
