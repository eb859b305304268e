"""The test camera itself: its faults are what they claim to be, or every test that relies on them proves nothing."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator

import pytest

from streaming.media.h264 import parse_sps, split_annexb
from streaming.rtsp.client import Unit
from tests.support.clips import CLIP_MS, SPECS, clip
from tests.support.rtsp_camera import TestCamera
from tests.support.rtsp_client import Received, failure_of, receive


@pytest.fixture
def camera() -> Iterator[TestCamera]:
    with TestCamera({"/cam": "h264_aac", "/other": "h264"}) as running:
        yield running


def steps(units: list[Unit]) -> list[int]:
    return [(after.rtp_timestamp - before.rtp_timestamp) & 0xFFFFFFFF for before, after in itertools.pairwise(units)]


@pytest.mark.parametrize("name", sorted(set(SPECS) - {"h264_1080p30", "h264_720p30"}))
def test_clips_fill_their_time_and_loop_without_a_seam(name: str) -> None:
    for track in ("video", "audio"):
        frames = clip(name).of(track)
        if frames:
            stamps = sorted(frame.rtp_timestamp for frame in frames)
            step = CLIP_MS * frames[0].clock_rate_hz // 1000 // len(frames)
            assert stamps == list(range(0, step * len(frames), step))
    first = clip(name).frames[0]
    assert first.is_key or first.track == "audio"


async def test_time_stamps_go_on_when_the_clip_begins_again(camera: TestCamera) -> None:
    received = await receive(camera.url("/other"), count=90)
    assert set(steps(received.of(0))) == {3600}


async def test_another_clip_in_the_same_session(camera: TestCamera) -> None:
    def sizes(got: Received) -> set[int]:
        sets = [nal for unit in got.of(0) if unit.is_key for nal in split_annexb(unit.data) if nal[0] & 31 == 7]
        if got.of(0) and len(sets) == 1:
            camera.play_clip("h264_sub", "/other")
        return {parse_sps(nal).width_px for nal in sets}

    received = await receive(camera.url("/other"), until=lambda got: sizes(got) == {640, 320})
    assert max(steps(received.of(0))) < 90_000
    assert camera.connections_total == 1


async def test_time_stamps_jump(camera: TestCamera) -> None:
    def has_jumped(got: Received) -> bool:
        if len(got.of(0)) == 5:
            camera.jump(100)
        return len(got.of(0)) == 10

    assert max(steps((await receive(camera.url("/other"), until=has_jumped)).of(0))) > 99 * 90_000


async def test_no_keyframes_but_the_rest(camera: TestCamera) -> None:
    camera.drop_keyframes()
    received = await receive(camera.url("/cam"), until=lambda got: len(got.of(1)) > 10)
    assert not any(unit.is_key for unit in received.of(0))


async def test_no_sound(camera: TestCamera) -> None:
    camera.drop_audio()
    received = await receive(camera.url("/cam"), until=lambda got: len(got.of(0)) > 20)
    assert received.of(1) == []


async def test_lost_packets_are_noticed(camera: TestCamera) -> None:
    camera.lose(0.2)
    received = await receive(camera.url("/cam"), transport="udp", until=lambda got: sum(unit.lost_packets for unit in got.units) > 3)
    assert received.transport == "udp"


async def test_counters_and_restart_on_the_same_port(camera: TestCamera) -> None:
    port = camera.port
    await receive(camera.url("/cam"))
    await asyncio.to_thread(camera.wait_until, lambda: camera.connections == 0)
    camera.stop()
    assert (await failure_of(camera.url("/cam"))).code == "refused"
    camera.start()
    await receive(camera.url("/cam"))
    assert (camera.port, camera.connections_total, camera.played("/cam"), camera.played("/other")) == (port, 2, 2, 0)
    await asyncio.to_thread(camera.wait_until, lambda: camera.watching() == 0)


async def test_credentials_can_change(camera: TestCamera) -> None:
    camera.set_credentials("u", "new")
    assert (await failure_of(camera.url("/cam"))).code == "unauthorized"
    camera.set_credentials("", "")
    await receive(camera.url("/cam"))
