"""Conversions between the time units of docs/time.md. Nothing else multiplies by a time base.

Media time is an int of 90 kHz ticks, wall time an int of milliseconds since 1970 UTC, the browser's wire an int of microseconds.
"""

from __future__ import annotations

TICKS_PER_SECOND = 90_000
TICKS_PER_MS = 90


def ms_to_90k(milliseconds: int) -> int:
    return milliseconds * TICKS_PER_MS


def to_ms(ticks_90k: int) -> int:
    """Rounded down, so that a tick never claims a millisecond that has not begun."""
    return ticks_90k // TICKS_PER_MS


def to_us(ticks_90k: int) -> int:
    """Rounded down; a tick is 11.1 us, so the way back by us_to_90k is exact."""
    return ticks_90k * 100 // 9


def us_to_90k(microseconds: int) -> int:
    """Rounded to the nearest tick."""
    return (microseconds * 9 + 50) // 100


def rescale(ticks: int, from_hz: int, to_hz: int) -> int:
    """Ticks of one clock in ticks of another, rounded to the nearest."""
    return (ticks * to_hz + from_hz // 2) // from_hz


def from_seconds(seconds: float) -> int:
    return round(seconds * TICKS_PER_SECOND)


def to_seconds(ticks_90k: int) -> float:
    return ticks_90k / TICKS_PER_SECOND
