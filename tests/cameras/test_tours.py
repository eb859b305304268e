"""Tours as people make them, and as the runner runs them at a camera."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from channels.db import database_sync_to_async as in_thread
from django.db import OperationalError

from cameras.control import history, steering, tour_rows
from cameras.control.devices import Devices
from cameras.control.tour_runner import TourRunner
from cameras.models import Action, Grant, HeadMove, OnvifDevice, Preset, Tour
from tests.support.control import control_room, set_up
from tests.support.live_server import running
from tests.support.onvif.camera import StubCamera, onvif_camera
from tests.support.onvif.head import StoredPreset
from tests.support.people import House

TOURS = "/api/v1/cameras/front-door/ptz/tours/"
PLACES = {"a": (-0.5, 0.0, 0.0), "b": (0.0, 0.0, 0.0), "c": (0.5, 0.0, 0.0)}


@pytest.fixture(autouse=True)
def _room(transactional_db: None) -> Iterator[None]:
    with control_room():
        yield


@pytest.fixture
def camera() -> Iterator[StubCamera]:
    camera = StubCamera()
    camera.head.presets = {token: StoredPreset(token, place) for token, place in PLACES.items()}
    with onvif_camera(camera):
        yield camera


@pytest.fixture
def home(camera: StubCamera) -> House:
    house = House()
    set_up(house.camera, camera)
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.PTZ)
    for position, token in enumerate(PLACES):
        Preset.objects.create(camera=house.camera, token=token, name=token.upper(), position=position)
    return house


def make_tour(home: House, *, dwell_s: int = 1, resume_after_s: int = 0) -> Tour:
    tour = Tour.objects.create(camera=home.camera, name="Round", is_on=True, resume_after_s=resume_after_s)
    for position, preset in enumerate(home.camera.presets.all()):
        tour.stops.create(preset=preset, position=position, dwell_s=dwell_s)
    return tour


@asynccontextmanager
async def runner_of(name: str = "one") -> AsyncIterator[TourRunner]:
    devices = Devices()
    runner = TourRunner(devices, name, look_every_s=0.05)
    try:
        async with running(runner.run()):
            yield runner
    finally:
        await runner.aclose()
        await devices.aclose()


async def at(camera: StubCamera, place: str, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while camera.head.position != PLACES[place]:
            await asyncio.sleep(0.02)


async def state_of(tour: Tour, wanted: str, seconds: float = 10) -> Tour:
    async with asyncio.timeout(seconds):
        while True:
            with suppress(OperationalError):  # a database in memory has no waiting for each other
                now: Tour = await in_thread(Tour.objects.get)(pk=tour.pk)
                if now.state == wanted:
                    return now
            await asyncio.sleep(0.1)


async def test_a_tour_goes_round_and_tells_where_it_is(home: House, camera: StubCamera) -> None:
    tour = await in_thread(make_tour)(home)
    async with runner_of():
        for place in "abca":
            await at(camera, place)
        await state_of(tour, "running")
    await in_thread(history.flush)()
    moves = await in_thread(lambda: list(HeadMove.objects.filter(preset__isnull=False).order_by("start_ms")))()
    assert len(moves) >= 3 and not any(move.is_by_person for move in moves)
    assert await in_thread(history.preset_at)(home.camera.pk, moves[0].end_ms + 1) is not None


async def test_it_rests_while_a_person_steers_and_goes_on_after(home: House, camera: StubCamera) -> None:
    tour = await in_thread(make_tour)(home, dwell_s=60)
    async with runner_of():
        await at(camera, "a")
        await state_of(tour, "running")
        await in_thread(steering.take)(home.camera, home.bob)
        paused = await state_of(tour, "paused")
        assert paused.state_reason == "Somebody is steering, or was a moment ago."
        camera.head.go((1, 1, 0), "by hand")
        await in_thread(steering.release)(home.camera, home.bob)
        await at(camera, "a")
        await state_of(tour, "running")


async def test_another_runner_takes_over_where_the_first_was(home: House, camera: StubCamera, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tour_rows, "LEASE_MS", 600)
    tour = await in_thread(make_tour)(home, dwell_s=3)
    devices = Devices()
    dying = TourRunner(devices, "dying", look_every_s=0.05)
    async with running(dying.run()):
        await at(camera, "a")
        await state_of(tour, "running")
    # It says no farewell. Until its lease has run out nobody else may.
    assert await in_thread(tour_rows.claimed)("two") == []
    async with runner_of("two"):
        await at(camera, "b")
        assert (await in_thread(Tour.objects.get)(pk=tour.pk)).runner == "two"
    assert camera.head.commands.count("GotoPreset") == 2, "not from the start, and by one of them only"
    await devices.aclose()


async def test_a_camera_that_fails_is_told_and_tried_again(home: House, camera: StubCamera, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cameras.control.tour_plan.FIRST_PAUSE_MS", 200)
    camera.instead["GotoPreset"] = b"<html>"
    tour = await in_thread(make_tour)(home)
    async with runner_of():
        failing = await state_of(tour, "failing")
        assert "does not speak ONVIF" in failing.state_reason
        camera.instead.clear()
        await at(camera, "a")
        await state_of(tour, "running")


async def test_a_camera_that_was_moved_goes_home_after_a_while(home: House, camera: StubCamera) -> None:
    await in_thread(OnvifDevice.objects.update)(home_after_s=1)
    now_ms = time.time_ns() // 1_000_000
    await in_thread(HeadMove.objects.create)(camera=home.camera, start_ms=now_ms - 5000, end_ms=now_ms - 4000)
    camera.head.go((1, 1, 1), "by hand")
    async with runner_of():
        async with asyncio.timeout(10):
            while camera.head.position != camera.head.home:
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.5)
    assert camera.head.commands.count("GotoHomePosition") == 1


def test_who_may_do_what(home: House, camera: StubCamera) -> None:
    a, b, _ = (preset.pk for preset in home.camera.presets.all())
    bob, carol = home.api("bob"), home.api("carol")
    wish: dict[str, Any] = {"name": "Round", "stops": [{"preset": a, "dwell_s": 10}, {"preset": b, "dwell_s": 20, "speed": 0.5}]}
    assert bob.post(TOURS, wish, format="json").status_code == 403
    made = carol.post(TOURS, wish, format="json")
    assert made.status_code == 201
    tour = made.json()
    assert [(stop["name"], stop["dwell_s"], stop["speed"]) for stop in tour["stops"]] == [("A", 10, None), ("B", 20, 0.5)]
    assert bob.post(f"{TOURS}{tour['id']}/start/").json()["is_on"] is True
    assert bob.get(TOURS).json()[0]["state"] == "running"
    assert bob.post(f"{TOURS}{tour['id']}/stop/").json()["state"] == "off"
    assert bob.delete(f"{TOURS}{tour['id']}/").status_code == 403
    assert home.api("charlie").post(f"{TOURS}{tour['id']}/start/").status_code == 404
    changed = carol.patch(f"{TOURS}{tour['id']}/", {"schedule": {"0": [["22:00", "06:00"]]}, "resume_after_s": 60}, format="json").json()
    assert (changed["schedule"], changed["resume_after_s"]) == ({"0": [["22:00", "06:00"]]}, 60)
    assert carol.delete(f"{TOURS}{tour['id']}/").status_code == 204


def test_one_tour_at_a_time(home: House, camera: StubCamera) -> None:
    first = make_tour(home)
    second = Tour.objects.create(camera=home.camera, name="Other")
    second.stops.create(preset=home.camera.presets.all()[0])
    home.api("bob").post(f"{TOURS}{second.pk}/start/")
    assert set(Tour.objects.filter(is_on=True)) == {second}
    first.refresh_from_db()
    assert first.state == "off"


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x", "stops": [{"preset": 0, "dwell_s": 10}]}, "stops"),
        ({"name": "x", "stops": [{"preset": 1, "dwell_s": 0}]}, "stops.0.dwell_s"),
        ({"name": "x", "schedule": {"9": []}}, "schedule"),
        ({"name": "x", "schedule": [1]}, "schedule"),
        ({"name": "x", "resume_after_s": -1}, "resume_after_s"),
    ],
)
def test_what_makes_no_tour(home: House, wish: dict[str, Any], field: str) -> None:
    answer = home.api("carol").post(TOURS, wish, format="json")
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_a_tour_without_stops_does_not_start(home: House) -> None:
    tour = Tour.objects.create(camera=home.camera, name="Empty")
    assert "no stops" in home.api("bob").post(f"{TOURS}{tour.pk}/start/").json()["detail"]


def test_hours() -> None:
    assert tour_rows.is_due({}, 0)
    assert not tour_rows.is_due({"0": []}, 0)
    assert not tour_rows.is_due({"x": 1}, 0)
    assert tour_rows.is_due({str(day): [["00:00", "24:00"]] for day in range(7)}, 0)
