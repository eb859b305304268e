"""How much of a camera's footage is looked at when the machine does not keep up, or when it costs too much. Pure: times come in.

    FULL   pictures at the rate that the camera's settings ask for
    HALF   only those of the first half of each group of pictures, so that the other half need not be decoded
    KEYS   keyframes alone

What waited longer than a limit is not looked at at all, and noted as such: the newest footage matters more. Everything recovers by
itself: a camera that had nothing waiting for a while gets more, one step at a time, and waits longer each time that this was too much.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from enum import IntEnum
from typing import Any

_JUDGED_EVERY_MS = 5_000
_BEHIND_MS, _CALM_MS = 8_000, 4_000
# Catching up counts when so much of the time that passes is made good in addition.
_GAIN = 0.2
_PATIENCE_MS, _MOST_PATIENCE_MS = 20_000, 600_000
# A decision so long ago says nothing: nobody was at work since.
_FORGOTTEN_MS = 60_000
_SMOOTH = 0.3

WORDS = {
    1: "The machine does not keep up: only half of the pictures are looked at.",
    2: "The machine does not keep up: only one picture every second or so (the keyframes) is looked at.",
}
TOO_DEAR = "Decoding this stream costs too much: only a part of its pictures is looked at. A smaller sub stream would help."


class Level(IntEnum):
    FULL = 0
    HALF = 1
    KEYS = 2


class PaceError(ValueError):
    """Not what to_stored() made."""


@dataclass(frozen=True, slots=True)
class Pace:
    """`age_ms`: how long footage had been waiting at the last decision. `costs`: milliseconds of computing per second of footage, by level;
    0 when it is not known.
    """

    level: Level = Level.FULL
    judged_at_ms: int = 0
    age_ms: int = 0
    calm_since_ms: int | None = None
    patience_ms: int = _PATIENCE_MS
    is_dear: bool = False
    costs: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @property
    def reason(self) -> str:
        """Why not all is looked at, for people; "" when it is."""
        return "" if self.level is Level.FULL else TOO_DEAR if self.is_dear else WORDS[self.level]

    def with_cost(self, computing_ms: float, footage_ms: int) -> Pace:
        """After a batch at this level."""
        cost, known = computing_ms * 1000 / max(footage_ms, 1), self.costs[self.level]
        costs = list(self.costs)
        costs[self.level] = known + _SMOOTH * (cost - known) if known else cost
        return replace(self, costs=(costs[0], costs[1], costs[2]))

    def to_stored(self) -> dict[str, Any]:
        return asdict(self) | {"level": int(self.level), "costs": [round(cost, 2) for cost in self.costs]}


def next_pace(pace: Pace, *, now_ms: int, age_ms: int, budget_ms_per_s: float) -> Pace:
    """Before each batch. `age_ms`: since when its footage has been waiting; `budget_ms_per_s`: what a second of footage may cost."""
    if not 0 <= now_ms - pace.judged_at_ms <= _FORGOTTEN_MS:
        return replace(pace, judged_at_ms=now_ms, age_ms=age_ms, calm_since_ms=None)
    if pace.level < Level.KEYS and pace.costs[pace.level] > budget_ms_per_s:
        return _slower(replace(pace, is_dear=True, patience_ms=_MOST_PATIENCE_MS // 2), now_ms, age_ms)
    elapsed_ms = now_ms - pace.judged_at_ms
    if elapsed_ms < _JUDGED_EVERY_MS:
        return pace
    if age_ms > _BEHIND_MS and pace.age_ms - age_ms < _GAIN * elapsed_ms:
        return _slower(pace, now_ms, age_ms) if pace.level < Level.KEYS else replace(pace, judged_at_ms=now_ms, age_ms=age_ms)
    if age_ms > _CALM_MS:
        return replace(pace, judged_at_ms=now_ms, age_ms=age_ms, calm_since_ms=None)
    calm_since_ms = now_ms if pace.calm_since_ms is None else pace.calm_since_ms
    judged = replace(pace, judged_at_ms=now_ms, age_ms=age_ms, calm_since_ms=calm_since_ms)
    if now_ms - calm_since_ms < pace.patience_ms:
        return judged
    if pace.level is Level.FULL:
        return replace(judged, patience_ms=_PATIENCE_MS, calm_since_ms=now_ms)
    # What the faster level cost is forgotten: it is found out again.
    level = Level(pace.level - 1)
    costs = tuple(0.0 if number == level else cost for number, cost in enumerate(pace.costs))
    return replace(judged, level=level, calm_since_ms=None, is_dear=pace.is_dear and level > 0, costs=(costs[0], costs[1], costs[2]))


def from_stored(stored: Any) -> Pace:
    """Raises PaceError."""
    try:
        level, costs = Level(stored["level"]), tuple(float(cost) for cost in stored["costs"])
        numbers = {name: int(stored[name]) for name in ("judged_at_ms", "age_ms", "patience_ms")}
        calm_since_ms = None if stored["calm_since_ms"] is None else int(stored["calm_since_ms"])
        return Pace(
            level=level, calm_since_ms=calm_since_ms, is_dear=bool(stored["is_dear"]), costs=(costs[0], costs[1], costs[2]), **numbers
        )
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise PaceError(f"a pace that can't be read: {error}") from error


def _slower(pace: Pace, now_ms: int, age_ms: int) -> Pace:
    patience_ms = min(pace.patience_ms * 2, _MOST_PATIENCE_MS)
    return replace(pace, level=Level(pace.level + 1), judged_at_ms=now_ms, age_ms=age_ms, calm_since_ms=None, patience_ms=patience_ms)
