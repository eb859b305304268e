"""Viewers that speak go2rtc's protocol: what is said, whose timeline it is, who gets in and for how long."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest
from channels.db import database_sync_to_async as in_thread
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from cameras.models import Grant
from nvr.people import tickets
from nvr.people.tokens import create_token
from streaming.bus.memory import MemoryBus
from streaming.live.go2rtc import words
from streaming.live.go2rtc.guest import Guest
from streaming.live.go2rtc.timeline import Timeline
from streaming.live.hub import LiveHub
from streaming.live.message import AUDIO, VIDEO, is_text, unframed
from streaming.live.protocol import Close, ProtocolError
from streaming.live.viewer import LiveCamera
from streaming.media import fmp4
from streaming.media.packet import Role, StreamKey
from streaming.wiring import rights
from streaming.wiring.live import live
from tests.streaming.live.test_session import FakeOutlet, NoStates
from tests.support.live_server import LiveServer, MemoryPictures, broadcast_clip, live_server, running, until
from tests.support.packets import new_stream
from tests.support.people import House
from tests.support.sockets import browser_headers, closed_with, connected

ALL = "avc1.640029,avc1.64002A,avc1.640033,hvc1.1.6.L153.B0,mp4a.40.2,mp4a.40.5,flac,opus"


def sample(begin: int, duration: int, *, is_key: bool = True) -> bytes:
    return fmp4.fragment(1, 1, begin, (fmp4.Sample(duration, 0, is_key, b"picture"),))


def placed_at(fragment: bytes | None) -> tuple[int, int]:
    """Track id and decode time."""
    assert fragment is not None
    return struct.unpack_from(">I", fragment, 44)[0], struct.unpack_from(">Q", fragment, 60)[0]


# words


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner)).map(json.dumps))
def test_whatever_is_said_is_a_wish_or_refused(text: str) -> None:
    try:
        assert isinstance(words.parse_wish(text).value, str)
    except ProtocolError as refusal:
        assert refusal.close is Close.BAD_REQUEST


def test_who_names_no_codec_gets_what_everybody_plays() -> None:
    assert words.families("") == {"avc1", "hvc1", "mp4a"}
    assert words.families(ALL) == {"avc1", "hvc1", "mp4a", "flac", "opus"}


@pytest.mark.parametrize("name", ["", "rtsp://10.0.0.1/main", "front door", "front-door/third", "ffmpeg:front-door", "a\0b", "ä", "../x"])
def test_nothing_but_a_camera_of_ours_can_be_named(name: str) -> None:
    assert words.parse_name(name) is None


def test_the_sub_stream_has_a_name_of_its_own() -> None:
    assert words.parse_name("front-door") == ("front-door", "main")
    assert words.parse_name("front-door/sub") == ("front-door", "sub")


# the timeline


def test_both_tracks_begin_near_nothing_and_keep_their_distance() -> None:
    timeline = Timeline({VIDEO: 90_000, AUDIO: 16_000})
    assert timeline.place(sample(159_000, 1024), AUDIO) is None, "sound from before the first picture"
    assert placed_at(timeline.place(sample(900_000, 3600), VIDEO)) == (1, 0)
    assert placed_at(timeline.place(sample(160_800, 1024), AUDIO)) == (2, 800)
    assert placed_at(timeline.place(sample(903_600, 3600), VIDEO)) == (1, 3600)


def test_what_was_missed_leaves_no_hole() -> None:
    timeline = Timeline({VIDEO: 90_000, AUDIO: 16_000})
    timeline.place(sample(0, 3600), VIDEO)
    timeline.missed()
    assert timeline.place(sample(1600, 1024), AUDIO) is None
    assert placed_at(timeline.place(sample(9_000_000, 3600), VIDEO)) == (1, 3600)
    timeline.restart({VIDEO: 90_000})
    assert placed_at(timeline.place(sample(50, 3600), VIDEO)) == (1, 7200)


# a guest without a socket


class Place:
    def __init__(self, hub: LiveHub, bus: MemoryBus, pictures: MemoryPictures, stream: StreamKey) -> None:
        self.bus, self.pictures, self.stream, self.outlet = bus, pictures, stream, FakeOutlet()
        self.ended: list[ProtocolError] = []
        camera = LiveCamera(stream.camera_id, ("main",))
        self.guest = Guest(hub=hub, camera=camera, role="main", outlet=self.outlet, on_end=self.ended.append)
        self.guest.start()

    @property
    def binaries(self) -> list[bytes]:
        return [unframed(frame) for frame in self.outlet.frames if not is_text(frame)]

    def say(self, **message: Any) -> None:
        self.guest.receive(json.dumps(message))


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    bus, pictures = MemoryBus(), MemoryPictures()
    hub = LiveHub(reader=bus, pictures=pictures, states=NoStates())
    yield Place(hub, bus, pictures, new_stream())
    await hub.close()


async def test_mse_is_answered_by_the_stream_as_it_is_then_by_both_tracks_in_one(place: Place) -> None:
    async with running(broadcast_clip(place.bus, place.stream, "h264_aac")):
        place.say(type="mse", value=ALL)
        await until(lambda: len({placed_at(one)[0] for one in place.binaries[1:]}) == 2, 10)
    told = place.outlet.texts[0]
    assert told["type"] == "mse"
    assert re.fullmatch(r'video/mp4; codecs="avc1\.[0-9a-f]{6},mp4a\.40\.2"', told["value"])
    assert place.binaries[0][4:8] == b"ftyp"
    assert place.binaries[0].count(b"trak") == 2
    assert placed_at(place.binaries[1]) == (1, 0)


async def test_sound_that_was_not_asked_for_is_left_out(place: Place) -> None:
    async with running(broadcast_clip(place.bus, place.stream, "h264_aac")):
        place.say(type="mse", value="avc1.640029")
        await until(lambda: len(place.binaries) > 20, 10)
    assert "mp4a" not in place.outlet.texts[0]["value"]
    assert place.binaries[0].count(b"trak") == 1
    assert {placed_at(one)[0] for one in place.binaries[1:]} == {1}


async def test_a_codec_the_player_lacks_is_an_error_by_which_it_falls_back(place: Place) -> None:
    async with running(broadcast_clip(place.bus, place.stream, "h265")):
        place.say(type="mse", value="avc1.640029,mp4a.40.2")
        await until(lambda: place.outlet.texts, 10)
        assert place.outlet.texts[0]["type"] == "error"
        assert place.outlet.texts[0]["value"].startswith("mse: codecs not matched")
        place.say(type="mjpeg")
        await until(lambda: place.pictures.wanted.total(), 5)
        place.pictures.send(size=100)
        await until(lambda: place.binaries, 5)
    assert place.outlet.texts[1:] == [{"type": "mjpeg"}]
    assert place.binaries == [bytes(100)]
    assert not place.ended


async def test_webrtc_is_refused_in_its_own_name_and_the_unknown_is_passed_over(place: Place) -> None:
    place.say(type="webrtc/offer", value="v=0")
    place.say(type="webrtc/candidate", value="")
    place.say(type="something new")
    assert [text["value"].partition(":")[0] for text in place.outlet.texts] == ["webrtc/offer"]
    assert not place.ended


async def test_a_camera_that_is_down_says_so_without_ending_the_wish(place: Place) -> None:
    place.say(type="mse", value=ALL)
    place.guest.tick(place.guest._begun_at_ms + 5000)
    place.guest.tick(place.guest._begun_at_ms + 6000)
    assert place.outlet.texts == [{"type": "error", "value": "the camera is down: main is unplugged"}]


@pytest.mark.parametrize("text", ["", "null", "[]", '{"type":1}', '{"value":"mse"}', "x" * 40_000])
async def test_what_is_no_message_ends_the_connection(place: Place, text: str) -> None:
    place.guest.receive(text)
    assert [failure.close for failure in place.ended] == [Close.BAD_REQUEST]


async def test_a_viewer_that_does_not_read_holds_little_and_goes_on_without_a_hole(place: Place) -> None:
    async with running(broadcast_clip(place.bus, place.stream, "h264_dense")):
        place.say(type="mse", value=ALL)
        await until(lambda: len(place.binaries) > 3, 10)
        place.outlet.is_writable = False
        await until(lambda: place.guest._delivery.is_skipping, 10)
        assert place.guest.held_bytes == 0
        read = len(place.binaries)
        place.outlet.is_writable = True
        place.guest.pump()
        await until(lambda: len(place.binaries) > read + 10, 10)
    times = [placed_at(one)[1] for one in place.binaries[1:]]
    assert max(later - earlier for earlier, later in pairwise(times)) < 90_000
    assert times == sorted(times)


# who gets in


@pytest.fixture
def house(transactional_db: None) -> House:
    return House()


@pytest.mark.parametrize(("person", "code"), [("charlie", 4403), ("nobody", 4401)])
async def test_strangers_are_refused(house: House, person: str, code: int) -> None:
    async with connected("/api/ws?src=front-door", await in_thread(browser_headers)(house, person)) as socket:
        assert await closed_with(socket) == code


@pytest.mark.parametrize("query", ["", "src=", "src=cellar", "src=garden/sub", "src=rtsp://10.0.0.1/x", "src=front-door&src=garden"])
async def test_only_streams_there_are_can_be_watched(house: House, query: str) -> None:
    async with connected(f"/api/ws?{query}", await in_thread(browser_headers)(house, "alice")) as socket:
        assert await closed_with(socket) == 4404


@pytest.fixture
async def server(house: House) -> AsyncIterator[LiveServer]:
    async with live_server() as server, running(broadcast_clip(server.bus, StreamKey(house.camera.pk, Role.MAIN), "h264")):
        yield server


@asynccontextmanager
async def guest(server: LiveServer, query: str, headers: dict[str, str] | None = None) -> AsyncIterator[ClientConnection]:
    async with connect(f"ws://127.0.0.1:{server.port}/api/ws?{query}", additional_headers=headers or {}) as socket:
        yield socket


async def test_a_right_that_ends_closes_the_connection(house: House, server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rights, "ASK_EVERY_S", 0.05)
    token = await in_thread(create_token)(house.bob)
    async with guest(server, "src=front-door", {"Authorization": f"Bearer {token}"}) as socket:
        await socket.send('{"type":"mse"}')
        assert json.loads(await socket.recv())["type"] == "mse"
        await Grant.objects.all().adelete()
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4403


async def test_a_ticket_opens_its_camera(house: House, server: LiveServer) -> None:
    ticket = await in_thread(tickets.issue)(house.bob, house.camera, "view")
    async with guest(server, f"src=front-door&ticket={ticket}") as socket:
        await socket.send('{"type":"mse","value":"avc1.640029"}')
        assert json.loads(await socket.recv())["value"].startswith("video/mp4")
        assert (await socket.recv())[4:8] == b"ftyp"


async def test_it_counts_among_ones_live_connections(house: House, server: LiveServer) -> None:
    token = await in_thread(create_token)(house.bob)
    live().rights._per_person = 1
    headers = {"Authorization": f"Bearer {token}"}
    async with guest(server, "src=front-door", headers), guest(server, "src=front-door", headers) as second:
        assert json.loads(await second.recv())["type"] == "error"
        await second.wait_closed()
        assert second.close_code == 4429
