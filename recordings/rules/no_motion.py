"""Recording on motion: which footage goes because nothing moved in it. Pure.

All is recorded and held for a while. Then, from the oldest on, each segment stays or goes, once: what is decided is not looked at again,
and what stays is left to the other rules. A segment goes when all of it was looked at and none of it belongs to motion or to an event,
pre- and post-roll included. What nobody looked at stays. What the detector has not come to yet is waited for, and so is what lies so close
before it that motion found there would want it as its pre-roll.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from recordings.rules.accounting import JOIN_MS
from recordings.rules.spans import Span, joined, without

# The detector goes through footage from the oldest on: what lies so far behind where it is was passed by.
_PASSED_BY_MS = 120_000


@dataclass(frozen=True, slots=True)
class Watch:
    """What is known of one camera.

    since_ms: where to go on; what began before is decided, or is none of this rule's business
    until_ms: what ends later is held
    looked_at: what of the footage the detector has looked at
    looked_until_ms: how far it has come
    wanted: motion and events, with their rolls
    """

    since_ms: int
    until_ms: int
    pre_roll_ms: int
    looked_at: Sequence[Span]
    looked_until_ms: int
    wanted: Sequence[Span]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which of the segments go, by their numbers, and where to go on the next time."""

    goes: tuple[int, ...]
    until_ms: int


def judged(watch: Watch, segments: Sequence[Span]) -> Verdict:
    """`segments`: the finished ones of all streams, in the order of their begins, from `since_ms` on; at least those that begin before
    `until_ms` and the pre-roll.
    """
    looked_at = joined(watch.looked_at, tolerance_ms=JOIN_MS)
    unseen = [_unseen(span, looked_at) for span in segments]
    come_to_ms = min([watch.looked_until_ms, *(hole.start_ms for holes in unseen for hole in holes if _is_to_come(hole, watch))])
    wanted = joined(watch.wanted)
    begins = [span.start_ms for span in wanted]
    goes: list[int] = []
    for number, span in enumerate(segments):
        if span.end_ms > watch.until_ms or span.end_ms + watch.pre_roll_ms > come_to_ms:
            return Verdict(tuple(goes), max(span.start_ms, watch.since_ms))
        before = bisect_left(begins, span.end_ms) - 1
        is_wanted = before >= 0 and wanted[before].end_ms > span.start_ms
        if not is_wanted and not unseen[number]:
            goes.append(number)
    return Verdict(tuple(goes), max(watch.until_ms, watch.since_ms))


def _unseen(span: Span, looked_at: Sequence[Span]) -> list[Span]:
    """Between two files lies a picture's duration, which nobody can look at."""
    return [hole for hole in without(span, looked_at) if hole.length_ms > JOIN_MS]


def _is_to_come(hole: Span, watch: Watch) -> bool:
    return hole.end_ms > watch.looked_until_ms - _PASSED_BY_MS
