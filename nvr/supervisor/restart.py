"""When a process that ended is started again. Pure: time comes in."""

from __future__ import annotations

FIRST_DELAY_S = 0.2
LONGEST_DELAY_S = 30.0
HEALTHY_AFTER_S = 10.0


def next_delay_s(previous_delay_s: float, lived_s: float) -> float:
    """A fifth of a second after a healthy life, doubling up to half a minute for one that keeps dying young."""
    if lived_s >= HEALTHY_AFTER_S or previous_delay_s == 0:
        return FIRST_DELAY_S
    return min(previous_delay_s * 2, LONGEST_DELAY_S)
