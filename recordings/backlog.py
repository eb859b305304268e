"""What waits to be written to one directory, bounded in bytes per stream and in total: the only thing between a packet that arrives and a
disk that stands still.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field

from recordings.rules.cutting import Cutting
from streaming.media.packet import MediaPacket, StreamKey, Tracks


@dataclass(frozen=True, slots=True)
class Join:
    """The stream is recorded here from now on, starting with the packet behind this."""

    tracks: Tracks | None
    cutting: Cutting


@dataclass(frozen=True, slots=True)
class Leave:
    """The stream is not recorded here any more. Without a kind it goes on elsewhere."""

    at_ms: int
    kind: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The camera sends nothing more until its next keyframe."""

    at_ms: int
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Lost:
    """Packets from `at_ms` on were dropped here; the next one is a keyframe."""

    at_ms: int


Item = Tracks | MediaPacket | Join | Leave | Interrupted | Lost


@dataclass(slots=True)
class _Waiting:
    items: deque[Item] = field(default_factory=deque)
    size_bytes: int = 0
    is_overflowing: bool = False


class Backlog:
    """put() never waits for more than the lock, and never for a disk. take() hands over a whole stream's items, streams in turn.

    Overflow drops up to a keyframe for which there is room again, and leaves a Lost in the place. What take() handed over counts no more:
    so a stream holds up to twice its bound.
    """

    def __init__(self, max_bytes_per_stream: int, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._max_bytes_per_stream = max_bytes_per_stream
        self._waiting: dict[StreamKey, _Waiting] = {}
        self._lock = threading.Lock()
        self.size_bytes = 0
        self.dropped_packets = 0

    def put(self, stream: StreamKey, item: Item) -> None:
        with self._lock:
            waiting = self._waiting.get(stream)
            if waiting is None:
                waiting = self._waiting[stream] = _Waiting()
            if isinstance(item, MediaPacket):
                if not self._admit(waiting, item):
                    self.dropped_packets += 1
                    return
                waiting.size_bytes += len(item.data)
                self.size_bytes += len(item.data)
            waiting.items.append(item)

    def take(self) -> tuple[StreamKey, list[Item]] | None:
        """The items in order of the stream that waits longest; None when nothing waits."""
        with self._lock:
            stream = next((stream for stream, waiting in self._waiting.items() if waiting.items), None)
            if stream is None:
                return None
            waiting = self._waiting.pop(stream)
            self.size_bytes -= waiting.size_bytes
            if waiting.is_overflowing:
                self._waiting[stream] = _Waiting(is_overflowing=True)
            return stream, list(waiting.items)

    def _admit(self, waiting: _Waiting, packet: MediaPacket) -> bool:
        if waiting.is_overflowing:
            is_start = packet.is_key and packet.track == "video"
            waiting.is_overflowing = not (is_start and self._has_room(waiting, 2 * len(packet.data), 2))
            return not waiting.is_overflowing
        if self._has_room(waiting, len(packet.data), 1):
            return True
        waiting.is_overflowing = True
        waiting.items.append(Lost(packet.captured_at_ms))
        return False

    def _has_room(self, waiting: _Waiting, more_bytes: int, parts: int) -> bool:
        """`parts`: of a half empty backlog, 2."""
        is_in_bounds = waiting.size_bytes * parts + more_bytes <= self._max_bytes_per_stream
        return is_in_bounds and self.size_bytes * parts + more_bytes <= self.max_bytes
