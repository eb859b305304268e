"""How many wrong passwords and codes are too many, and until when. Pure: rows and the clock are arguments.

    (account, address)   LIMIT_PER_PAIR       then that address waits for that account
    address              LIMIT_PER_ADDRESS    then that address waits for every account
    account              SOFT_LIMIT           then unknown browsers share one try in every PACE
    a known browser      LIMIT_PER_DEVICE     counted by itself, so nobody else's tries keep its owner out

A browser is known to an account once that account has signed in with it (OWASP: "Slow down online guessing attacks with device cookies").
Whoever floods an account from elsewhere therefore slows down strangers, and never locks anybody out for good.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

WINDOW = timedelta(minutes=15)
LIMIT_PER_PAIR = 5
LIMIT_PER_DEVICE = 10
LIMIT_PER_ADDRESS = 30
NO_WAIT = timedelta(0)


class Step(StrEnum):
    PASSWORD = "password"  # noqa: S105  # the name of a step
    CODE = "code"


# Six digits are few, and who gets to guess them has the password.
SOFT_LIMIT = {Step.PASSWORD: 20, Step.CODE: 10}
PACE = {Step.PASSWORD: timedelta(seconds=5), Step.CODE: timedelta(minutes=1)}


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong tries counted together, and the last of them."""

    count: int
    last_at: datetime


def row_wait(tries: Tries | None, limit: int, now: datetime) -> timedelta:
    if tries is None or tries.count < limit:
        return NO_WAIT
    return max(tries.last_at + WINDOW - now, NO_WAIT)


def address_wait(rows: Iterable[Tries], now: datetime) -> timedelta:
    """Until so many of the address's tries are forgotten that it is below the limit again."""
    alive = sorted((row for row in rows if row.last_at + WINDOW > now), key=lambda row: row.last_at)
    total = sum(row.count for row in alive)
    wait = NO_WAIT
    for row in alive:
        if total < LIMIT_PER_ADDRESS:
            break
        total -= row.count
        wait = row.last_at + WINDOW - now
    return wait


def account_wait(rows: Iterable[Tries], step: Step, now: datetime) -> timedelta:
    """Seconds, however long the flood lasts: a try that had to wait is not counted."""
    alive = [row for row in rows if row.last_at + WINDOW > now]
    if sum(row.count for row in alive) < SOFT_LIMIT[step]:
        return NO_WAIT
    return max(max(row.last_at for row in alive) + PACE[step] - now, NO_WAIT)


def in_words(wait: timedelta) -> str:
    """As in "in 40 seconds", "in 3 minutes"; never too early."""
    seconds = max(-int(-wait.total_seconds() // 1), 1)
    if seconds < 90:
        return "in a second" if seconds == 1 else f"in {seconds} seconds"
    return f"in {-(-seconds // 60)} minutes"
