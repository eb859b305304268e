"""How many messages one socket may send: so many at once, so many a second on. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Tempo:
    per_s: float
    at_once: int
    _left: float = -1.0
    _at_s: float = 0.0

    def allows(self, now_s: float) -> bool:
        """Counts the message."""
        if self._left < 0:
            self._left, self._at_s = float(self.at_once), now_s
        self._left = min(float(self.at_once), self._left + (now_s - self._at_s) * self.per_s)
        self._at_s = now_s
        if self._left < 1:
            return False
        self._left -= 1
        return True
