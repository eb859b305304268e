"""The demo cameras as their viewers see them, over RTSP."""

from __future__ import annotations

import asyncio

import av
import numpy as np

from cameras.stream_url import Credentials, StreamUrl
from streaming.demo.catalogue import MOST, SLUG_PREFIX, catalogue, count_for
from streaming.demo.scene.strip import STRIP_BITS, read_strip
from streaming.demo.serve import serve
from tests.support.rtsp_client import receive


async def test_every_stream_of_two_cameras_plays_and_shows_the_time_it_was_drawn() -> None:
    stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(2, host="127.0.0.1", port=0, until=stop, ready=port.set_result, has_strip=True))
    try:
        for camera in catalogue(2):
            credentials = Credentials(camera.username, camera.password)
            for path in filter(None, (camera.main_path, camera.sub_path)):
                has_audio = camera.has_audio and path == camera.main_path
                received = await receive(StreamUrl("rtsp", "127.0.0.1", await port, path), credentials, media=1 + has_audio)
                first = received.of(0)[0]
                assert first.is_key
                decoder = av.CodecContext.create("h264", "r")
                (picture,) = [frame for packet in decoder.parse(first.data) + decoder.parse(b"") for frame in decoder.decode(packet)]
                assert (picture.width, picture.height) == ((1280, 720) if path == camera.main_path else (640, 360))
                luma = np.frombuffer(memoryview(picture.planes[0]), np.uint8).reshape(-1, picture.planes[0].line_size)
                drawn_ms = read_strip(luma[: picture.height, : picture.width])
                assert 0 <= first.arrived_at_ms % 2**STRIP_BITS - drawn_ms < 3000
    finally:
        stop.set()
        await serving


def test_the_catalogue_is_plain_and_without_doubles() -> None:
    cameras = catalogue(MOST + 5)
    assert len(cameras) == MOST
    for names in ({c.name for c in cameras}, {c.slug for c in cameras}, {c.main_path for c in cameras}, {c.sub_path for c in cameras}):
        assert len(names) == MOST
    assert all(camera.slug.startswith(SLUG_PREFIX) for camera in cameras)
    assert cameras[0].has_audio
    assert cameras[1].password
    assert catalogue(2) == cameras[:2]


def test_as_many_are_served_as_the_last_one_needs() -> None:
    slugs = [camera.slug for camera in catalogue(4)]
    assert count_for(["front-door"]) == 0
    assert count_for(slugs) == 4
    assert count_for([slugs[2], "front-door"]) == 3
