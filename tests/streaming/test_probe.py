from __future__ import annotations

import asyncio
import socket
from contextlib import closing

import pytest

from cameras.stream_url import Credentials, StreamUrl, parse_stream_url
from streaming.probe import ProbeLimits, aprobe, probe
from tests.support.rtsp_camera import TestCamera

QUICK = ProbeLimits(keyframe_s=1.0, watch_s=1.5)
NOBODY = Credentials()


@pytest.mark.parametrize("transport", ["tcp", "udp", "auto"])
async def test_a_camera_that_works_is_described(transport: str) -> None:
    with TestCamera("h264_aac") as camera:
        verdict = await aprobe(parse_stream_url(camera.url()), NOBODY, transport, False)  # type: ignore[arg-type]  # the parameters above
    assert (verdict.ok, verdict.code) == (True, "ok")
    details = dict(verdict.details)
    assert float(details.pop("first picture after").removesuffix(" s")) < 2
    assert details == {
        "video": "H.264 (avc1.64001e)",
        "resolution": "640x360",
        "frame rate": "25.0 a second",
        "keyframe every": "0.8 s (20 pictures)",
        "sound": "AAC, 16 kHz, mono",
        "transport": "TCP" if transport == "tcp" else "UDP",
    }


def test_it_can_be_asked_from_a_thread_that_may_wait() -> None:
    with TestCamera("mjpeg") as camera:
        verdict = probe(parse_stream_url(camera.url()), NOBODY, "tcp", False)
    assert verdict.ok
    assert verdict.details["video"] == "MJPEG"
    assert "keyframe every" not in verdict.details


async def test_a_name_that_does_not_exist() -> None:
    verdict = await aprobe(StreamUrl("rtsp", "no-such-camera.invalid", 554, "/"), NOBODY, "tcp", False)
    assert (verdict.ok, verdict.code) == (False, "name_not_found")


async def test_a_port_nobody_listens_on() -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        verdict = await aprobe(StreamUrl("rtsp", "127.0.0.1", taken.getsockname()[1], "/"), NOBODY, "tcp", False)
    assert verdict.code == "refused"


async def test_a_wrong_password_is_told_without_repeating_it() -> None:
    with TestCamera("h264", username="u", password="right") as camera:
        verdict = await aprobe(parse_stream_url(camera.url()), Credentials("u", "geheim"), "tcp", False)
    assert verdict.code == "unauthorized"
    assert "geheim" not in repr(verdict)


async def test_a_path_that_does_not_exist() -> None:
    with TestCamera("h264") as camera:
        verdict = await aprobe(parse_stream_url(camera.url("/nothing")), NOBODY, "tcp", False)
    assert verdict.code == "path_not_found"


async def test_a_stream_without_video() -> None:
    with TestCamera("aac_only") as camera:
        verdict = await aprobe(parse_stream_url(camera.url()), NOBODY, "tcp", False)
    assert verdict.code == "no_video"


async def test_a_camera_that_never_sends_a_keyframe() -> None:
    with TestCamera("h264") as camera:
        camera.drop_keyframes()
        verdict = await aprobe(parse_stream_url(camera.url()), NOBODY, "tcp", False, QUICK)
    assert verdict.code == "no_keyframe"


async def test_a_camera_that_sends_nothing() -> None:
    with TestCamera("h264") as camera:
        camera.hang()
        verdict = await aprobe(parse_stream_url(camera.url()), NOBODY, "tcp", False, QUICK)
        assert verdict.code == "no_packets"
        await asyncio.to_thread(camera.wait_until, lambda: camera.connections == 0)
