"""Amounts in words, as all checks say them. Pure."""

from __future__ import annotations


def span(seconds: float) -> str:
    """In the largest unit that leaves two or more of it."""
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"


def megabits(bits_per_s: int) -> str:
    return f"{bits_per_s / 1e6:.1f} Mbit/s" if bits_per_s >= 1_000_000 else f"{bits_per_s / 1e3:.0f} kbit/s"
