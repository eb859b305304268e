"""What waits between the event loop, which reads packets, and the thread that decodes them.

Bounded by its bytes, and by time: a keyframe that finds half a second of packets still waiting makes them pointless.
"""

from __future__ import annotations

import threading
from collections import deque

from streaming.media.packet import Gap, MediaPacket, Tracks

_MOST_BYTES = 16_000_000
_MOST_BACKLOG_MS = 500

Item = Tracks | MediaPacket | Gap


class PacketQueue:
    """`offer` and `close` are called in the loop, `take` in the thread. Any packet after a Gap up to a keyframe is left out."""

    def __init__(self) -> None:
        self._items: deque[Item] = deque()
        self._bytes = 0
        self._newest_ms = 0
        self._needs_key = False
        self._is_closed = False
        self._changed = threading.Condition()
        self.jumped_packets = 0

    def offer(self, item: Item) -> None:
        with self._changed:
            if isinstance(item, MediaPacket):
                self._offer_packet(item)
            else:
                self._items.append(item)
                self._needs_key = True
            self._changed.notify()

    def take(self) -> Item | None:
        """Blocks until there is something; None when the queue was closed."""
        with self._changed:
            while not self._items and not self._is_closed:
                self._changed.wait()
            if self._is_closed:
                return None
            item = self._items.popleft()
            if isinstance(item, MediaPacket):
                self._bytes -= len(item.data)
            return item

    def close(self) -> None:
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def backlog_ms(self, captured_at_ms: int) -> int:
        """How much newer the last packet that was offered is."""
        return max(self._newest_ms - captured_at_ms, 0) if self._items else 0

    def _offer_packet(self, packet: MediaPacket) -> None:
        self._newest_ms = packet.captured_at_ms
        if packet.is_key:
            self._needs_key = False
            oldest_ms = next((item.captured_at_ms for item in self._items if isinstance(item, MediaPacket)), packet.captured_at_ms)
            if packet.captured_at_ms - oldest_ms > _MOST_BACKLOG_MS:
                self._jump(packet)
        elif self._needs_key or self._bytes + len(packet.data) > _MOST_BYTES:
            self._needs_key = True
            self.jumped_packets += 1
            return
        self._items.append(packet)
        self._bytes += len(packet.data)

    def _jump(self, keyframe: MediaPacket) -> None:
        """Only the last announcement of tracks is kept."""
        tracks = next((item for item in reversed(self._items) if isinstance(item, Tracks)), None)
        skipped = sum(isinstance(item, MediaPacket) for item in self._items)
        self.jumped_packets += skipped
        self._items.clear()
        self._bytes = 0
        self._items.extend([tracks] if tracks else [])
        self._items.append(Gap(skipped, keyframe.captured_at_ms))
