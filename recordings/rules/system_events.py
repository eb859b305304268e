"""When a camera that is down, and footage that can't be written, are worth an event. Pure: states and moments come in.

    judged     of a camera: begin, end, or nothing to do. Down for long enough begins it, back for long enough ends it: flapping is one
    failures   of a stream's notes: from when to when footage could not be written

A camera that is switched off is not down, and while nobody watches the cameras (the NVR is stopped, or has just started) nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from recordings.rules.accounting import Fact, Kind
from recordings.rules.retention import Rule, Shortfall
from recordings.rules.spans import Span, joined

GAP_FROM_MS = 5_000
# Footage that comes for less long between two failures does not end what is missing.
GAP_ENDS_AFTER_MS = 10_000
FAILURES = (Kind.WRITE_FAILURE, Kind.OVERLOAD)
_WITHOUT_REASON = {Kind.WRITE_FAILURE.value: "the footage could not be written", Kind.OVERLOAD.value: "the disk was too slow"}
# What a disk has to be made room on for; the others are about what people want to keep.
_FILLING = (Rule.FREE_SPACE, Rule.VOLUME_BYTES, Rule.TOTAL_BYTES)


@dataclass(frozen=True, slots=True)
class Patience:
    down_after_ms: int
    up_after_ms: int


@dataclass(frozen=True, slots=True)
class CameraNow:
    """`since_ms`: since when the state holds."""

    is_enabled: bool
    state: str
    since_ms: int


class Begin(NamedTuple):
    at_ms: int


class End(NamedTuple):
    at_ms: int


class Failure(NamedTuple):
    """`is_over`: something else was noted since."""

    span: Span
    reason: str
    is_over: bool


def judged(camera: CameraNow, *, is_going_on: bool, watched_since_ms: int | None, now_ms: int, patience: Patience) -> Begin | End | None:
    """`watched_since_ms`: None while nobody watches. A state from before is a memory, and counts from then on only."""
    if not camera.is_enabled:
        return End(camera.since_ms) if is_going_on else None
    if watched_since_ms is None:
        return None
    since_ms = max(camera.since_ms, watched_since_ms)
    if camera.state == "down" and not is_going_on and now_ms - since_ms >= patience.down_after_ms:
        return Begin(since_ms)
    if camera.state == "live" and is_going_on and now_ms - since_ms >= patience.up_after_ms:
        return End(since_ms)
    return None


def failures(facts: Sequence[Fact], known_until_ms: int) -> list[Failure]:
    """In order. `facts` of one stream, sorted."""
    found: list[Failure] = []
    for number, fact in enumerate(facts):
        if fact.kind not in FAILURES:
            continue
        following = facts[number + 1] if number + 1 < len(facts) else None
        end_ms = max(following.at_ms if following else known_until_ms, fact.at_ms)
        found.append(Failure(Span(fact.at_ms, end_ms), fact.reason or _WITHOUT_REASON[fact.kind], following is not None))
    return found


def gaps(found: Iterable[Failure]) -> list[Failure]:
    """Of all streams of a camera together, those that are long enough: what lies close together is one, with the first one's reason."""
    by_start = sorted(found)
    whole = joined((failure.span for failure in by_start), tolerance_ms=GAP_ENDS_AFTER_MS - 1)
    parts = [[failure for failure in by_start if span.start_ms <= failure.span.start_ms < span.end_ms] for span in whole]
    return [
        Failure(span, its[0].reason, all(failure.is_over for failure in its))
        for span, its in zip(whole, parts, strict=True)
        if span.length_ms >= GAP_FROM_MS
    ]


def filling(shortfalls: Iterable[Shortfall]) -> list[tuple[str, str]]:
    """What fills up, and why, in words."""
    return [
        (shortfall.what, f"There is hardly any room left, and nothing may be deleted: {shortfall.reason}")
        for shortfall in shortfalls
        if shortfall.rule in _FILLING
    ]
