"""The writing end of the media bus on Redis Streams: a PacketSink that keeps its connection by itself."""

from __future__ import annotations

import asyncio
import logging
import random
from dataclasses import dataclass, field

from streaming.bus.base import BusAwayError
from streaming.bus.keys import KEEP_NEWEST_GOP_MS, bus_keys
from streaming.bus.outlet import Outlet, PublisherCounters
from streaming.bus.resp import OnReply, RespConnection, connect, parse_redis_url
from streaming.media.packet import MediaPacket, StreamKey, Tracks

logger = logging.getLogger(__name__)

_RETRY_FIRST_S = 0.05
_RETRY_MOST_S = 1.0
_START_WAITS_S = 2.0
# What one stream may hold back while Redis is away or does not keep up.
_HELD_BYTES = 1_000_000


@dataclass(slots=True)
class _Feed:
    outlet: Outlet
    held: list[tuple[MediaPacket, int]] = field(default_factory=list)
    held_bytes: int = 0


class RedisPublisher:
    """Belongs to the event loop that runs `start`; announce and write are called there and return at once.

    What is written in one turn of the loop leaves in one system call. While Redis is away each stream holds back the packets since
    its newest keyframe, up to 1 MB, and sends them when Redis is there again.
    """

    def __init__(self, url: str, window_ms: int) -> None:
        self._address = parse_redis_url(url)
        self._window_ms = window_ms
        self._incarnation = random.getrandbits(32)
        self._feeds: dict[StreamKey, _Feed] = {}
        self._connection: RespConnection | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._lost = asyncio.Event()
        self._chunks: list[bytes] = []
        self._on_replies: list[OnReply] = []
        self.counters = PublisherCounters()

    async def start(self) -> None:
        """Returns when connected, or after 2 s without; connecting then goes on in the background."""
        self._loop = asyncio.get_running_loop()
        connected = self._loop.create_future()
        self._keeper = self._loop.create_task(self._keep_connected(connected), name="bus publisher")
        await asyncio.wait([connected], timeout=_START_WAITS_S)

    async def aclose(self) -> None:
        """Sends what was written, then disconnects."""
        if self._keeper:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
            self._keeper = None
        self._flush()
        connection, self._connection = self._connection, None
        if connection:
            await connection.drain_and_close()

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    def announce(self, stream: StreamKey, tracks: Tracks) -> None:
        self._feed(stream).outlet.announce(tracks)

    def write(self, stream: StreamKey, packet: MediaPacket) -> None:
        feed = self._feed(stream)
        sequence = feed.outlet.number(packet)
        if sequence is None:
            return
        connection = self._connection
        if connection is None or not connection.is_writable or feed.held:
            self._hold(feed, packet, sequence)
            return
        if not self._chunks:
            self._loop.call_soon(self._flush)
        feed.outlet.write(packet, sequence, self._chunks, self._on_replies)

    def _feed(self, stream: StreamKey) -> _Feed:
        feed = self._feeds.get(stream)
        if feed is None:
            outlet = Outlet(bus_keys(stream), self._incarnation, self._window_ms, self.counters, self._send_now)
            feed = self._feeds[stream] = _Feed(outlet)
        return feed

    def _flush(self) -> None:
        chunks, on_replies = self._chunks, self._on_replies
        if chunks:
            self._chunks, self._on_replies = [], []
            if self._connection:
                self._connection.send(chunks, on_replies)
            else:
                for on_reply in on_replies:
                    on_reply(BusAwayError("not connected to Redis"))

    def _send_now(self, data: bytes, on_replies: list[OnReply]) -> None:
        if self._connection:
            self._connection.send([data], on_replies)

    def _hold(self, feed: _Feed, packet: MediaPacket, sequence: int) -> None:
        is_start = packet.is_key and packet.track == "video"
        if is_start and self._connection is None:
            self._drop_held(feed)
            feed.outlet.needs_key = False
        feed.held.append((packet, sequence))
        feed.held_bytes += len(packet.data)
        if feed.held_bytes > _HELD_BYTES:
            self._drop_held(feed)

    def _drop_held(self, feed: _Feed) -> None:
        feed.outlet.lose(len(feed.held))
        feed.held.clear()
        feed.held_bytes = 0

    def _release_held(self) -> None:
        """Sends what was held back. Called when Redis is there (again) and when its socket takes more."""
        for feed in self._feeds.values():
            if feed.held:
                for packet, sequence in feed.held:
                    feed.outlet.write(packet, sequence, self._chunks, self._on_replies)
                feed.held.clear()
                feed.held_bytes = 0
        self._flush()

    async def _keep_connected(self, connected: asyncio.Future[None]) -> None:
        delay_s, is_known_away = _RETRY_FIRST_S, False
        while True:
            self._lost.clear()
            try:
                self._connection = await connect(self._address, on_lost=self._on_lost)
            except BusAwayError as error:
                if not is_known_away:
                    is_known_away = True
                    logger.warning("Media bus is away, live pictures stop until it is back: %s", error)
                await asyncio.sleep(delay_s)
                delay_s = min(delay_s * 2, _RETRY_MOST_S)
                continue
            if is_known_away:
                logger.info("Media bus is back; %d packets were dropped so far", self.counters.dropped)
            delay_s, is_known_away = _RETRY_FIRST_S, False
            self.counters.connects += 1
            self._begin()
            if not connected.done():
                connected.set_result(None)
            await self._lost.wait()
            logger.warning("Connection to the media bus lost")

    def _begin(self) -> None:
        assert self._connection is not None
        self._connection.on_writable = self._release_held
        newest_ms = max((feed.outlet.last_captured_ms for feed in self._feeds.values()), default=0)
        for stream, feed in list(self._feeds.items()):
            if feed.outlet.last_captured_ms and feed.outlet.last_captured_ms < newest_ms - KEEP_NEWEST_GOP_MS and not feed.held:
                del self._feeds[stream]  # removed, or down for so long that its next connection announces it anew
            else:
                feed.outlet.announce_again()
        self._release_held()

    def _on_lost(self) -> None:
        self._connection = None
        self._lost.set()
        for feed in self._feeds.values():
            feed.outlet.needs_key = True
