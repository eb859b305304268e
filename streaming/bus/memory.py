"""The media bus inside one event loop, for tests: the contract of base.py without a Redis."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from streaming.bus.cursor import Cursor, Item
from streaming.bus.entry import Entry
from streaming.media.packet import MediaPacket, StreamKey, Tracks


@dataclass(slots=True)
class _Keyframe:
    number: int
    sequence: int
    tracks: Tracks


@dataclass(slots=True)
class _Stream:
    """Entries are numbered from 0; `first` is the number of the oldest one kept."""

    entries: deque[Entry] = field(default_factory=deque)
    first: int = 0
    sequence: int = -1
    tracks: Tracks | None = None
    newest_key: _Keyframe | None = None
    grown: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def end(self) -> int:
        return self.first + len(self.entries)

    def append(self, entry: Entry) -> None:
        self.entries.append(entry)
        self.grown.set()
        self.grown = asyncio.Event()


class MemoryBus:
    """PacketSink and MediaReader. Keeps `window_ms` of each stream, and the newest keyframe with what follows it."""

    def __init__(self, window_ms: int = 10_000) -> None:
        self._window_ms = window_ms
        self._streams: dict[StreamKey, _Stream] = {}
        self.reader_count = 0

    def announce(self, stream: StreamKey, tracks: Tracks) -> None:
        state = self._state(stream)
        state.tracks = tracks
        state.append(Entry(0, state.sequence, tracks))

    def write(self, stream: StreamKey, packet: MediaPacket) -> None:
        state = self._state(stream)
        state.sequence += 1
        state.append(Entry(0, state.sequence, packet))
        if packet.is_key and packet.track == "video" and state.tracks:
            state.newest_key = _Keyframe(state.end - 1, state.sequence, state.tracks)
        self._trim(state, packet.captured_at_ms - self._window_ms)

    async def read(self, stream: StreamKey) -> AsyncIterator[Item]:
        self.reader_count += 1
        try:
            state = self._state(stream)
            cursor = Cursor()
            number = state.first
            if state.newest_key:
                number = state.newest_key.number
                for item in cursor.jump(state.newest_key.tracks):
                    yield item
            while True:
                if number >= state.end:
                    await state.grown.wait()
                number = max(number, state.first)
                entry = state.entries[number - state.first]
                if cursor.is_break(entry) and state.newest_key and state.newest_key.number >= number:
                    number = state.newest_key.number
                    items = cursor.jump(state.newest_key.tracks)
                else:
                    number += 1
                    items = cursor.take(entry)
                for item in items:
                    yield item
        finally:
            self.reader_count -= 1

    async def tracks(self, stream: StreamKey) -> Tracks | None:
        return self._state(stream).tracks

    async def newest_keyframe(self, stream: StreamKey) -> tuple[Tracks, MediaPacket] | None:
        gop = await self.newest_gop(stream)
        return (gop[0], gop[1][0]) if gop else None

    async def newest_gop(self, stream: StreamKey) -> tuple[Tracks, Sequence[MediaPacket]] | None:
        state = self._state(stream)
        key = state.newest_key
        if key is None:
            return None
        bodies = [entry.body for entry in list(state.entries)[key.number - state.first :]]
        return key.tracks, [body for body in bodies if isinstance(body, MediaPacket) and body.generation == key.tracks.generation]

    def _state(self, stream: StreamKey) -> _Stream:
        return self._streams.setdefault(stream, _Stream())

    def _trim(self, state: _Stream, before_ms: int) -> None:
        keep_from = state.newest_key.number if state.newest_key else state.end
        while state.first < keep_from:
            body = state.entries[0].body
            if isinstance(body, MediaPacket) and body.captured_at_ms >= before_ms:
                return
            state.entries.popleft()
            state.first += 1
