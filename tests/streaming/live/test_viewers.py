"""Viewers on real WebSockets: what they see first, change, miss and are told; and that nothing is read that nobody watches."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from statistics import median

import pytest
from channels.db import database_sync_to_async as in_thread

from nvr.people.tokens import create_token
from streaming.media.packet import Role, StreamKey
from streaming.media.wire import Flag, Kind
from tests.support.live_server import LiveServer, broadcast, broadcast_clip, live_server, running, until
from tests.support.people import House
from tests.support.viewer import LiveViewer

SLUG = "front-door"


@pytest.fixture
def house(transactional_db: None) -> House:
    return House()


@pytest.fixture
async def server(house: House) -> AsyncIterator[LiveServer]:
    async with live_server() as server:
        yield server


@pytest.fixture
async def token(house: House) -> str:
    made: str = await in_thread(create_token)(house.alice)
    return made


@pytest.fixture
def main(house: House) -> StreamKey:
    return StreamKey(house.camera.pk, Role.MAIN)


@pytest.fixture
def sub(house: House) -> StreamKey:
    return StreamKey(house.camera.pk, Role.SUB)


@pytest.mark.alone
async def test_first_picture_comes_from_the_cached_group_at_once(server: LiveServer, main: StreamKey, token: str) -> None:
    async with running(broadcast(server.bus, main, gop=60)), server.viewer(SLUG, token) as first:
        await first.until_pictures(20)
        async with server.viewer(SLUG, token) as second:
            await second.until(lambda viewer: viewer.live_delays_ms(), "a live picture")
    assert second.first_picture_s is not None
    assert second.first_picture_s < 0.3
    opening = second.pictures[0].header
    assert opening.flags & (Flag.KEY | Flag.BACKLOG | Flag.CHANGED) == Flag.KEY | Flag.BACKLOG | Flag.CHANGED
    assert second.events[0] == "init"
    init = second.told("init")[0]
    assert (init["mode"], init["rung"], init["rungs"], init["stream"]) == ("h264", "main", ["main", "sub"], "main")
    assert init["generation"] == opening.generation
    assert init["video"] == {"codec": "avc1.64001e", "width": 640, "height": 360, "mime": None}
    sequences = [seen.header.sequence for seen in second.pictures]
    assert sequences == list(range(sequences[0], sequences[0] + len(sequences)))


@pytest.mark.alone
async def test_first_viewer_starts_with_what_the_bus_kept(server: LiveServer, main: StreamKey, token: str) -> None:
    async with running(broadcast_clip(server.bus, main, "h264", ahead_s=0.7)), server.viewer(SLUG, token) as viewer:
        await viewer.until(lambda viewer: viewer.live_delays_ms(), "a live picture")
    assert viewer.first_picture_s is not None
    assert viewer.first_picture_s < 0.3
    backlog = [Flag.BACKLOG in seen.header.flags for seen in viewer.pictures]
    assert backlog[0] and not backlog[-1]
    assert backlog == sorted(backlog, reverse=True)


async def test_what_nobody_watches_is_not_read(server: LiveServer, main: StreamKey, sub: StreamKey, house: House, token: str) -> None:
    async with running(broadcast(server.bus, main), broadcast(server.bus, sub)):
        assert server.bus.reader_count == 0
        async with server.viewer(SLUG, token, quality="sub") as one, server.viewer(SLUG, token, quality="sub") as other:
            await one.until_pictures(5)
            await other.until_pictures(5)
            assert server.bus.reader_count == 1
            await one.say(type="pause")
            await other.say(type="pause")
            await until(lambda: server.bus.reader_count == 0, 5)
            await one.say(type="resume")
            await one.until(lambda viewer: len(viewer.told("init")) == 2, "the init after the pause")
        async with server.viewer(SLUG, token, mode="mjpeg", quality="360p") as pictures:
            await pictures.until(lambda _: server.pictures.wanted == {(house.camera.pk, "jpeg", "360p"): 1}, "a wish")
            server.pictures.send()
            await pictures.until_pictures(1)
        await until(lambda: server.bus.reader_count == 0 and not any(server.pictures.wanted.values()), 5)
        assert server.hub.feed_count == 0


async def test_a_reload_finds_the_group_still_there(server: LiveServer, main: StreamKey, token: str) -> None:
    async with running(broadcast(server.bus, main, gop=300)):
        async with server.viewer(SLUG, token) as before:
            await before.until_pictures(10)
        async with server.viewer(SLUG, token) as after:
            await after.until_pictures(10)
    assert after.told("init")[0]["generation"] == before.told("init")[0]["generation"]
    assert after.pictures[0].header.sequence == before.pictures[0].header.sequence


async def test_fragments_come_with_their_init_segments(server: LiveServer, main: StreamKey, token: str) -> None:
    async with (
        running(broadcast_clip(server.bus, main, "h264_aac")),
        server.viewer(SLUG, token, keeps_payloads=True, mode="mse", audio="1") as viewer,
    ):
        await viewer.until(lambda viewer: len(viewer.of(Kind.FRAGMENT, track=1)) > 5 and len(viewer.pictures) > 30, "fragments")
    init = viewer.told("init")[0]
    assert init["video"]["mime"] == f'video/mp4; codecs="{init["video"]["codec"]}"'
    assert (init["audio"]["codec"], init["audio"]["mime"]) == ("mp4a.40.2", 'audio/mp4; codecs="mp4a.40.2"')
    assert [seen.header.track for seen in viewer.frames[:2]] == [0, 1]
    assert all(seen.header.kind is Kind.INIT_SEGMENT and seen.payload[4:8] == b"ftyp" for seen in viewer.frames[:2])
    assert viewer.frames[0].header.sequence == viewer.pictures[0].header.sequence
    assert viewer.pictures[0].header.pts_us == 0
    assert viewer.pictures[25].header.pts_us == pytest.approx(1_000_000, abs=50_000)
    assert all(seen.payload[4:8] == b"moof" for seen in viewer.pictures)


async def test_audio_comes_and_goes_as_asked(server: LiveServer, main: StreamKey, token: str) -> None:
    async with running(broadcast_clip(server.bus, main, "h264_aac")), server.viewer(SLUG, token) as viewer:
        await viewer.until_pictures(5)
        assert viewer.told("init")[0]["audio"] is None
        await viewer.say(type="audio", enabled=True)
        await viewer.until(lambda viewer: len(viewer.of(Kind.AUDIO, track=1)) > 3, "sound")
        assert viewer.told("init")[1]["audio"]["config"]
        await viewer.say(type="audio", enabled=False)
        await viewer.until(lambda viewer: len(viewer.told("init")) == 3, "the third init")
        heard = len(viewer.of(Kind.AUDIO, track=1))
        await viewer.until_pictures(len(viewer.pictures) + 20)
    assert len(viewer.of(Kind.AUDIO, track=1)) == heard
    assert viewer.told("init")[2]["audio"] is None


async def test_g711_goes_as_it_is_but_not_into_fragments(server: LiveServer, main: StreamKey, token: str) -> None:
    async with running(broadcast_clip(server.bus, main, "h264_pcma")):
        async with server.viewer(SLUG, token, audio="1") as viewer:
            await viewer.until(lambda viewer: viewer.of(Kind.AUDIO, track=1), "sound")
            assert viewer.told("init")[0]["audio"]["codec"] == "alaw"
        async with server.viewer(SLUG, token, audio="1", mode="mse") as viewer:
            await viewer.until_pictures(5)
            assert viewer.told("init")[0]["audio"] is None


async def test_rungs_change_as_asked(server: LiveServer, main: StreamKey, sub: StreamKey, token: str) -> None:
    streams = broadcast_clip(server.bus, main, "h264"), broadcast_clip(server.bus, sub, "h264_sub")
    async with running(*streams), server.viewer(SLUG, token) as viewer:
        await viewer.until_pictures(5)
        await viewer.say(type="quality", rung="sub")
        await viewer.until(lambda viewer: len(viewer.told("init")) == 2, "the init of sub")
        known = viewer.told("init")[1]["generation"]
        await viewer.until(lambda viewer: viewer.pictures[-1].header.generation == known, "pictures of sub")
    assert viewer.told("quality") == [{"type": "quality", "rung": "sub", "reason": "asked", "text": "Changed to sub as asked."}]
    assert viewer.told("init")[1]["video"]["width"] == 320
    first = next(seen.header for seen in viewer.pictures if seen.header.generation == known)
    assert Flag.KEY | Flag.CHANGED in first.flags


async def test_a_missing_sub_stream_is_said_and_main_comes_instead(server: LiveServer, house: House, token: str) -> None:
    garden = StreamKey(house.other.pk, Role.MAIN)
    async with running(broadcast_clip(server.bus, garden, "h264")), server.viewer("garden", token, quality="sub") as viewer:
        await viewer.until_pictures(1)
    assert viewer.events[:2] == ["quality", "init"]
    assert (viewer.told("quality")[0]["rung"], viewer.told("quality")[0]["reason"]) == ("main", "missing")
    assert viewer.told("init")[0]["rungs"] == ["main"]


async def test_new_parameters_are_a_new_init(server: LiveServer, main: StreamKey, token: str) -> None:
    async with server.viewer(SLUG, token) as viewer:
        async with running(broadcast_clip(server.bus, main, "h264")):
            await viewer.until_pictures(5)
        async with running(broadcast_clip(server.bus, main, "h264_sub", generation=2)):
            await viewer.until(lambda viewer: len(viewer.told("init")) == 2, "the second init")
    assert [init["video"]["width"] for init in viewer.told("init")] == [640, 320]
    assert viewer.told("init")[0]["generation"] != viewer.told("init")[1]["generation"]


async def test_pause_sends_nothing_and_resume_says_what_was_missed(server: LiveServer, main: StreamKey, token: str) -> None:
    async with running(broadcast(server.bus, main, gop=10)), server.viewer(SLUG, token) as keeps_the_feed:
        await keeps_the_feed.until_pictures(1)
        async with server.viewer(SLUG, token) as viewer:
            await viewer.until_pictures(5)
            await viewer.say(type="pause")
            await viewer.say(type="ping", id=1, client_ms=5)
            await viewer.until(lambda viewer: viewer.told("pong"), "the pong")
            seen = len(viewer.pictures)
            await keeps_the_feed.until_pictures(len(keeps_the_feed.pictures) + 15)
            assert len(viewer.pictures) == seen
            await viewer.say(type="resume")
            await viewer.until_pictures(seen + 1)
    gap = viewer.told("gap")[0]
    resumed = viewer.pictures[seen].header
    assert gap["reason"] == "paused"
    assert gap["skipped"] == resumed.dropped == resumed.sequence - viewer.pictures[seen - 1].header.sequence - 1
    assert Flag.KEY | Flag.DISCONTINUITY in resumed.flags
    assert len(viewer.told("init")) == 1


@pytest.mark.alone
async def test_stats_pong_and_state(server: LiveServer, main: StreamKey, token: str) -> None:
    async with running(broadcast(server.bus, main)), server.viewer(SLUG, token) as viewer:
        await viewer.say(type="ping", id=7, client_ms=123.5)
        await viewer.until(lambda viewer: len(viewer.told("stats")) >= 2, "stats")
    pong = viewer.told("pong")[0]
    assert (pong["id"], pong["client_ms"]) == (7, 123.5)
    assert abs(pong["server_ms"] - time.time() * 1000) < 10_000
    stats = viewer.told("stats")[-1]
    assert (stats["camera_state"], stats["viewers"], stats["dropped_frames"]) == ("off", 1, 0)
    assert 20 < stats["stream_fps"] < 40
    assert stats["sent_frames"] > 10
    assert stats["server_delay_ms"] < 200


async def test_jpeg_cameras_are_told_to_use_another_mode(server: LiveServer, main: StreamKey, token: str) -> None:
    async with running(broadcast_clip(server.bus, main, "mjpeg")), server.viewer(SLUG, token) as viewer:
        assert await viewer.until_closed() == 4415
    assert viewer.told("error")[0]["code"] == "unsupported"


async def test_a_new_picture_size_is_a_new_init(server: LiveServer, token: str) -> None:
    async with server.viewer(SLUG, token, mode="mjpeg") as viewer:
        await viewer.until(lambda _: server.pictures.wanted, "a wish")
        server.pictures.send()
        await viewer.until_pictures(1)
        server.pictures.send(width_px=320, height_px=180, stream="sub")
        await viewer.until_pictures(2)
    assert [(init["rung"], init["stream"], init["video"]["width"]) for init in viewer.told("init")] == [
        ("720p", "main", 640),
        ("720p", "sub", 320),
    ]
    assert [init["video"]["codec"] for init in viewer.told("init")] == ["mjpeg", "mjpeg"]


async def test_a_viewer_talking_nonsense_is_told_and_closed(server: LiveServer, token: str) -> None:
    for text in ("hello", '{"type":"quality","rung":"4k"}', "x" * 5000):
        async with server.viewer(SLUG, token) as viewer:
            await viewer.say_text(text)
            assert await viewer.until_closed() == 4400
        assert viewer.told("error")[0]["code"] == "bad_message"


@pytest.mark.alone
async def test_one_stalled_viewer_of_fifty(server: LiveServer, main: StreamKey, token: str) -> None:
    """It costs next to nothing, the others do not notice, it is told what it missed and is live a second after it reads again."""
    async with (
        running(broadcast(server.bus, main)),
        _crowd(server, token, 49) as others,
        server.viewer(SLUG, token, acknowledges=False) as stalled,
    ):
        await stalled.until_pictures(30)
        before_ms = median(delay for viewer in others for delay in viewer.live_delays_ms(1000 * time.time() - 1000))
        quiet = max(server.buffered_bytes.values())
        stalled.stall()
        stalled_at_ms = 1000 * time.time()
        await until(lambda: max(server.buffered_bytes.values()) > max(quiet, 16_000), 15)
        most = 0
        for _second in range(20):
            seen = len(others[0].pictures)
            await others[0].until_pictures(seen + 5)
            most = max(most, max(server.buffered_bytes.values()) + server.hub.held_bytes)
        during_ms = median(delay for viewer in others for delay in viewer.live_delays_ms(stalled_at_ms))
        assert most < 1_000_000
        assert during_ms < 3 * before_ms + 20
        assert all(viewer.told("gap") == [] for viewer in others)
        stalled.go_on()
        went_on_ms = 1000 * time.time()
        await stalled.until(lambda viewer: viewer.told("gap") and viewer.pictures[-1].delay_ms < 200, "the gap, then live pictures")
        assert 1000 * time.time() - went_on_ms < 1500
    gap = stalled.told("gap")[0]
    assert gap["reason"] == "slow"
    resumed = next(seen.header for seen in stalled.pictures if Flag.DISCONTINUITY in seen.header.flags)
    assert Flag.KEY in resumed.flags
    assert resumed.dropped == gap["skipped"] > 0


async def test_slow_viewer_steps_down_and_says_why(server: LiveServer, main: StreamKey, sub: StreamKey, token: str) -> None:
    streams = broadcast(server.bus, main, size=60_000), broadcast(server.bus, sub, size=500)
    async with running(*streams), server.viewer(SLUG, token) as viewer:
        await viewer.until_pictures(5)
        viewer.pause_s = 0.08
        await viewer.until(lambda viewer: len(viewer.told("init")) >= 2, "a smaller rung")
    assert (viewer.told("quality")[0]["rung"], viewer.told("quality")[0]["reason"]) == ("sub", "slow")


@asynccontextmanager
async def _crowd(server: LiveServer, token: str, count: int) -> AsyncIterator[list[LiveViewer]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(server.viewer(SLUG, token)) for _ in range(count)]
