"""When to try again what could not be delivered. Pure: chance comes in.

Ten tries in some three hours: 5 s, 15 s, 45 s, then about 2, 7, 20, 30, 30 minutes …, each a quarter longer or shorter, so that what failed
together does not come back together.
"""

from __future__ import annotations

MOST_ATTEMPTS = 10
# A claim on a delivery that nobody finished (its worker died) is over after this.
LEASE_S = 180
_FIRST_S, _FACTOR, _LONGEST_S, _JITTER = 5.0, 3.0, 1800.0, 0.25
_LONGEST_WISH_S = 3600.0


def next_delay_s(attempts: int, chance: float, *, wished_s: float = 0) -> float | None:
    """After so many attempts; None to give up. `chance` from 0 to 1. `wished_s` is a Retry-After, obeyed up to an hour."""
    if attempts >= MOST_ATTEMPTS:
        return None
    delay_s = min(_FIRST_S * _FACTOR ** (attempts - 1), _LONGEST_S)
    return max(delay_s * (1 + _JITTER * (2 * chance - 1)), min(wished_s, _LONGEST_WISH_S))
