"""Packets whose bytes mean nothing, for what only carries them."""

from __future__ import annotations

import itertools

from streaming.media.packet import AudioTrack, Codec, MediaPacket, Role, StreamKey, Tracks, VideoTrack

START_MS = 1_795_000_000_000
_cameras = itertools.count(1_000_000)


def new_stream(role: Role = Role.MAIN) -> StreamKey:
    """A stream no other test uses."""
    return StreamKey(next(_cameras), role)


def some_tracks(generation: int = 1, *, with_audio: bool = False) -> Tracks:
    video = VideoTrack(Codec.H264, 640, 360, "avc1.64001e", (b"\x67sps", b"\x68pps"))
    audio = AudioTrack(Codec.AAC, 16_000, 1, "mp4a.40.2", b"\x14\x08") if with_audio else None
    return Tracks(generation, video, audio)


def video(number: int, *, key: bool = False, generation: int = 1, at_ms: int | None = None, size: int = 1_000) -> MediaPacket:
    """The `number`th packet of a stream of 25 pictures a second; its data begins with the number."""
    data = b"%d " % number
    captured_at_ms = START_MS + 40 * number if at_ms is None else at_ms
    return MediaPacket("video", generation, 3_600 * number, 3_600 * number, 3_600, key, captured_at_ms, data.ljust(size, b"."))


def audio(number: int, *, generation: int = 1) -> MediaPacket:
    return MediaPacket("audio", generation, 3_600 * number, 3_600 * number, 3_600, True, START_MS + 40 * number, b"audio %d" % number)


def gops(first: int, count: int, *, gop: int = 10, generation: int = 1, size: int = 1_000) -> list[MediaPacket]:
    """`count` video packets from number `first` on, a keyframe where the number divides by `gop`."""
    return [video(number, key=number % gop == 0, generation=generation, size=size) for number in range(first, first + count)]
