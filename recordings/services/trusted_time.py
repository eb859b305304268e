"""The clock that retention goes by: rules/trusted_time.py, what it said last (one row), and what the machine's clocks say now.

The time since the machine was started is read from /proc: it counts while the machine sleeps, and is what every process sees alike.
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser

from recordings.models import TrustedClock
from recordings.rules.trusted_time import TOLERANCE_MS, Memory, Reading, Verdict, believed, judged
from recordings.services.complaints import complain

logger = logging.getLogger(__name__)
_ONLY_ROW = 1
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_UPTIME = Path("/proc/uptime")


class ClockChangedError(ValueError):
    """The clock is another than the one that was confirmed. The message says so to a person."""


def look(*, now_ms: int | None = None) -> Verdict:
    """What time it is, and remembers it: by whoever deletes, every half a minute."""
    verdict = seen(now_ms=now_ms)
    _remember(verdict.memory)
    if verdict.ahead_ms:
        complain(logger, f"{words(verdict.ahead_ms)}; footage is deleted by the time that has really passed until it is confirmed")
    return verdict


def seen(*, now_ms: int | None = None) -> Verdict:
    """The same without a trace: for who only tells what would be deleted."""
    row = TrustedClock.objects.filter(pk=_ONLY_ROW).first()
    return judged(_memory_of(row) if row is not None else None, _reading(now_ms))


def confirm(*, wall_ms: int, by: AbstractBaseUser | None) -> None:
    """Somebody says that the clock is right, `wall_ms` being what he saw it say. Raises ClockChangedError."""
    reading = _reading(None)
    if abs(reading.wall_ms - wall_ms) > TOLERANCE_MS:
        raise ClockChangedError("the clock has been changed since: look again")
    _remember(believed(reading).memory)
    logger.warning("%s confirmed that the clock is right", by.get_username() if by is not None else "the administrator")


def words(ahead_ms: int) -> str:
    """For people."""
    units = ((31_557_600_000, "years"), (86_400_000, "days"), (3_600_000, "hours"))
    size_ms, unit = next((one for one in units if ahead_ms >= 1.95 * one[0]), (60_000, "minutes"))
    return f"the clock of this machine went ahead by {round(ahead_ms / size_ms)} {unit}"


def _memory_of(row: TrustedClock) -> Memory:
    return Memory(row.trusted_ms, row.boot, row.up_ms, row.ahead_ms, row.behind_ms)


def _remember(memory: Memory) -> None:
    TrustedClock.objects.update_or_create(pk=_ONLY_ROW, defaults=asdict(memory))


def _reading(now_ms: int | None) -> Reading:
    """Without /proc it is the monotonic clock, and each start of the machine can be told by its beginning anew only."""
    boot, up_ms = "", time.monotonic_ns() // 1_000_000
    with suppress(OSError, ValueError):
        boot = _BOOT_ID.read_text(encoding="ascii").strip()
        up_ms = round(float(_UPTIME.read_text(encoding="ascii").split()[0]) * 1000)
    return Reading(time.time_ns() // 1_000_000 if now_ms is None else now_ms, boot, up_ms)
