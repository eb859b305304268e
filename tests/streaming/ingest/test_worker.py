"""One stream from a real RTSP camera to packets in a sink, with what goes wrong with cameras."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import av
import pytest

from streaming.ingest.state import RetryDelays
from streaming.media import h264
from streaming.media.packet import AudioTrack, Codec, MediaPacket, StreamKey, Tracks
from streaming.rtsp.client import TransportChoice
from tests.support.ingest_run import Witness, running, wanted
from tests.support.rtsp_camera import TestCamera


def decoded(codec: Codec, packets: list[MediaPacket]) -> int:
    """How many pictures FFmpeg makes of them."""
    context: Any = av.CodecContext.create({Codec.H265: "hevc"}.get(codec, codec.value), "r")
    frames = sum(len(context.decode(av.Packet(packet.data))) for packet in packets)
    return frames + len(context.decode(None))


@pytest.mark.parametrize("transport", ["tcp", "udp", "auto"])
async def test_pictures_arrive_over_every_transport(transport: TransportChoice) -> None:
    witness = Witness()
    with TestCamera("h264_aac") as camera:
        async with running(wanted(camera, transport=transport), witness):
            await witness.until(lambda: len(witness.video) >= 30 and witness.audio)
        assert camera.connections_total == 1
        camera.wait_until(lambda: camera.connections == 0)
    assert witness.states == [("connecting", ""), ("live", "")]
    (tracks,) = witness.tracks
    assert (tracks.video.codec, tracks.video.width_px, tracks.video.height_px) == (Codec.H264, 640, 360)
    assert tracks.video.codec_string == h264.codec_string(tracks.video.parameter_sets[0])
    video = witness.video
    assert video[0].is_key
    assert {packet.generation for packet in witness.packets} == {tracks.generation}
    assert [packet.duration_90k for packet in video] == [3600] * len(video)
    assert [b.dts_90k - a.dts_90k for a, b in pairwise(video)] == [3600] * (len(video) - 1)
    assert video[0].pts_90k == video[0].captured_at_ms * 90
    assert decoded(Codec.H264, video) == len(video)


@pytest.mark.parametrize(
    ("clip", "video", "audio"),
    [
        ("h264", Codec.H264, None),
        ("h264_pcma", Codec.H264, AudioTrack(Codec.PCMA, 8000, 1, "alaw")),
        ("h264_pcmu", Codec.H264, AudioTrack(Codec.PCMU, 8000, 1, "ulaw")),
        ("h264_opus", Codec.H264, AudioTrack(Codec.OPUS, 48_000, 1, "opus")),
        ("h264_aac", Codec.H264, AudioTrack(Codec.AAC, 16_000, 1, "mp4a.40.2", bytes.fromhex("140856e500"))),
        ("h265_aac", Codec.H265, AudioTrack(Codec.AAC, 16_000, 1, "mp4a.40.2", bytes.fromhex("140856e500"))),
        ("mjpeg", Codec.MJPEG, None),
        ("mjpeg_pcma", Codec.MJPEG, AudioTrack(Codec.PCMA, 8000, 1, "alaw")),
    ],
)
async def test_every_codec_is_described_and_decodes(clip: str, video: Codec, audio: AudioTrack | None) -> None:
    witness = Witness()
    with TestCamera(clip) as camera:
        async with running(wanted(camera), witness):
            await witness.until(lambda: len(witness.video) >= 25 and (audio is None or len(witness.audio) >= 10))
    (tracks,) = witness.tracks
    assert (tracks.video.codec, tracks.video.width_px, tracks.video.height_px) == (video, 640, 360)
    assert tracks.audio == audio
    assert decoded(video, witness.video) == len(witness.video)
    durations = {Codec.AAC: 5760, Codec.OPUS: 1800, Codec.PCMA: 1800, Codec.PCMU: 1800}
    assert all(b.pts_90k - a.pts_90k == pytest.approx(durations[audio.codec], abs=300) for a, b in pairwise(witness.audio) if audio)
    assert {packet.duration_90k for packet in witness.audio} == ({durations[audio.codec]} if audio else set())


async def test_reordered_pictures_get_decoding_times() -> None:
    witness = Witness()
    with TestCamera("h264_b") as camera:
        async with running(wanted(camera), witness):
            await witness.until(lambda: len(witness.video) >= 50)
    video = witness.video
    assert any(b.pts_90k < a.pts_90k for a, b in pairwise(video))
    assert all(a.dts_90k < b.dts_90k for a, b in pairwise(video))
    assert all(packet.dts_90k <= packet.pts_90k for packet in video)
    assert {packet.duration_90k for packet in video} == {3600}


async def test_other_parameters_in_midstream_open_a_generation() -> None:
    witness = Witness()
    with TestCamera("h264") as camera:
        async with running(wanted(camera), witness):
            await witness.until(lambda: len(witness.video) >= 5)
            camera.play_clip("h264_sub")
            await witness.until(lambda: len(witness.tracks) == 2)
            await witness.until(lambda: witness.video[-1].generation == witness.tracks[1].generation)
    first, second = witness.tracks
    assert (first.video.width_px, second.video.width_px) == (640, 320)
    assert second.generation == first.generation + 1
    start = next(packet for packet in witness.video if packet.generation == second.generation)
    assert start.is_key
    assert witness.states == [("connecting", ""), ("live", "")]


async def test_a_silent_camera_is_noticed_and_comes_back() -> None:
    witness = Witness()
    with TestCamera("h264") as camera:
        async with running(wanted(camera), witness):
            await witness.until(lambda: witness.state == "live")
            camera.hang()
            await witness.until(lambda: witness.state == "down")
            camera.heal()
            await witness.until(lambda: witness.state == "live")
    assert "no picture" in witness.states[2][1]
    assert len(witness.tracks) == 1, "the same parameters are no new generation"
    assert all(a.dts_90k < b.dts_90k for a, b in pairwise(witness.video))


async def test_a_camera_without_keyframes_is_noticed() -> None:
    witness = Witness()
    with TestCamera("h264") as camera:
        camera.drop_keyframes()
        async with running(wanted(camera), witness):
            await witness.until(lambda: witness.state == "down")
    assert "keyframe" in witness.states[-1][1]
    assert not witness.packets


async def test_an_unplugged_camera_is_picked_up_again() -> None:
    witness = Witness()
    with TestCamera("h264_aac") as camera:
        async with running(wanted(camera), witness):
            await witness.until(lambda: len(witness.audio) >= 3)
            camera.stop()
            await witness.until(lambda: witness.state == "down")
            before = len(witness.packets)
            camera.start()
            await witness.until(lambda: len(witness.packets) > before + 30)
    after = [packet for packet in witness.packets[before:] if packet.track == "video"]
    assert after[0].is_key
    assert all(a.dts_90k < b.dts_90k for a, b in pairwise(witness.video))
    assert all(a.dts_90k < b.dts_90k for a, b in pairwise(witness.audio))


@pytest.mark.parametrize("jump_s", [-100, 1000])
async def test_jumping_timestamps_do_not_show(jump_s: int) -> None:
    witness = Witness()
    with TestCamera("h264_aac") as camera:
        async with running(wanted(camera), witness):
            await witness.until(lambda: len(witness.video) >= 20 and witness.audio)
            camera.jump(jump_s)
            count = len(witness.video)
            await witness.until(lambda: len(witness.video) >= count + 25)
    for packets in (witness.video, witness.audio):
        assert all(0 < b.dts_90k - a.dts_90k < 45_000 for a, b in pairwise(packets))
        assert all(abs(packet.pts_90k - packet.captured_at_ms * 90) < 90_000 for packet in packets)


async def test_a_wrong_password_is_told_and_not_hammered() -> None:
    witness = Witness()
    with TestCamera("h264", username="admin", password="right") as camera:
        stream = wanted(camera, user="admin", password="wrong")
        async with running(stream, witness, retries=RetryDelays(first_s=0.01, slow_s=30)):
            await witness.until(lambda: witness.state == "down")
            # Anything after the failure has had many times the first delay to happen.
            with pytest.raises(TimeoutError):
                await witness.until(lambda: len(witness.states) > 2, limit_s=0.3)
        assert camera.connections_total == 1
    state, reason = witness.states[-1]
    assert (state, "password" in reason, "wrong" in reason) == ("down", True, False)


async def test_reasons_do_not_flicker_while_a_camera_stays_away() -> None:
    witness = Witness()
    with TestCamera("h264") as camera:
        camera.refuse(503)
        async with running(wanted(camera), witness):
            await witness.until(lambda: witness.state == "down")
            await asyncio.to_thread(camera.wait_until, lambda: camera.connections_total >= 3)
            camera.heal()
            await witness.until(lambda: witness.state == "live")
    assert [state for state, _ in witness.states] == ["connecting", "down", "live"]


async def test_sound_that_never_comes_does_not_stop_pictures() -> None:
    witness = Witness()
    with TestCamera("h264_aac") as camera:
        camera.drop_audio()
        async with running(wanted(camera), witness):
            await witness.until(lambda: len(witness.video) >= 40)
    assert witness.states == [("connecting", ""), ("live", "")]


class BrokenSink:
    def announce(self, stream: StreamKey, tracks: Tracks) -> None:
        raise RuntimeError("disk on fire")

    def write(self, stream: StreamKey, packet: MediaPacket) -> None:
        raise RuntimeError("disk on fire")


async def test_a_sink_that_fails_stops_neither_the_stream_nor_other_sinks(caplog: pytest.LogCaptureFixture) -> None:
    witness = Witness()
    with TestCamera("h264") as camera:
        async with running(wanted(camera), witness, BrokenSink()):
            await witness.until(lambda: len(witness.video) >= 30)
    assert len([record for record in caplog.records if "BrokenSink failed" in record.getMessage()]) == 1
