"""Frames and bits a second over the last two to four seconds, counted with two additions per frame."""

from __future__ import annotations


class Rate:
    def __init__(self, period_ms: int = 2000) -> None:
        self._period_ms = period_ms
        self._since_ms: int | None = None
        self._frames = self._bytes = 0
        self._before: tuple[int, int, int] = (0, 0, 0)  # frames, bytes, milliseconds

    def add(self, size: int, now_ms: int) -> None:
        if self._since_ms is None:
            self._since_ms = now_ms
        elif now_ms - self._since_ms >= self._period_ms:
            self._before = (self._frames, self._bytes, now_ms - self._since_ms)
            self._since_ms = now_ms
            self._frames = self._bytes = 0
        self._frames += 1
        self._bytes += size

    def per_second(self, now_ms: int) -> tuple[float, int]:
        """Frames and bits; zero when nothing has come for two periods."""
        if self._since_ms is None or now_ms - self._since_ms > 2 * self._period_ms:
            return 0.0, 0
        frames, size, ms = self._before
        frames, size, ms = frames + self._frames, size + self._bytes, ms + now_ms - self._since_ms
        if ms < 200:
            return 0.0, 0
        return round(1000 * frames / ms, 1), 8000 * size // ms
