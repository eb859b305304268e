"""A camera that is on the bus without RTSP and ingest: a clip, played in real time onto Redis, with knobs."""

from __future__ import annotations

import asyncio
import threading
import time
from types import TracebackType
from typing import Self

from streaming.bus.redis import RedisPublisher
from streaming.media import h264, h265
from streaming.media.packet import AudioTrack, Codec, MediaPacket, Role, StreamKey, Tracks, VideoTrack
from streaming.media.timing import ms_to_90k
from streaming.rtsp.packetize.sender import TrackName
from tests.support.clips import CLIP_MS, Clip, clip


class LiveCamera:
    """Publishes `clips` (role to clip name) on a thread of its own while the `with` block lasts."""

    def __init__(self, redis_url: str, camera_id: int, clips: dict[Role, str], *, window_ms: int = 10_000) -> None:
        self._url = redis_url
        self._window_ms = window_ms
        self._streams = {StreamKey(camera_id, role): clip(name) for role, name in clips.items()}
        self._is_silent = threading.Event()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name=f"live camera {camera_id}")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._is_over.set()
        self._thread.join(timeout=10)

    def fall_silent(self) -> None:
        self._is_silent.set()

    def speak(self) -> None:
        self._is_silent.clear()

    async def _run(self) -> None:
        publisher = RedisPublisher(self._url, self._window_ms)
        await publisher.start()
        try:
            async with asyncio.TaskGroup() as group:
                for key, source in self._streams.items():
                    group.create_task(self._play(publisher, key, source))
        finally:
            await publisher.aclose()

    async def _play(self, publisher: RedisPublisher, key: StreamKey, source: Clip) -> None:
        generation = time.time_ns() // 1_000_000 % 60_000
        publisher.announce(key, _tracks(source, generation))
        start_ms = time.time_ns() // 1_000_000
        durations: dict[TrackName, int] = {"video": _duration_90k(source, "video"), "audio": _duration_90k(source, "audio")}
        turn = 0
        while not self._is_over.is_set():
            for frame in source.frames:
                due_ms = start_ms + turn * CLIP_MS + frame.sent_at_ms
                delay_ms = due_ms - time.time_ns() / 1e6
                if delay_ms > 0:
                    await asyncio.sleep(delay_ms / 1000)
                if self._is_over.is_set():
                    return
                if self._is_silent.is_set():
                    continue
                base_ms = start_ms + turn * CLIP_MS
                pts_90k = ms_to_90k(base_ms) + frame.rtp_timestamp * 90_000 // frame.clock_rate_hz
                packet = MediaPacket(
                    track=frame.track,
                    generation=generation,
                    pts_90k=pts_90k,
                    dts_90k=ms_to_90k(base_ms) + round(frame.sent_at_ms * 90),
                    duration_90k=durations[frame.track],
                    is_key=frame.is_key or frame.track == "audio",
                    captured_at_ms=round(due_ms),
                    data=frame.data,
                )
                publisher.write(key, packet)
            turn += 1


def _duration_90k(source: Clip, track: TrackName) -> int:
    """All frames of a clip's track last equally long."""
    return CLIP_MS * 90 // max(1, len(source.of(track)))


def _tracks(source: Clip, generation: int) -> Tracks:
    video = source.tracks.video
    assert video is not None
    audio = source.tracks.audio
    return Tracks(generation, _described(video), audio and _with_codec_string(audio))


def _described(video: VideoTrack) -> VideoTrack:
    """The clip's own description is what an RTSP server needs; the bus carries what ingest would have found."""
    if video.codec is Codec.MJPEG:
        return video
    parser = h264 if video.codec is Codec.H264 else h265
    sps = next(nal for nal in video.parameter_sets if parser.nal_type(nal) in (h264.SPS, h265.SPS))
    return VideoTrack(video.codec, video.width_px, video.height_px, parser.codec_string(sps), video.parameter_sets)


def _with_codec_string(audio: AudioTrack) -> AudioTrack:
    names = {Codec.AAC: "mp4a.40.2", Codec.OPUS: "opus", Codec.PCMA: "alaw", Codec.PCMU: "ulaw"}
    return AudioTrack(audio.codec, audio.sample_rate_hz, audio.channels, names[audio.codec], audio.config)
