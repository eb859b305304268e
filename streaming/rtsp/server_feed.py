"""One running source and the clients that watch it: started with the first, stopped with the last."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from typing import Protocol

from streaming.media.packet import Codec
from streaming.rtsp.packetize.sender import NumberedFrame, RtpFrame, RtpSender, TrackName
from streaming.rtsp.sdp import MediaDescription
from streaming.rtsp.server_source import Mount, SourceTracks, media_description

logger = logging.getLogger(__name__)
REPORT_INTERVAL_S = 5.0  # RFC 3550, 6.2: the fixed minimum


class FeedReader(Protocol):
    def deliver(self, frame: NumberedFrame) -> None:
        """Returns at once, whatever its client does."""
        ...

    def report(self, track: TrackName, packet: bytes) -> None: ...

    def end(self) -> None:
        """The source has ended by itself."""
        ...


class Feed:
    """Belongs to one event loop. `hold` and `release` count who needs the source to run, `attach` and `detach` who gets frames."""

    def __init__(self, mount: Mount) -> None:
        self._mount = mount
        self._lock = asyncio.Lock()
        self._holders = 0
        self._tracks: SourceTracks | None = None
        self._senders: dict[TrackName, RtpSender] = {}
        self._readers: dict[FeedReader, None] = {}
        self._reports: asyncio.TimerHandle | None = None
        self._has_ended = False

    async def hold(self) -> SourceTracks:
        """Raises SourceError when the source can't be started; nothing is held then."""
        async with self._lock:
            if self._has_ended:
                await self._stop()
            if self._tracks is None:
                self._tracks = await self._mount.source.start(self._publish, self._ended)
                self._senders = {name: _new_sender(media_description(track, "")) for name, track in self._tracks.named()}
                self._reports = asyncio.get_running_loop().call_later(REPORT_INTERVAL_S, self._report_all)
                logger.info("%s: source started", self._mount.path)
            self._holders += 1
            return self._tracks

    async def release(self) -> None:
        async with self._lock:
            self._holders -= 1
            if not self._holders:
                await self._stop()

    def attach(self, reader: FeedReader) -> None:
        self._readers[reader] = None
        self._mount.source.want_keyframe()

    def detach(self, reader: FeedReader) -> None:
        self._readers.pop(reader, None)

    def ssrc(self, track: TrackName) -> int:
        return self._senders[track].ssrc

    def report_to(self, reader: FeedReader) -> None:
        """Tells a client at once which wall time its first frames belong to, instead of up to 5 s later."""
        now_ms = int(time.time() * 1000)
        for name, sender in self._senders.items():
            packet = sender.report(now_ms)
            if packet is not None:
                reader.report(name, packet)

    def _publish(self, frame: RtpFrame) -> None:
        sender = self._senders.get(frame.track)
        if sender is None:
            return
        numbered = sender.number(frame)
        for reader in tuple(self._readers):
            reader.deliver(numbered)

    def _report_all(self) -> None:
        for reader in tuple(self._readers):
            self.report_to(reader)
        self._reports = asyncio.get_running_loop().call_later(REPORT_INTERVAL_S, self._report_all)

    def _ended(self) -> None:
        logger.warning("%s: source ended", self._mount.path)
        self._has_ended = True
        for reader in tuple(self._readers):
            reader.end()

    async def _stop(self) -> None:
        if self._reports is not None:
            self._reports.cancel()
        self._tracks, self._senders, self._reports, self._has_ended = None, {}, None, False
        await self._mount.source.stop()
        logger.info("%s: source stopped", self._mount.path)


def _new_sender(track: MediaDescription) -> RtpSender:
    """RFC 3550, 5.1: all three begin at random values."""
    return RtpSender(
        track.payload_type,
        track.clock_rate_hz,
        ssrc=secrets.randbits(32),
        first_sequence=secrets.randbits(16),
        timestamp_offset=secrets.randbits(32),
        marks_frames=track.kind == "video" or track.codec is Codec.AAC,
    )
