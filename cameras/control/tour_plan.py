"""What a tour does next. Pure: milliseconds since 1970 come in, and what is known of the camera.

A person comes first: while somebody has the helm, and for a while after, the tour rests; then it goes to the stop it was at, since the
camera may look anywhere. Stops that are gone are passed by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

# A camera that fails is asked again after so long, and then after twice as long each time.
FIRST_PAUSE_MS = 5_000
LONGEST_PAUSE_MS = 120_000


@dataclass(frozen=True, slots=True)
class Stop:
    preset_id: int
    token: str
    dwell_ms: int
    speed: float | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """`arrived_at_ms` is 0 before the first arrival; `person_until_ms` is when the last helm ended or will."""

    stops: Sequence[Stop]
    stop_index: int
    arrived_at_ms: int
    is_due: bool
    person_until_ms: int
    resume_after_ms: int
    failed_at_ms: int = 0
    failures: int = 0


class Do(Enum):
    GO = "go"
    STAY = "stay"
    PAUSE = "pause"
    SLEEP = "sleep"


@dataclass(frozen=True, slots=True)
class Next:
    """`stop_index` is where to go, or where it is; `until_ms` when to ask again at the latest."""

    do: Do
    stop_index: int
    until_ms: int


def next_step(now: Situation, now_ms: int) -> Next:
    index = now.stop_index % len(now.stops) if now.stops else 0
    if not now.is_due or not now.stops:
        return Next(Do.SLEEP, index, now_ms + 60_000)
    resumes_at_ms = now.person_until_ms + now.resume_after_ms
    if now.person_until_ms and now_ms < resumes_at_ms:
        return Next(Do.PAUSE, index, resumes_at_ms)
    if now.failures and now_ms < (again_at_ms := now.failed_at_ms + pause_ms(now.failures)):
        return Next(Do.STAY, index, again_at_ms)
    if now.arrived_at_ms == 0 or now.person_until_ms > now.arrived_at_ms:
        return Next(Do.GO, index, now_ms)
    leaves_at_ms = now.arrived_at_ms + now.stops[index].dwell_ms
    if now_ms < leaves_at_ms:
        return Next(Do.STAY, index, leaves_at_ms)
    return Next(Do.GO, (index + 1) % len(now.stops), now_ms)


def pause_ms(failures: int) -> int:
    """After so many failures one after the other."""
    return min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS << min(failures - 1, 10))
