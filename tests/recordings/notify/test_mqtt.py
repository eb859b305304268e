"""A broker is kept up to date, obeyed from, lost and found again; the broker is mosquitto."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from channels.db import database_sync_to_async as in_thread

from cameras.models import Action, Camera, Grant
from cameras.services import remove_camera, set_status
from recordings.models import Event, NotifyChannel
from recordings.notify.broker import Broker
from recordings.notify.mqtt_bridge import Bridge, Story
from recordings.notify.topics import CameraTruth, Command, CommandError, parse_command, record_mode, slug_of_state
from recordings.services.notices.broker_desk import BrokerDesk
from recordings.services.notices.channel_settings import checked_settings
from tests.support.mosquitto import PASSWORD, USER, Listener, Mosquitto, listening, running_mosquitto
from tests.support.people import House
from tests.support.telling import make_event

pytestmark = [pytest.mark.peer, pytest.mark.django_db(transaction=True)]
T = TypeVar("T")


@pytest.fixture
def broker() -> Iterator[Mosquitto]:
    with running_mosquitto() as broker:
        yield broker


@pytest.fixture
def home(broker: Mosquitto) -> Iterator[Listener]:
    with listening(broker) as listener:
        yield listener


def make_channel(house: House, broker: Mosquitto, who: str = "alice", **given: Any) -> NotifyChannel:
    wanted = {"host": "127.0.0.1", "port": broker.port, "username": USER, "password": PASSWORD} | given
    owner = house.person(who)
    return NotifyChannel.objects.create(owner=owner, name="Broker", kind="mqtt", settings=checked_settings(owner, "mqtt", wanted))


@asynccontextmanager
async def serving() -> AsyncIterator[None]:
    stopping = asyncio.Event()
    running = asyncio.create_task(BrokerDesk().run(stopping))
    try:
        yield
    finally:
        stopping.set()
        await asyncio.wait_for(running, 10)


async def heard(wait: Callable[..., T], *arguments: object) -> T:
    return await asyncio.to_thread(wait, *arguments)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not await in_thread(is_so)():
            await asyncio.sleep(0.05)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


async def test_what_is_so_is_told_and_stays_told(broker: Mosquitto, home: Listener) -> None:
    house = await in_thread(House)()
    await in_thread(make_channel)(house, broker)
    await in_thread(set_status)(house.camera.pk, "main", "live", "")
    async with serving():
        assert await heard(home.wait_for, "nvr/available") == b"online"
        assert await heard(home.wait_for, "nvr/front-door/state", "live") == b"live"
        assert await heard(home.wait_for, "nvr/front-door/motion") == b"OFF"
        await in_thread(set_status)(house.camera.pk, "main", "down", "The camera does not answer.")
        await heard(home.wait_for, "nvr/front-door/state", "down")
        event = await in_thread(make_event)(house.camera, now_ms(), zones=["Drive"])
        await heard(home.wait_for, "nvr/front-door/motion", "ON")
        message = json.loads(await heard(home.wait_for, "nvr/front-door/event"))
        assert (message["event_type"], message["id"], message["zones"]) == ("motion_begun", event.pk, ["Drive"])
        await in_thread(Event.objects.update)(end_ms=now_ms())
        await heard(home.wait_for, "nvr/front-door/motion", "OFF")
        with listening(broker) as later:
            await heard(later.wait_for, "nvr/front-door/motion")
            assert {"nvr/available", "nvr/front-door/state", "nvr/front-door/motion"} <= later.retained
            assert "nvr/front-door/event" not in later.last
    assert await heard(home.wait_for, "nvr/available", "offline") == b"offline"


async def test_the_picture_of_an_event_comes_when_it_is_there(broker: Mosquitto, home: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recordings.services.notices.broker_world.picture_of", lambda event: b"\xff\xd8 of %d" % event.pk)
    house = await in_thread(House)()
    await in_thread(make_channel)(house, broker)
    async with serving():
        await heard(home.wait_for, "nvr/available")
        event = await in_thread(make_event)(house.camera, now_ms(), needs_pictures=True)
        await heard(home.wait_for, "nvr/front-door/event")
        assert "nvr/front-door/snapshot" not in home.last
        await in_thread(Event.objects.update)(has_picture=True)
        assert await heard(home.wait_for, "nvr/front-door/snapshot") == b"\xff\xd8 of %d" % event.pk


async def test_commands_do_what_the_owner_may(broker: Mosquitto, home: Listener) -> None:
    house = await in_thread(House)()
    await in_thread(make_channel)(house, broker, "carol")  # who may configure the front door, and nothing else
    await in_thread(Grant.objects.create)(user=house.carol, camera=house.other, action=Action.VIEW)
    async with serving():
        await heard(home.wait_for, "nvr/front-door/detect/state", "OFF")
        assert "nvr/front-door/motion" not in home.last  # what is seen in footage is not hers
        home.say("nvr/front-door/detect/set", "ON")
        await heard(home.wait_for, "nvr/front-door/detect/state", "ON")
        for said, mode in (("motion", "motion"), ("ON", "motion"), ("OFF", "off"), ("on", "continuous")):
            home.say("nvr/front-door/record/set", said)
            await until(lambda mode=mode: Camera.objects.get(pk=house.camera.pk).record == mode)  # type: ignore[misc]  # a default
            await heard(home.wait_for, "nvr/front-door/record/state", mode)
        for topic, said in (("nvr/garden/record/set", "off"), ("nvr/nothing/detect/set", "ON"), ("nvr/front-door/record/set", "loud")):
            home.say(topic, said)
        home.say("nvr/front-door/detect/set", "OFF")  # comes after them
        await heard(home.wait_for, "nvr/front-door/detect/state", "OFF")
        assert await in_thread(lambda: Camera.objects.get(pk=house.other.pk).record)() == "continuous"
        assert await in_thread(lambda: Camera.objects.get(pk=house.camera.pk).record)() == "continuous"


async def test_a_broker_that_is_lost_is_found_again(broker: Mosquitto, home: Listener) -> None:
    house = await in_thread(House)()
    channel = await in_thread(make_channel)(house, broker)
    async with serving():
        await heard(home.wait_for, "nvr/available", "online")
        broker.kill()
        await until(lambda: NotifyChannel.objects.get(pk=channel.pk).failing_reason != "")
        await in_thread(set_status)(house.camera.pk, "main", "live", "")
        home.last.clear()
        broker.start()
        await heard(home.wait_for, "nvr/front-door/state", "live")
        await heard(home.wait_for, "nvr/available", "online")
        await until(lambda: NotifyChannel.objects.get(pk=channel.pk).failing_reason == "")


async def test_a_wrong_password_is_said_on_the_page(broker: Mosquitto) -> None:
    house = await in_thread(House)()
    channel = await in_thread(make_channel)(house, broker, password="wrong")
    async with serving():
        await until(lambda: "user name or the password" in NotifyChannel.objects.get(pk=channel.pk).failing_reason)
        # Corrected, it works without a restart.
        right = await in_thread(lambda: checked_settings(house.alice, "mqtt", {"password": PASSWORD}, channel.settings | {}))()
        channel.settings = right
        await in_thread(channel.save)()
        await until(lambda: NotifyChannel.objects.get(pk=channel.pk).last_sent_at is not None)


async def test_over_tls_it_is_the_same(broker: Mosquitto, home: Listener) -> None:
    house = await in_thread(House)()
    channel = await in_thread(make_channel)(house, broker, host="localhost", port=broker.tls_port, has_tls=True)
    async with serving():
        await until(lambda: "can't be trusted" in NotifyChannel.objects.get(pk=channel.pk).failing_reason)
        channel.settings = await in_thread(lambda: checked_settings(house.alice, "mqtt", {"verifies": False}, channel.settings))()
        await in_thread(channel.save)()
        await heard(home.wait_for, "nvr/available", "online")


async def test_a_camera_that_is_gone_leaves_nothing_behind(broker: Mosquitto, home: Listener) -> None:
    house = await in_thread(House)()
    await in_thread(make_channel)(house, broker)
    config = "homeassistant/device/nvr_garden/config"
    async with serving():
        await heard(home.wait_for, config)
        await heard(home.wait_for, "nvr/garden/state")
        await in_thread(remove_camera)(house.other)
        await until(lambda: config not in home.last and "nvr/garden/state" not in home.last)
    # Removed while nobody told the broker: found when it is connected to again. What others have there stays.
    home.say("homeassistant/device/other/config", "{}")
    home.say("nvr/front-door/motion", "ON")
    await in_thread(remove_camera)(house.camera)
    with listening(broker) as client:
        client._client.publish("homeassistant/device/other/config", '{"avty_t": "else", "cmps": {}}', qos=1, retain=True).wait_for_publish(
            5
        )
    async with serving():
        await until(lambda: not [topic for topic in home.last if topic.startswith(("nvr/front-door/s", "homeassistant/device/nvr"))])
        with listening(broker) as later:
            assert await heard(later.wait_for, "homeassistant/device/other/config")


async def test_home_assistant_is_told_again_when_it_starts(broker: Mosquitto, home: Listener) -> None:
    house = await in_thread(House)()
    await in_thread(make_channel)(house, broker)
    async with serving():
        await heard(home.wait_for, "homeassistant/device/nvr_front-door/config")
        await heard(home.wait_for, "nvr/available")
        home.last.clear()
        home.say("homeassistant/status", "online")
        await heard(home.wait_for, "homeassistant/device/nvr_front-door/config")


class BusyWorld:
    """Something changes all the time."""

    def __init__(self) -> None:
        self._looks = 0

    async def truths(self) -> list[CameraTruth]:
        self._looks += 1
        return [CameraTruth(f"camera-{n}", "Camera", "live", self._looks % 2 == 0, True, "motion", True) for n in range(5)]

    async def stories(self) -> list[Story]:
        return []

    async def obey(self, command: Command) -> None:
        raise CommandError("nobody asked")

    async def woken(self, within_s: float) -> None:
        await asyncio.sleep(0)


@pytest.mark.timeout(60)
async def test_it_stops_in_the_midst_of_anything_and_says_goodbye(broker: Mosquitto, home: Listener) -> None:
    there = Broker("127.0.0.1", broker.port, username=USER, password=PASSWORD)
    chance = random.Random(1)
    for _ in range(20):
        stopping = asyncio.Event()
        bridge = Bridge(there, BusyWorld(), report=lambda _: None, chance=chance.random, version="1", url="")
        running = asyncio.create_task(bridge.run(stopping))
        await heard(home.wait_for, "nvr/available", "online")
        for _ in range(chance.randint(0, 200)):
            await asyncio.sleep(0)
        stopping.set()
        await asyncio.wait_for(running, 5)
        await heard(home.wait_for, "nvr/available", "offline")


async def test_without_a_broker_there_is_nothing_to_do() -> None:
    await in_thread(House)()
    async with serving():
        await asyncio.sleep(0)


def test_commands_are_what_they_are_documented_to_be() -> None:
    assert parse_command("a/b", "a/b/door/detect/set", b" On ") == Command("door", "detect", "on")
    assert parse_command("nvr", "nvr/door/record/set", b"schedule") == Command("door", "record", "schedule")
    for topic, payload in (
        ("nvr/door/detect/set", b"motion"),
        ("nvr/door/record/set", b""),
        ("nvr/door/record/set", b"\xff" * 1000),
        ("nvr/door/ptz/set", b"ON"),
        ("else/door/detect/set", b"ON"),
        ("nvr/detect/set", b"ON"),
    ):
        with pytest.raises(CommandError):
            parse_command("nvr", topic, payload)
    assert [record_mode("on", now) for now in ("off", "motion", "continuous")] == ["continuous", "motion", "continuous"]
    assert [slug_of_state("nvr", topic) for topic in ("nvr/a/state", "nvr/a/b/state", "nvr/state", "x/a/state")] == ["a", None, None, None]


@pytest.mark.timeout(120)
def test_the_command_starts_without_a_broker_and_stops_when_it_is_asked_to(tmp_path: Path, redis_url: str) -> None:
    environment = os.environ | {"NVR_DATA_DIR": str(tmp_path), "REDIS_URL": redis_url, "DJANGO_SETTINGS_MODULE": "nvr.settings"}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], env=environment, check=True)
    process = subprocess.Popen([sys.executable, "manage.py", "mqtt"], env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        assert any("mqtt is ready" in line for line in process.stderr)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, "Traceback" in said, "mqtt is stopped" in said) == (0, False, True)
