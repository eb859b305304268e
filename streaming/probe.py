"""Opens a camera once and says in words what came of it: the "Test connection" of admin, API and commands."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass

from cameras.stream_url import Credentials, StreamUrl
from cameras.verdict import Verdict
from streaming.ingest.source import StreamSource
from streaming.ingest.state import WORDS
from streaming.media.packet import AudioTrack, Codec, MediaPacket, Role, StreamKey, Tracks
from streaming.media.timing import to_seconds
from streaming.rtsp.client import Session, TransportChoice, open_session
from streaming.rtsp.errors import FailureCode, StreamFailure
from streaming.rtsp.timeouts import Timeouts

logger = logging.getLogger(__name__)

_NAMES = {
    Codec.H264: "H.264",
    Codec.H265: "H.265",
    Codec.MJPEG: "MJPEG",
    Codec.AAC: "AAC",
    Codec.PCMA: "G.711 A-law",
    Codec.PCMU: "G.711 u-law",
    Codec.OPUS: "Opus",
}


@dataclass(frozen=True, slots=True)
class ProbeLimits:
    """`watch_s` is how long a stream that works is watched for its frame rate and its second keyframe."""

    keyframe_s: float = 10.0
    watch_s: float = 2.5


class _Observer:
    """A PacketSink that counts pictures up to the second keyframe."""

    def __init__(self) -> None:
        self.tracks: Tracks | None = None
        self.pictures: list[int] = []
        self.second_key = 0
        self.has_key = asyncio.Event()
        self.has_group = asyncio.Event()

    def announce(self, stream: StreamKey, tracks: Tracks) -> None:
        self.tracks = tracks

    def write(self, stream: StreamKey, packet: MediaPacket) -> None:
        if packet.track != "video" or self.has_group.is_set():
            return
        if packet.is_key and self.pictures and self.tracks and self.tracks.video.codec is not Codec.MJPEG:
            self.second_key = len(self.pictures)
            self.has_group.set()
        self.pictures.append(packet.pts_90k)
        self.has_key.set()


def probe(address: StreamUrl, credentials: Credentials, transport: TransportChoice, verify_tls: bool) -> Verdict:
    """Blocks for up to about 20 s. Not from a running event loop: there is `aprobe` for that."""
    return asyncio.run(aprobe(address, credentials, transport, verify_tls))


async def aprobe(
    address: StreamUrl,
    credentials: Credentials,
    transport: TransportChoice,
    verify_tls: bool,
    limits: ProbeLimits = ProbeLimits(),
) -> Verdict:
    """Never raises for what a camera does; no password is in the verdict."""
    started_s = asyncio.get_running_loop().time()
    observer = _Observer()
    log = logging.LoggerAdapter(logger)
    source = StreamSource(StreamKey(0, Role.MAIN), observer, 0, lambda: None, log)
    timeouts = Timeouts(no_packet_s=limits.keyframe_s)
    try:
        opening = open_session(address, credentials, transport=transport, verify_tls=verify_tls, timeouts=timeouts)
        async with opening as session:
            source.connect(session)
            first_s = await _watch(session, source, observer, limits) - started_s
            return _success(observer, session, first_s)
    except StreamFailure as failure:
        return Verdict(False, failure.code.value, failure.text, {"address": str(address)})


async def _watch(session: Session, source: StreamSource, observer: _Observer, limits: ProbeLimits) -> float:
    """The loop's time at the first picture. Raises StreamFailure."""
    loop = asyncio.get_running_loop()
    reading = loop.create_task(session.run(source.on_unit))
    try:
        await _either(reading, observer.has_key, limits.keyframe_s)
        if not observer.has_key.is_set():
            code = FailureCode.NO_KEYFRAME if source.pictures else FailureCode.NO_PACKETS
            raise StreamFailure(code, WORDS[code])
        first_s = loop.time()
        with suppress(StreamFailure):  # a picture has been there: the connection works
            await _either(reading, observer.has_group, limits.watch_s)
        return first_s
    finally:
        reading.cancel()
        await asyncio.wait({reading})


async def _either(reading: asyncio.Task[None], seen: asyncio.Event, limit_s: float) -> None:
    """Returns when it was seen or the time is over. Raises what the reading raises before."""
    seeing = asyncio.ensure_future(seen.wait())
    try:
        await asyncio.wait({reading, seeing}, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        seeing.cancel()
    if reading.done() and not seen.is_set():
        reading.result()
        raise StreamFailure(FailureCode.CLOSED, WORDS[FailureCode.CLOSED])


def _success(observer: _Observer, session: Session, first_s: float) -> Verdict:
    assert observer.tracks is not None
    video = observer.tracks.video
    size = f"{video.width_px}x{video.height_px}"
    details = {"video": f"{_NAMES[video.codec]} ({video.codec_string})" if video.codec is not Codec.MJPEG else "MJPEG", "resolution": size}
    pictures = observer.pictures
    span_s = to_seconds(max(pictures) - min(pictures))
    if span_s:
        details["frame rate"] = f"{(len(pictures) - 1) / span_s:.1f} a second"
    if observer.second_key:
        length_s = to_seconds(pictures[observer.second_key] - pictures[0])
        details["keyframe every"] = f"{length_s:.1f} s ({observer.second_key} pictures)"
    elif video.codec is not Codec.MJPEG:
        details["keyframe every"] = f"more than {span_s:.1f} s"
    details |= {
        "sound": _sound(observer.tracks.audio),
        "transport": session.transport_in_use.upper(),
        "first picture after": f"{first_s:.2f} s",
    }
    if session.notes:
        details["note"] = " ".join(session.notes)
    return Verdict(True, "ok", f"The camera works: {_NAMES[video.codec]}, {size}, first picture after {first_s:.1f} s.", details)


def _sound(audio: AudioTrack | None) -> str:
    if audio is None:
        return "none"
    channels = "mono" if audio.channels == 1 else "stereo" if audio.channels == 2 else f"{audio.channels} channels"
    return f"{_NAMES[audio.codec]}, {audio.sample_rate_hz / 1000:g} kHz, {channels}"
