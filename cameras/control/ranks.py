"""Who may take the helm from whom. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

# After the last command nobody of the same rank gets it for so long: time to look, and to press again.
LEASE_MS = 10_000


class Rank(IntEnum):
    OPERATOR = 1
    CONFIGURER = 2
    SUPERUSER = 3


@dataclass(frozen=True, slots=True)
class Helmsman:
    """Who has the helm, as it is written down. `user_id` is None when nobody ever had."""

    user_id: int | None = None
    rank: int = 0
    since_ms: int = 0
    until_ms: int = 0

    def holds(self, now_ms: int) -> bool:
        return self.user_id is not None and now_ms < self.until_ms


def after(now: Helmsman, user_id: int, rank: Rank, now_ms: int, *, takes_over: bool = False) -> Helmsman | None:
    """Who has it when this person reaches for it; None when he may not. Only on purpose, and only from a lower rank, is it taken over."""
    if now.holds(now_ms) and now.user_id != user_id and not (takes_over and rank > now.rank):
        return None
    since_ms = now.since_ms if now.holds(now_ms) and now.user_id == user_id else now_ms
    return Helmsman(user_id, rank, since_ms, now_ms + LEASE_MS)
