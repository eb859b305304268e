"""A session with its feed, without a socket or a network: what is written when the outlet says it can't take more."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from streaming.bus.memory import MemoryBus
from streaming.live.hub import LiveHub
from streaming.live.message import is_text, unframed
from streaming.live.protocol import Close, ProtocolError, parse_request
from streaming.live.session import SILENCE_MS, Session
from streaming.live.viewer import LiveCamera
from streaming.media.packet import StreamKey
from streaming.media.wire import parse_header
from tests.support.live_server import MemoryPictures, until
from tests.support.packets import gops, new_stream, some_tracks


class FakeOutlet:
    reports_writable = True

    def __init__(self) -> None:
        self.is_writable = True
        self.frames: list[bytes] = []

    def write(self, frame: bytes) -> None:
        self.frames.append(frame)

    @property
    def texts(self) -> list[dict[str, Any]]:
        return [json.loads(unframed(frame)) for frame in self.frames if is_text(frame)]

    @property
    def sequences(self) -> list[int]:
        return [parse_header(unframed(frame)).sequence for frame in self.frames if not is_text(frame)]


class NoStates:
    def watch(self, camera_id: int) -> None: ...

    def unwatch(self, camera_id: int) -> None: ...

    def state(self, camera_id: int, role: str) -> tuple[str, str]:
        return "down", f"{role} is unplugged"


class Place:
    def __init__(self, hub: LiveHub, bus: MemoryBus, stream: StreamKey) -> None:
        self.hub = hub
        self.bus = bus
        self.stream = stream
        self.outlet = FakeOutlet()
        self.ended: list[ProtocolError] = []

    def session(self, **query: str) -> Session:
        camera = LiveCamera(self.stream.camera_id, ("main", "sub"))
        session = Session(hub=self.hub, camera=camera, request=parse_request(query), outlet=self.outlet, on_end=self.ended.append)
        session.start()
        return session

    def publish(self, first: int, count: int) -> None:
        for packet in gops(first, count):
            self.bus.write(self.stream, packet)


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    bus = MemoryBus()
    hub = LiveHub(reader=bus, pictures=MemoryPictures(), states=NoStates())
    place = Place(hub, bus, new_stream())
    bus.announce(place.stream, some_tracks())
    yield place
    await hub.close()


async def test_a_viewer_that_changes_its_mind_while_it_is_paused_is_told_of_the_last_change_alone(place: Place) -> None:
    session = place.session(quality="main")
    session.receive('{"type":"pause"}')
    for _ in range(40):
        session.receive('{"type":"quality","rung":"sub"}')
        session.receive('{"type":"quality","rung":"main"}')
    session.receive('{"type":"resume"}')
    await until(lambda: any(text["type"] == "init" for text in place.outlet.texts), 5)
    assert [text["rung"] for text in place.outlet.texts if text["type"] == "quality"] == ["main"]
    session.close()


async def test_a_ping_is_answered_as_it_came(place: Place) -> None:
    session = place.session()
    session.receive('{"type":"ping","id":"\\ud800","client_ms":1}')
    (pong,) = [text for text in place.outlet.texts if text["type"] == "pong"]
    assert pong["id"] == "\ud800"
    session.close()


async def test_nothing_is_written_to_a_socket_that_takes_nothing(place: Place) -> None:
    session = place.session()
    place.publish(0, 10)
    await until(lambda: place.outlet.sequences == list(range(10)), 5)
    place.outlet.is_writable = False
    place.publish(10, 25)
    await until(lambda: session.held_bytes > 0, 5)
    session.receive('{"type":"ping","id":1,"client_ms":1}')
    session.tick(place.hub.monotonic_ms() + 1000)
    assert len(place.outlet.frames) == 1 + 10
    place.outlet.is_writable = True
    session.pump()
    assert place.outlet.sequences == list(range(35))
    session.close()


async def test_a_viewer_that_neither_reads_nor_speaks_for_a_minute_is_closed(place: Place) -> None:
    session = place.session()
    place.publish(0, 10)
    await until(lambda: len(place.outlet.sequences) == 10, 5)
    place.outlet.is_writable = False
    place.publish(10, 10)
    await until(lambda: session.held_bytes > 0, 5)
    session.tick(place.hub.monotonic_ms() + SILENCE_MS - 5000)
    assert not place.ended
    session.tick(place.hub.monotonic_ms() + SILENCE_MS + 1)
    assert [(failure.code, failure.close) for failure in place.ended] == [("silent", Close.GOING_AWAY)]


async def test_a_quiet_camera_is_not_the_viewers_fault(place: Place) -> None:
    session = place.session()
    session.tick(place.hub.monotonic_ms() + 10 * SILENCE_MS)
    assert not place.ended
    stats = place.outlet.texts[-1]
    assert (stats["camera_state"], stats["camera_reason"]) == ("down", "main is unplugged")
    session.close()


async def test_too_many_messages_in_a_second_end_it(place: Place) -> None:
    session = place.session()
    for number in range(101):
        session.receive(f'{{"type":"ping","id":{number},"client_ms":1}}')
    assert [failure.close for failure in place.ended] == [Close.BAD_REQUEST]
    assert place.outlet.texts[-1]["type"] == "error"


async def test_a_closed_session_is_gone_from_the_hub(place: Place) -> None:
    session = place.session()
    assert place.hub.viewers_of(place.stream.camera_id) == 1
    session.close()
    session.close()
    assert place.hub.viewers_of(place.stream.camera_id) == 0
    written = len(place.outlet.frames)
    session.receive('{"type":"resume"}')
    session.pump()
    assert len(place.outlet.frames) == written


async def test_sound_comes_and_goes_with_the_right_to_hear(place: Place) -> None:
    place.stream = new_stream()
    place.bus.announce(place.stream, some_tracks(with_audio=True))
    place.publish(0, 3)
    session = place.session(audio="1", quality="main")

    def heard() -> list[bool]:
        return [bool(text["audio"]) for text in place.outlet.texts if text["type"] == "init"]

    await until(lambda: heard() == [True], 5)
    session.let_hear(True)
    session.let_hear(False)
    assert heard() == [True, False]
    session.receive('{"type":"audio","enabled":true}')
    assert heard() == [True, False, False]
    session.let_hear(True)
    assert heard() == [True, False, False, True]
    session.close()
