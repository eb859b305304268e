"""Which rung a viewer with quality=auto gets: down when it does not keep up, up again when it has for a while.

Pure: told what happened and when, asked for the rung. Going up and failing soon doubles the time until the next try.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from streaming.live.protocol import QualityReason


@dataclass(frozen=True, slots=True)
class Patience:
    overflows: int = 2
    overflows_within_ms: int = 10_000
    lag_ms: int = 1000
    healthy_ms: int = 10_000
    longest_healthy_ms: int = 320_000
    # A rung that lasted this long was not a failed try.
    proven_ms: int = 30_000
    # Loss of newest-only viewers: this part of the pictures left out, over this long, counts as one overflow.
    loss_ratio: float = 0.34
    loss_period_ms: int = 2000


class QualityController:
    def __init__(self, rungs: Sequence[str], start: str, now_ms: int, patience: Patience | None = None) -> None:
        """`rungs` from best to least; never goes above `start`."""
        self._rungs = list(rungs)[list(rungs).index(start) :]
        self._index = 0
        self._patience = patience or Patience()
        self._overflows: deque[int] = deque(maxlen=self._patience.overflows)
        self._unhealthy_at_ms = self._changed_at_ms = self._period_at_ms = now_ms
        self._was_raised = False
        self._hold_ms = self._patience.healthy_ms
        self._offered = self._lost = 0

    @property
    def rung(self) -> str:
        return self._rungs[self._index]

    def overflowed(self, now_ms: int) -> None:
        self._overflows.append(now_ms)
        self._unhealthy_at_ms = now_ms

    def delivered(self, offered: int, lost: int, now_ms: int) -> None:
        """Counts since the last call of a viewer that gets the newest picture only."""
        self._offered += offered
        self._lost += lost
        if now_ms - self._period_at_ms < self._patience.loss_period_ms:
            return
        if self._offered and self._lost / self._offered > self._patience.loss_ratio:
            self.overflowed(now_ms)
        self._offered = self._lost = 0
        self._period_at_ms = now_ms

    def check(self, lag_ms: int, now_ms: int) -> tuple[str, QualityReason] | None:
        """The rung to change to and why; None to stay. `lag_ms` is the age of the oldest message not acknowledged."""
        if lag_ms > self._patience.lag_ms:
            self._unhealthy_at_ms = now_ms
            return self._down(now_ms)
        if len(self._overflows) == self._patience.overflows and now_ms - self._overflows[0] <= self._patience.overflows_within_ms:
            return self._down(now_ms)
        if self._index and now_ms - max(self._unhealthy_at_ms, self._changed_at_ms) >= self._hold_ms:
            self._index -= 1
            self._change(now_ms, was_raised=True)
            return self.rung, "recovered"
        return None

    def _down(self, now_ms: int) -> tuple[str, QualityReason] | None:
        is_settling = self._index and now_ms - self._changed_at_ms < self._patience.lag_ms
        if self._index + 1 == len(self._rungs) or is_settling:
            return None
        if self._was_raised and now_ms - self._changed_at_ms < self._patience.proven_ms:
            self._hold_ms = min(2 * self._hold_ms, self._patience.longest_healthy_ms)
        elif now_ms - self._changed_at_ms >= self._patience.proven_ms:
            self._hold_ms = self._patience.healthy_ms
        self._index += 1
        self._change(now_ms, was_raised=False)
        return self.rung, "slow"

    def _change(self, now_ms: int, *, was_raised: bool) -> None:
        self._changed_at_ms = now_ms
        self._was_raised = was_raised
        self._overflows.clear()
        self._offered = self._lost = 0
        self._period_at_ms = now_ms
