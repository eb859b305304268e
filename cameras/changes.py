"""What changed between two examinations of a camera. Pure.

Facts whose names end in a unit are measurements, which differ a little each time: they count when they differ by a lot. All others count
when they differ at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cameras.findings import CHECKS, Fact, Finding, Grade, in_order

_MEASURED = ("_ms", "_s", "_bps", "_bytes", "_percent", "_fps", "_pictures")
# A measurement has changed when it grew or shrank by this factor, and by more than noise.
_FACTOR = 1.6
_NOISE: Mapping[str, float] = {"_ms": 500, "_percent": 1.0, "_fps": 1.5, "_bps": 100_000, "_pictures": 3}


class Direction(StrEnum):
    WORSE = "worse"
    BETTER = "better"
    OTHER = "other"


_SEVERITY = {Grade.GOOD: 0, Grade.LOOK: 1, Grade.BAD: 2}


@dataclass(frozen=True, slots=True)
class Change:
    """`before` and `after` are what the two findings say, or a fact's values when both were graded alike."""

    check: str
    stream: str
    direction: Direction
    before: str
    after: str
    facts: Mapping[str, tuple[Fact | None, Fact | None]]

    @property
    def title(self) -> str:
        return CHECKS.get(self.check, self.check)


def changes(before: Iterable[Finding], after: Iterable[Finding]) -> list[Change]:
    """Worse ones first, each in the order of the layers. What one of the two did not reach is not compared."""
    earlier = {(finding.stream, finding.check): finding for finding in before}
    found = []
    for now in in_order(after):
        then = earlier.get((now.stream, now.check))
        if then is None or Grade.NOT_REACHED in (then.grade, now.grade):
            continue
        facts = _changed_facts(then.facts, now.facts)
        if then.grade is not now.grade or facts:
            found.append(Change(now.check, now.stream, _direction(then.grade, now.grade), then.text, now.text, facts))
    return sorted(found, key=lambda change: change.direction is not Direction.WORSE)


def _direction(then: Grade, now: Grade) -> Direction:
    if then is now:
        return Direction.OTHER
    return Direction.WORSE if _SEVERITY[now] > _SEVERITY[then] else Direction.BETTER


def _changed_facts(then: Mapping[str, Fact], now: Mapping[str, Fact]) -> dict[str, tuple[Fact | None, Fact | None]]:
    """A fact that only one of the two has says no more than the grade does."""
    return {name: (then[name], now[name]) for name in now if name in then and _differs(name, then[name], now[name])}


def _differs(name: str, then: Fact, now: Fact) -> bool:
    unit = next((unit for unit in _MEASURED if name.endswith(unit)), None)
    if unit is None or isinstance(then, str | bool) or isinstance(now, str | bool):
        return then != now
    low, high = sorted((abs(then), abs(now)))
    return high - low > _NOISE.get(unit, 0) and high > low * _FACTOR
