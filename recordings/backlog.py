"""What waits to be written, per stream and bounded in bytes: the only thing between a packet that arrives and a disk that stands still."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field

from streaming.media.packet import MediaPacket, StreamKey, Tracks

Item = Tracks | MediaPacket


@dataclass(slots=True)
class Waiting:
    items: deque[Item] = field(default_factory=deque)
    size_bytes: int = 0
    is_overflowing: bool = False
    tracks: Tracks | None = None


class Backlog:
    """put() never waits for more than the lock. take() hands a whole stream's items over.

    Overflow drops up to the next keyframe and is reported once by take(): `lost` is the capture time of the first packet dropped.
    """

    def __init__(self, max_bytes_per_stream: int) -> None:
        self._max_bytes = max_bytes_per_stream
        self._waiting: dict[StreamKey, Waiting] = {}
        self._ready: dict[StreamKey, None] = {}
        self._lost: dict[StreamKey, int] = {}
        self._changed = threading.Condition()
        self._is_closed = False
        self.dropped_packets = 0

    def put(self, stream: StreamKey, item: Item) -> None:
        with self._changed:
            waiting = self._waiting.setdefault(stream, Waiting())
            if isinstance(item, Tracks):
                waiting.tracks = item
            elif not self._admit(stream, waiting, item):
                self.dropped_packets += 1
                return
            else:
                waiting.size_bytes += len(item.data)
            waiting.items.append(item)
            if stream not in self._ready:
                self._ready[stream] = None
                self._changed.notify()

    def take(self, timeout_s: float) -> tuple[StreamKey, list[Item], int | None] | None:
        """One stream's items in order, and the capture time of the first packet that was dropped behind them; None after the timeout
        or at the end.
        """
        with self._changed:
            if not self._ready and not self._is_closed:
                self._changed.wait(timeout_s)
            if not self._ready:
                return None
            stream = next(iter(self._ready))
            del self._ready[stream]
            waiting = self._waiting[stream]
            items, waiting.items, waiting.size_bytes = list(waiting.items), deque(), 0
            return stream, items, self._lost.pop(stream, None)

    def close(self) -> None:
        """take() hands out what is left, then None at once."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    def size_bytes(self, stream: StreamKey) -> int:
        with self._changed:
            waiting = self._waiting.get(stream)
            return waiting.size_bytes if waiting else 0

    def _admit(self, stream: StreamKey, waiting: Waiting, packet: MediaPacket) -> bool:
        if waiting.is_overflowing:
            is_start = packet.is_key and packet.track == "video" and waiting.size_bytes <= self._max_bytes // 2
            waiting.is_overflowing = not is_start
            return is_start
        if waiting.size_bytes + len(packet.data) <= self._max_bytes:
            return True
        waiting.is_overflowing = True
        self._lost.setdefault(stream, packet.captured_at_ms)
        return False
