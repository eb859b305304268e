"""Puts a clip on a bus as ingest would, in real time and round and round."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from streaming.media.packet import MediaPacket, PacketSink, StreamKey, Tracks
from tests.support.clips import CLIP_MS, ClipFrame, clip


@asynccontextmanager
async def on_air(sink: PacketSink, stream: StreamKey, name: str, *, backlog_ms: int = 1_000, generation: int = 1) -> AsyncIterator[Tracks]:
    """The first `backlog_ms` are written at once, with capture times in the past."""
    video = clip(name).tracks.video
    assert video is not None
    tracks = Tracks(generation, video)
    sink.announce(stream, tracks)
    started_ms = _now_ms() - backlog_ms
    frames = clip(name).of("video")
    written = 0
    while started_ms + _sent_at_ms(frames, written) <= _now_ms():
        _write(sink, stream, frames, written, started_ms, generation)
        written += 1
    playing = asyncio.create_task(_play(sink, stream, frames, written, started_ms, generation))
    try:
        yield tracks
    finally:
        playing.cancel()
        await asyncio.wait([playing])


async def _play(sink: PacketSink, stream: StreamKey, frames: list[ClipFrame], written: int, started_ms: int, generation: int) -> None:
    while True:
        wait_ms = started_ms + _sent_at_ms(frames, written) - _now_ms()
        if wait_ms > 0:
            await asyncio.sleep(wait_ms / 1000)
        _write(sink, stream, frames, written, started_ms, generation)
        written += 1


def _write(sink: PacketSink, stream: StreamKey, frames: list[ClipFrame], written: int, started_ms: int, generation: int) -> None:
    frame = frames[written % len(frames)]
    captured_at_ms = started_ms + _sent_at_ms(frames, written)
    pts_90k = started_ms * 90 + frame.rtp_timestamp * 90_000 // frame.clock_rate_hz + written // len(frames) * CLIP_MS * 90
    sink.write(stream, MediaPacket("video", generation, pts_90k, pts_90k, 3_600, frame.is_key, captured_at_ms, frame.data))


def _sent_at_ms(frames: list[ClipFrame], written: int) -> int:
    return written // len(frames) * CLIP_MS + int(frames[written % len(frames)].sent_at_ms)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
