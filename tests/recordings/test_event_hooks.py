"""What open pages hear of events, over the channel layer."""

from __future__ import annotations

from typing import Any

import pytest
from channels.db import database_sync_to_async as in_thread

from recordings.models import MotionRule
from recordings.services.events import note_motion
from recordings.services.system_events import note_node_lost
from tests.support.moving import activity, still
from tests.support.people import House
from tests.support.sockets import browser_headers, connected

PATH = "/ws/events/"
T = 1_795_046_400_000


@pytest.fixture
def house(transactional_db: None) -> House:
    return House()


async def next_event(socket: Any) -> dict[str, Any]:
    """Behind what is told of the cameras' states."""
    while True:
        message: dict[str, Any] = await socket.receive_json_from(timeout=5)
        if message["type"] == "event":
            return message


async def let_in(socket: Any) -> None:
    """It hears of the camera from now on."""
    assert (await socket.receive_json_from(timeout=5))["type"] == "camera.state"


async def test_who_may_view_a_camera_hears_of_its_events(house: House) -> None:
    headers = await in_thread(browser_headers)(house, "bob")
    async with connected(PATH, headers) as bob:
        await let_in(bob)
        rule = MotionRule(camera=house.camera)
        seen = activity(T, (500, 2000), score=61, zones=("Drive",))
        await in_thread(note_motion)(house.other, rule, [seen], now_ms=T + 2500)
        await in_thread(note_motion)(house.camera, rule, [seen], now_ms=T + 2500)
        begun = await next_event(bob)
        await in_thread(note_motion)(house.camera, rule, still(T + 2000, T + 12_000), now_ms=T + 12_500)
        ended = await next_event(bob)
    expected = {
        "type": "event",
        "state": "begun",
        "id": begun["id"],
        "camera": "front-door",
        "kind": "motion",
        "start_ms": T + 500,
        "end_ms": None,
        "peak_score": 61,
        "zones": ["Drive"],
        "labels": [],
        "subject": "",
        "reason": "",
        "has_picture": False,
        "is_late": False,
    }
    assert begun == expected
    assert ended == expected | {"state": "ended", "end_ms": T + 2000}


async def test_what_is_about_no_camera_is_for_staff(house: House) -> None:
    alice, bob = [await in_thread(browser_headers)(house, who) for who in ("alice", "bob")]
    async with connected(PATH, alice) as staff, connected(PATH, bob) as viewer:
        await viewer.receive_json_from(timeout=5)
        await in_thread(note_node_lost)("cellar", "it does not answer", now_ms=T)
        news = await next_event(staff)
        assert (news["kind"], news["camera"], news["subject"], news["reason"]) == ("node", None, "cellar", "it does not answer")
        assert await viewer.receive_nothing(timeout=0.1)
