"""Who is told what, and when: pure. Times come in, and what a rule has told already.

A rule's first message of a sort goes out at once (after a moment in which a picture is made, or the other cameras behind the same switch
go down too, or it shows whose footage a disk does not take). What follows within `group_s` is gathered into one message at the end of
that time. So a burst is two messages, not twenty.
A camera that was in a message of a sort is left out for `every_s`. What was found late is gathered into one message per hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum

from recordings.rules.schedule import Schedule

# How long a message waits for the picture of its event, or for company.
PICTURE_WAIT_MS = 4_000
COMPANY_WAIT_MS = 3_000
# Which cameras' footage a disk that fails keeps from being written is known some seconds after that it fails.
DISK_WAIT_MS = 12_000
# What is older than this when we hear of it is no news; nobody is to be woken by it.
LATE_AFTER_MS = 10 * 60_000
LATE_GATHER_MS = 60_000
LATE_EVERY_MS = 60 * 60_000
MOTION, CAMERA_DOWN, STORAGE, GAP, NODE = "motion", "camera_down", "storage", "gap", "node"
# Kinds of which the end is news as well.
STATES = frozenset({CAMERA_DOWN, STORAGE, NODE})
_WAITS_MS = {MOTION: PICTURE_WAIT_MS, STORAGE: DISK_WAIT_MS, GAP: DISK_WAIT_MS}


class Phase(StrEnum):
    BEGUN = "begun"
    ENDED = "ended"


class Held(StrEnum):
    """Why something that a rule is about was not told."""

    HOURS = "hours"
    MUTED = "muted"
    TOO_OFTEN = "too often"
    UNTOLD = "untold"  # the end of what was never told


@dataclass(frozen=True, slots=True)
class Happening:
    """`is_over`: that it is not going on any more. `labels` are names."""

    kind: str
    phase: Phase
    camera_id: int | None
    start_ms: int
    zones: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    score: int = 0
    is_late: bool = False
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What a rule asks for. `cameras` None: all; empty `zones` or `labels`: any. They and the score are about motion only."""

    kinds: frozenset[str]
    cameras: frozenset[int] | None
    zones: frozenset[str]
    labels: frozenset[str]
    min_score: int
    tells_end: bool
    schedule: Schedule
    zone: tzinfo
    muted_until_ms: int
    every_s: int
    group_s: int


@dataclass(frozen=True, slots=True)
class Told:
    """What a rule has told already. When its last message of this sort went out is `of_sort_ms`; the last one about this camera,
    `of_camera_ms`.
    """

    has_open: bool = False
    of_sort_ms: int | None = None
    of_camera_ms: int | None = None
    has_begin: bool = False


@dataclass(frozen=True, slots=True)
class Tell:
    """In a message of its own: at `due_ms`, or from `earliest_ms` on as soon as the pictures are there."""

    earliest_ms: int
    due_ms: int


@dataclass(frozen=True, slots=True)
class Join:
    """In the message of this sort that has not gone out yet."""


def concerns(wish: Wish, happening: Happening) -> bool:
    if happening.kind not in wish.kinds:
        return False
    if happening.phase is Phase.ENDED and not (wish.tells_end and happening.kind in STATES):
        return False
    if wish.cameras is not None and happening.camera_id is not None and happening.camera_id not in wish.cameras:
        return False
    if happening.kind != MOTION:
        return True
    return (
        happening.score >= wish.min_score
        and (not wish.zones or bool(wish.zones & happening.zones))
        and (not wish.labels or bool(wish.labels & happening.labels))
    )


def is_no_news(happening: Happening, now_ms: int) -> bool:
    """Found long after it happened. That a camera is down, though, stays news as long as it is."""
    if happening.phase is Phase.ENDED:
        return False
    if happening.kind in STATES and not happening.is_over:
        return False
    return happening.is_late or now_ms - happening.start_ms > LATE_AFTER_MS


def sort_of(happening: Happening, now_ms: int) -> str:
    """Messages gather what is of one sort only, so that a camera that is down never hides behind motion. Footage that can't be written is
    of one sort with the disk that is to blame: one message, and not one more for all the cameras.
    """
    if is_no_news(happening, now_ms):
        return "late"
    if happening.kind == GAP:
        return STORAGE
    return happening.kind if happening.phase is Phase.BEGUN else f"{happening.kind} over"


def decide(wish: Wish, happening: Happening, told: Told, now_ms: int) -> Tell | Join | Held:
    """For what concerns() the wish."""
    if now_ms < wish.muted_until_ms:
        return Held.MUTED
    if happening.phase is Phase.ENDED:
        if not told.has_begin:
            return Held.UNTOLD
    elif not wish.schedule.is_on(happening.start_ms, wish.zone):
        return Held.HOURS
    if told.has_open:
        return Join()
    is_late = is_no_news(happening, now_ms)
    is_frequent = told.of_camera_ms is not None and now_ms - told.of_camera_ms < wish.every_s * 1000
    if is_frequent and happening.phase is Phase.BEGUN and not is_late:
        return Held.TOO_OFTEN
    wait_ms = _WAITS_MS.get(happening.kind, COMPANY_WAIT_MS) if happening.phase is Phase.BEGUN else COMPANY_WAIT_MS
    wait_ms, rest_ms = (LATE_GATHER_MS, LATE_EVERY_MS) if is_late else (wait_ms, wish.group_s * 1000)
    free_ms = now_ms if told.of_sort_ms is None else max(now_ms, told.of_sort_ms + rest_ms)
    is_for_picture = happening.kind == MOTION and not is_late
    due_ms = max(now_ms + wait_ms, free_ms)
    return Tell(free_ms if is_for_picture else due_ms, due_ms)
