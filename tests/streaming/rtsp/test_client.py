"""The client against our own server, which packetizes and verifies by other code."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from typing import Literal

import pytest
import uvloop

from cameras.stream_url import Credentials, parse_stream_url
from streaming.media.annexb import split_annexb
from streaming.media.packet import Codec
from streaming.rtsp.auth import Algorithm
from streaming.rtsp.client import TransportChoice, Unit, open_session
from tests.support.clips import clip
from tests.support.rtsp_camera import TestCamera
from tests.support.rtsp_client import QUICK, receive

PASSWORDS = ["plain", "p@:/#%?&+", "with space", "pässwörd €", 'quo"te\\back', "%41%zz", ":", "=;,", " lead and trail "]


@pytest.fixture(scope="module")
def camera() -> Iterator[TestCamera]:
    names = ["h264_aac", "h264_pcma", "h264_pcmu", "h264_opus", "h264_b", "h265_aac", "mjpeg", "h264_720p"]
    with TestCamera({f"/{name}": name for name in names}) as running:
        yield running


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("name", ["h264_aac", "h264_pcma", "h264_pcmu", "h264_opus", "h265_aac"])
async def test_video_and_sound_arrive_as_they_were_encoded(camera: TestCamera, name: str, transport: TransportChoice) -> None:
    received = await receive(camera.url(f"/{name}"), media=2, count=8, transport=transport)
    assert received.transport == transport
    assert received.notes == ()
    for index, track in enumerate(("video", "audio")):
        sent = [frame for frame in clip(name).frames if frame.track == track]
        units = received.of(index)
        first = next(i for i, frame in enumerate(sent) if nals(frame.data, index) == nals(units[0].data, index))
        for unit, frame in zip(units, sent[first:], strict=False):
            assert nals(unit.data, index) == nals(frame.data, index)
            assert unit.is_key == (frame.is_key or track == "audio")
            assert unit.lost_packets == 0
            assert (unit.rtp_timestamp - units[0].rtp_timestamp) & 0xFFFFFFFF == frame.rtp_timestamp - sent[first].rtp_timestamp


def nals(data: bytes, media_index: int) -> list[bytes]:
    """Start codes may be of three or four bytes; access unit delimiters stay behind at the sender."""
    return [data] if media_index else [nal for nal in split_annexb(data) if nal[0] != 0x09]


async def test_the_first_unit_is_a_keyframe_with_parameter_sets(camera: TestCamera) -> None:
    received = await receive(camera.url("/h264_b"), count=1)
    assert received.units[0].is_key
    assert {nal[0] & 0x1F for nal in split_annexb(received.units[0].data)} >= {7, 8, 5}


async def test_a_large_keyframe_in_one_burst_over_udp(camera: TestCamera) -> None:
    received = await receive(camera.url("/h264_720p"), count=5, transport="udp")
    assert max(len(unit.data) for unit in received.units) > 50_000
    assert {unit.lost_packets for unit in received.units} == {0}


async def test_mjpeg_pictures(camera: TestCamera) -> None:
    received = await receive(camera.url("/mjpeg"), count=3)
    assert all(unit.is_key and unit.data.startswith(b"\xff\xd8") and unit.data.endswith(b"\xff\xd9") for unit in received.units)


async def test_what_was_set_up_is_told_before_anything_runs(camera: TestCamera) -> None:
    async with open_session(parse_stream_url(camera.url("/h264_aac")), Credentials(), transport="tcp") as session:
        assert [media.codec for media in session.media] == [Codec.H264, Codec.AAC]
        assert len(session.media[0].parameter_sets) == 2
        assert session.media[1].config
        assert session.sender_clock(0) is None


async def test_units_as_an_iterator(camera: TestCamera) -> None:
    seen: list[Unit] = []
    async with open_session(parse_stream_url(camera.url("/mjpeg")), Credentials(), transport="tcp") as session:
        async for unit in session.units():
            seen.append(unit)
            if len(seen) == 3:
                break
    assert [unit.media_index for unit in seen] == [0, 0, 0]


@pytest.mark.parametrize("transport", ["tcp", "udp"])
async def test_leaving_ends_the_session_at_the_server(transport: TransportChoice) -> None:
    with TestCamera("h264") as camera:
        await receive(camera.url(), transport=transport)
        await asyncio.to_thread(camera.wait_until, lambda: camera.watching() == 0 and camera.connections == 0)
        assert camera.counters.requests["TEARDOWN"] == 1


async def test_automatic_transport_is_udp_where_it_works(camera: TestCamera) -> None:
    assert (await receive(camera.url("/mjpeg"), transport="auto")).transport == "udp"


async def test_automatic_transport_is_tcp_where_udp_is_refused() -> None:
    with TestCamera("h264") as camera:
        camera.no_udp()
        assert (await receive(camera.url(), transport="auto")).transport == "tcp"


async def test_automatic_transport_is_tcp_where_nothing_arrives_over_udp() -> None:
    with TestCamera("h264_aac", username="u", password="p") as camera:
        camera.block_udp()
        received = await receive(camera.url(), Credentials("u", "p"), transport="auto", timeouts=QUICK)
        assert received.transport == "tcp"
        assert "UDP" in received.notes[0]
        assert received.units[0].is_key


async def test_lost_packets_over_udp_are_counted_and_only_whole_pictures_come_through() -> None:
    sent = [nals(frame.data, 0) for frame in clip("h264").frames]
    with TestCamera("h264") as camera:
        camera.lose(0.01)
        received = await receive(camera.url(), transport="udp", until=lambda got: got.units[-1].lost_packets > 0)
        assert all(nals(unit.data, 0) in sent for unit in received.units)
        assert received.units[-1].is_key


@pytest.mark.parametrize(("auth", "algorithm", "has_qop"), [("basic", "MD5", False), ("digest", "MD5", False), ("digest", "SHA-256", True)])
async def test_any_password_gets_in(auth: Literal["basic", "digest"], algorithm: Algorithm, has_qop: bool) -> None:
    with TestCamera("h264", username="-", password="-", auth=auth, algorithm=algorithm, has_qop=has_qop) as camera:
        for password in PASSWORDS:
            username = password.replace(":", "") or "x"
            camera.set_credentials(username, password)
            assert (await receive(camera.url(), Credentials(username, password), count=1)).units


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_the_same_on_uvloop(camera: TestCamera, transport: TransportChoice) -> None:
    received = uvloop.run(receive(camera.url("/h264_aac"), media=2, transport=transport))
    assert {unit.lost_packets for unit in received.units} == {0}


def test_tls_on_uvloop(tls_server_context: ssl.SSLContext) -> None:
    with TestCamera("h264", tls=tls_server_context) as camera:
        assert uvloop.run(receive(camera.url(), verify_tls=False)).units
