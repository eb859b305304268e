"""Entry ids of a Redis stream, `<milliseconds>-<number>`, by capture time and strictly growing even when the clock steps back.

When the clock steps back, ids go on at its rate from where they were and stay that much ahead: the age of an entry, measured in
ids, stays right, and trimming by age with it.
"""

from __future__ import annotations

_SMALL_STEP_MS = 1_000


class EntryIds:
    def __init__(self) -> None:
        self.last_ms = 0
        self._number = 0
        self._ahead_ms = 0

    def next(self, captured_at_ms: int) -> bytes:
        wanted_ms = captured_at_ms + self._ahead_ms
        if wanted_ms < self.last_ms - _SMALL_STEP_MS:
            self._ahead_ms += self.last_ms - wanted_ms
            wanted_ms = self.last_ms
        if wanted_ms > self.last_ms:
            self.last_ms, self._number = wanted_ms, 0
        else:
            self._number += 1
        return b"%d-%d" % (self.last_ms, self._number)

    def continue_after(self, entry_id: bytes) -> None:
        """Somebody else (an earlier run) has used ids up to this one."""
        milliseconds, number = id_order(entry_id)
        if (milliseconds, number) > (self.last_ms, self._number):
            self._ahead_ms += max(0, milliseconds - self.last_ms) if self.last_ms else 0
            self.last_ms, self._number = milliseconds, number


def id_order(entry_id: bytes) -> tuple[int, int]:
    """A key to compare ids by."""
    milliseconds, number = entry_id.split(b"-")
    return int(milliseconds), int(number)


def id_before(entry_id: bytes) -> bytes:
    """The id in front: reading on after it yields `entry_id` first."""
    milliseconds, number = id_order(entry_id)
    if number:
        return b"%d-%d" % (milliseconds, number - 1)
    return b"%d-%d" % (max(milliseconds - 1, 0), 2**64 - 1 if milliseconds else 0)
