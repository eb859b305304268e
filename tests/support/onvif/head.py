"""The part of a camera that turns: position, speed, presets. Time is computed, not waited for."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass, field

RANGE = {"pan": (-1.0, 1.0), "tilt": (-1.0, 1.0), "zoom": (0.0, 1.0)}


@dataclass(slots=True)
class StoredPreset:
    name: str
    position: tuple[float, float, float]


@dataclass(slots=True)
class Head:
    """Full speed is one unit a second. `ignores_timeouts`: a continuous move goes on until Stop, as on some cameras.
    `travels_s`: how long it takes to where it is sent.
    """

    ignores_timeouts: bool = False
    default_timeout_s: float = 10.0
    travels_s: float = 0.0
    presets: dict[str, StoredPreset] = field(default_factory=dict)
    home: tuple[float, float, float] = (0.0, 0.0, 0.0)
    commands: list[str] = field(default_factory=list)
    focus_speed: float = 0.0
    _from: tuple[float, float, float] = (0.0, 0.0, 0.0)
    _speed: tuple[float, float, float] = (0.0, 0.0, 0.0)
    _since: float = 0.0
    _until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def position(self) -> tuple[float, float, float]:
        with self._lock:
            return self._now()

    @property
    def is_moving(self) -> bool:
        with self._lock:
            return any(self._speed) and time.monotonic() < self._until

    @property
    def told_ms(self) -> int:
        """When it was told what it does now, in ms since 1970."""
        return round((time.time() - time.monotonic() + self._since) * 1000)

    def turn(self, speed: tuple[float, float, float], timeout_s: float | None) -> None:
        with self._lock:
            self._from = self._now()
            self._since = time.monotonic()
            self._speed = speed
            seconds = math.inf if self.ignores_timeouts else self.default_timeout_s if timeout_s is None else timeout_s
            self._until = self._since + seconds
            self.commands.append("ContinuousMove")

    def stop(self) -> None:
        with self._lock:
            self._rest(self._now(), "Stop")

    def go(self, position: tuple[float | None, float | None, float | None], command: str) -> None:
        with self._lock:
            now = self._now()
            wanted = [old if new is None else new for old, new in zip(now, position, strict=True)]
            self._travel(now, _within(*wanted), command)

    def shift(self, change: tuple[float, float, float]) -> None:
        with self._lock:
            now = self._now()
            self._travel(now, _within(*(a + b for a, b in zip(now, change, strict=True))), "RelativeMove")

    def _travel(self, start: tuple[float, float, float], end: tuple[float, float, float], command: str) -> None:
        self._rest(end, command)
        if self.travels_s:
            pan, tilt, zoom = ((b - a) / self.travels_s for a, b in zip(start, end, strict=True))
            self._from, self._speed, self._until = start, (pan, tilt, zoom), self._since + self.travels_s

    def _rest(self, position: tuple[float, float, float], command: str) -> None:
        self._from, self._speed, self._since = position, (0.0, 0.0, 0.0), time.monotonic()
        self.commands.append(command)

    def _now(self) -> tuple[float, float, float]:
        elapsed = max(0.0, min(time.monotonic(), self._until) - self._since)
        return _within(*(start + speed * elapsed for start, speed in zip(self._from, self._speed, strict=True)))


def _within(pan: float, tilt: float, zoom: float) -> tuple[float, float, float]:
    clamped = [max(low, min(high, value)) for value, (low, high) in zip((pan, tilt, zoom), RANGE.values(), strict=True)]
    return clamped[0], clamped[1], clamped[2]
