"""Amounts of data in words. Pure."""

from __future__ import annotations

_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")


def in_bytes(size_bytes: float) -> str:
    """In units of a thousand, as disks are sold, and as static/js/storage/amounts.js says it: "74.7 GB"."""
    amount, unit = max(float(size_bytes), 0.0), 0
    while amount >= 999.5 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.{0 if unit == 0 or amount >= 99.5 else 1}f} {_UNITS[unit]}"
