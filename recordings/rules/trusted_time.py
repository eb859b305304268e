"""Which time footage is judged by when it is to go by its age. Pure: what the clocks say, and what they said last, come in.

A wall clock can be set to anything, and whoever deletes by it then deletes everything. So its progress is compared with the time since the
machine was started, which nobody sets. What lies further ahead than that explains is not believed until somebody confirms it or the clock
comes back; meanwhile footage is judged by the time that has really passed. A clock that is behind deletes too little, and is believed at
once; but where time has been already is remembered, so that its way back is no jump.
"""

from __future__ import annotations

from dataclasses import dataclass

from recordings.rules.days import DAY_MS

# A clock that was wrong by so much has been corrected.
TOLERANCE_MS = 3_600_000
# How long a machine was off, or who looked was not there, only the wall clock tells: believed up to this.
LONGEST_ABSENCE_MS = DAY_MS
# So long behind, a clock is right, and what was believed before was not.
_BELIEVED_BEHIND_AFTER_MS = DAY_MS


@dataclass(frozen=True, slots=True)
class Reading:
    """`up_ms`: since the machine was started; comparable while `boot` is the same."""

    wall_ms: int
    boot: str
    up_ms: int


@dataclass(frozen=True, slots=True)
class Memory:
    """`ahead_ms`: by how much the wall clock was ahead and not believed, `behind_ms`: how long it has been behind by now."""

    trusted_ms: int
    boot: str
    up_ms: int
    ahead_ms: int = 0
    behind_ms: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """`now_ms`: what age is judged by. `ahead_ms`: the wall clock is so much ahead and not believed; else 0."""

    now_ms: int
    ahead_ms: int
    memory: Memory


def judged(memory: Memory | None, reading: Reading) -> Verdict:
    """The first reading of all is believed: there is nothing to compare it with."""
    if memory is None:
        return believed(reading)
    passed_ms = _passed_ms(memory, reading)
    expected_ms = memory.trusted_ms + passed_ms
    ahead_ms = reading.wall_ms - expected_ms
    if abs(ahead_ms) <= TOLERANCE_MS:
        return believed(reading)
    if ahead_ms > 0:
        return Verdict(expected_ms, ahead_ms, Memory(expected_ms, reading.boot, reading.up_ms, ahead_ms=ahead_ms))
    behind_ms = memory.behind_ms + passed_ms
    if behind_ms >= _BELIEVED_BEHIND_AFTER_MS:
        return believed(reading)
    return Verdict(reading.wall_ms, 0, Memory(expected_ms, reading.boot, reading.up_ms, behind_ms=behind_ms))


def believed(reading: Reading) -> Verdict:
    """Somebody confirmed that the wall clock is right."""
    return Verdict(reading.wall_ms, 0, Memory(reading.wall_ms, reading.boot, reading.up_ms))


def _passed_ms(memory: Memory, reading: Reading) -> int:
    """Across a start of the machine: what the wall clock says, if it is not much, beside what it was ahead already; else nothing."""
    if memory.boot == reading.boot and reading.up_ms >= memory.up_ms:
        return reading.up_ms - memory.up_ms
    by_wall_ms = reading.wall_ms - memory.trusted_ms
    for absence_ms in (by_wall_ms - memory.ahead_ms, by_wall_ms):
        if 0 <= absence_ms <= LONGEST_ABSENCE_MS:
            return absence_ms
    return 0
