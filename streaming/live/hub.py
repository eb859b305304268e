"""All live feeds of one process, in its event loop: begun by the first viewer, ended a moment after the last one has left.

    session ──watch──▶ hub ──▶ feed (one per camera stream, or per picture size) ──▶ bus or renderer

The hub also gives every session its tick, so that no viewer needs a task of its own.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from streaming.bus.base import MediaReader
from streaming.live.media_feed import MediaFeed
from streaming.live.picture_feed import PictureFeed
from streaming.live.protocol import Mode
from streaming.live.viewer import CameraStates, Feed, PictureSource, Viewer, picture_kind
from streaming.media.packet import Role, StreamKey

logger = logging.getLogger(__name__)

LINGER_S = 2.0
TICK_S = 0.5
RETRY_S = 0.5


class Member(Protocol):
    """A viewer the hub looks after."""

    @property
    def held_bytes(self) -> int:
        """What waits for it."""
        ...

    def tick(self, now_ms: int) -> None: ...


@dataclass(slots=True)
class _Running:
    feed: Feed
    task: asyncio.Task[None]
    viewers: int = 0
    ending: asyncio.TimerHandle | None = None


class LiveHub:
    def __init__(
        self,
        *,
        reader: MediaReader,
        pictures: PictureSource,
        states: CameraStates,
        wall_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        linger_s: float = LINGER_S,
    ) -> None:
        """To be made in the event loop it will live in."""
        self._reader = reader
        self._pictures = pictures
        self.states = states
        self.wall_ms = wall_ms
        self._linger_s = linger_s
        self._loop = asyncio.get_running_loop()
        self._running: dict[Hashable, _Running] = {}
        self._viewers_of: Counter[int] = Counter()
        self._members: set[Member] = set()
        self._ticking: asyncio.TimerHandle | None = None
        # Random enough that a viewer which reconnects after a restart does not meet its old number at once.
        self._generation = time.time_ns() // 1_000_000_000 & 0xFFFF

    def monotonic_ms(self) -> int:
        return int(self._loop.time() * 1000)

    @property
    def feed_count(self) -> int:
        return len(self._running)

    @property
    def held_bytes(self) -> int:
        """What waits for all viewers, besides the groups of pictures that the feeds keep anyway."""
        return sum(member.held_bytes for member in self._members)

    # members

    def enter(self, member: Member, camera_id: int) -> None:
        self._members.add(member)
        self._viewers_of[camera_id] += 1
        self.states.watch(camera_id)
        if self._ticking is None:
            self._ticking = self._loop.call_later(TICK_S, self._tick)

    def leave(self, member: Member, camera_id: int) -> None:
        if member in self._members:
            self._members.discard(member)
            self._viewers_of[camera_id] -= 1
            self.states.unwatch(camera_id)

    def viewers_of(self, camera_id: int) -> int:
        return self._viewers_of[camera_id]

    # feeds

    def watch(self, viewer: Viewer, camera_id: int, mode: Mode, rung: str, *, has_audio: bool) -> Feed:
        key = _key(camera_id, mode, rung)
        running = self._running.get(key)
        if running is None:
            feed = self._make(camera_id, mode, rung)
            running = self._running[key] = _Running(feed, self._loop.create_task(self._run(feed, key)))
        if running.ending is not None:
            running.ending.cancel()
            running.ending = None
        running.viewers += 1
        running.feed.join(viewer, mode, has_audio=has_audio)
        return running.feed

    def unwatch(self, viewer: Viewer, camera_id: int, mode: Mode, rung: str) -> None:
        key = _key(camera_id, mode, rung)
        running = self._running[key]
        running.feed.leave(viewer)
        running.viewers -= 1
        if not running.viewers:
            running.ending = self._loop.call_later(self._linger_s, self._end, key)

    async def close(self) -> None:
        if self._ticking is not None:
            self._ticking.cancel()
        tasks = [running.task for running in self._running.values()]
        for key in list(self._running):
            self._end(key)
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    def _make(self, camera_id: int, mode: Mode, rung: str) -> Feed:
        if mode.is_pictures:
            return PictureFeed(
                camera_id,
                picture_kind(mode),
                rung,
                source=self._pictures,
                next_generation=self._next_generation,
                monotonic_ms=self.monotonic_ms,
                wall_ms=self.wall_ms,
            )
        return MediaFeed(
            StreamKey(camera_id, Role(rung)),
            reader=self._reader,
            next_generation=self._next_generation,
            monotonic_ms=self.monotonic_ms,
            wall_ms=self.wall_ms,
        )

    def _next_generation(self) -> int:
        self._generation = (self._generation + 1) & 0xFFFF
        return self._generation

    async def _run(self, feed: Feed, key: Hashable) -> None:
        """A fault of ours in one feed costs that feed half a second, not its viewers their sockets."""
        while True:
            try:
                await feed.run()
            except Exception:
                logger.exception("live feed %s failed and begins again", key)
            await asyncio.sleep(RETRY_S)

    def _end(self, key: Hashable) -> None:
        running = self._running.pop(key)
        if running.ending is not None:
            running.ending.cancel()
        running.task.cancel()

    def _tick(self) -> None:
        self._ticking = self._loop.call_later(TICK_S, self._tick) if self._members else None
        now_ms = self.monotonic_ms()
        for member in tuple(self._members):
            member.tick(now_ms)


def _key(camera_id: int, mode: Mode, rung: str) -> Hashable:
    return (camera_id, picture_kind(mode), rung) if mode.is_pictures else (camera_id, "media", rung)
