"""Which of a stream's pictures are made, so that there are no more than so many a second; pure."""

from __future__ import annotations

# Capture times jitter by most of a frame. With this much in hand a stream that is just as fast as allowed loses no picture to it.
_IN_HAND = 0.5
_MOST_IN_HAND = 2.0


class Pace:
    """Counts by capture time, not by when it is asked."""

    def __init__(self, pictures_per_second: int) -> None:
        self._per_ms = pictures_per_second / 1000
        self._credit = 1.0 + _IN_HAND
        self._seen_at_ms: int | None = None

    def is_due(self, captured_at_ms: int) -> bool:
        """To be asked once for every picture, in the order of capture."""
        if self._seen_at_ms is not None:
            passed_ms = max(captured_at_ms - self._seen_at_ms, 0)
            self._credit = min(self._credit + passed_ms * self._per_ms, _MOST_IN_HAND)
        self._seen_at_ms = captured_at_ms
        return self._credit >= 1.0

    def spend(self) -> None:
        self._credit -= 1.0
