"""How much video one viewer has been sent and has not acknowledged yet.

Entries stay in the order of sending, so an acknowledgement of one covers everything before it, older generations included; one that
matches no entry (a rung left behind, nonsense) changes nothing.
"""

from __future__ import annotations

from collections import deque

_MOST_ENTRIES = 2048


class Window:
    """Closed means: nothing more until the viewer acknowledges."""

    def __init__(self, *, first_bytes: int, max_bytes: int, max_ms: int, reports_writable: bool) -> None:
        """`max_bytes` may be passed by one message. A socket that does not report whether it is writable is never trusted alone:
        before the first acknowledgement it gets `first_bytes`."""
        self._first_bytes = first_bytes
        self._max_bytes = max_bytes
        self._max_ms = max_ms
        self._trusts_socket = reports_writable
        # generation, sequence, bytes, sent_ms, arrived_ms
        self._entries: deque[tuple[int, int, int, int, int]] = deque()
        self._has_moved = True
        self.bytes = 0
        self.has_acknowledged = False

    def add(self, generation: int, sequence: int, size: int, now_ms: int, arrived_ms: int) -> None:
        """`arrived_ms` is when the hub got it: a cached group sent in one go is as long as it is to look at."""
        self._entries.append((generation, sequence, size, now_ms, arrived_ms))
        self.bytes += size
        if len(self._entries) > _MOST_ENTRIES and not self.has_acknowledged and self._trusts_socket:
            self.bytes -= self._entries.popleft()[2]

    def acknowledge(self, generation: int, sequence: int) -> bool:
        """Everything up to this message has been shown; False when it is not among those under way."""
        entries = self._entries
        is_known = False
        if not entries or entries[0][0] != generation:
            older = next((index for index, entry in enumerate(entries) if entry[0] == generation), 0)
            for _ in range(older):
                self.bytes -= entries.popleft()[2]
                is_known = True
        while entries and entries[0][0] == generation and (sequence - entries[0][1]) & 0xFFFFFFFF < 1 << 31:
            self.bytes -= entries.popleft()[2]
            is_known = True
        if not is_known:
            return False
        self.has_acknowledged = self._has_moved = True
        return True

    def is_open(self, now_ms: int) -> bool:
        if not self._entries:
            return True
        if not self.has_acknowledged:
            return self._trusts_socket or self.bytes < self._first_bytes
        is_small = self.bytes < self._max_bytes and self._entries[-1][4] - self._entries[0][4] <= self._max_ms
        # A viewer that acknowledges only when something comes would otherwise wait for us as we for it.
        return is_small or now_ms - self._entries[-1][3] > self._max_ms

    def lag_ms(self, now_ms: int) -> int:
        """Age of the oldest message under way; 0 for a viewer that never acknowledges."""
        return now_ms - self._entries[0][3] if self.has_acknowledged and self._entries else 0

    def forget(self) -> None:
        """For a viewer that was told to forget what it was showing. Without an acknowledgement since the last time nothing is forgotten,
        or a viewer that does not read could have a window more by each change it asks for."""
        if self._has_moved or self._trusts_socket:
            self._entries.clear()
            self.bytes = 0
            self._has_moved = False
