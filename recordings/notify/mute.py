"""Until when to be quiet. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo

MORNING = time(7, 0)
LONGEST_MS = 31 * 24 * 60 * 60_000


def until_morning_ms(now_ms: int, zone: tzinfo) -> int:
    """The next seven o'clock of the clock on the wall."""
    local = datetime.fromtimestamp(now_ms / 1000, zone)
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    return int(datetime.combine(day, MORNING, zone).timestamp()) * 1000
