"""Where every second of a camera went: recorded, or why not. Pure: facts come in, the account comes out.

A second is, in this order: recorded; deleted (by which rule); and else what the last note before it says: schedule_off, camera_down,
write_failure, overload, off. Before the first note, and after one that says "recording" though there is no footage, it is "unknown":
never silently fine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from recordings.rules.spans import Span, clipped, joined, without


class Kind(StrEnum):
    RECORDED = "recorded"
    DELETED = "deleted"
    SCHEDULE_OFF = "schedule_off"
    CAMERA_DOWN = "camera_down"
    WRITE_FAILURE = "write_failure"
    OVERLOAD = "overload"
    OFF = "off"
    UNKNOWN = "unknown"


_KINDS = frozenset(kind.value for kind in Kind)
# The newest footage needs this long to be catalogued; what is younger is not accounted for yet.
CATALOGUE_DELAY_MS = 5_000
# Between the last picture of one file and the first of the next lies one picture's duration: no gap.
JOIN_MS = 1_500


@dataclass(frozen=True, slots=True)
class Fact:
    """From `at_ms` on: why there is no footage, or "recording"."""

    at_ms: int
    kind: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Deletion:
    span: Span
    rule: str


@dataclass(frozen=True, slots=True)
class Entry:
    span: Span
    kind: Kind
    reason: str = ""


def account(window: Span, *, recorded: Iterable[Span], deletions: Sequence[Deletion], facts: Sequence[Fact]) -> list[Entry]:
    """Entries that cover the window without overlap or hole, in order. `facts` come sorted, with the last one before the window."""
    footage = clipped(joined(recorded, tolerance_ms=JOIN_MS), window)
    entries = [Entry(span, Kind.RECORDED) for span in footage]
    for hole in without(window, footage):
        entries += _explained(hole, deletions, facts)
    return _merged(sorted(entries, key=lambda entry: entry.span))


def _explained(hole: Span, deletions: Sequence[Deletion], facts: Sequence[Fact]) -> list[Entry]:
    entries, rest = [], [hole]
    for deletion in deletions:
        entries += [Entry(part, Kind.DELETED, deletion.rule) for free in rest for part in clipped([deletion.span], free)]
        rest = [part for free in rest for part in without(free, [deletion.span])]
    for free in rest:
        entries += _by_facts(free, facts)
    return entries


def _by_facts(free: Span, facts: Sequence[Fact]) -> list[Entry]:
    before = [fact for fact in facts if fact.at_ms <= free.start_ms]
    changes = [fact for fact in facts if free.start_ms < fact.at_ms < free.end_ms]
    current = before[-1] if before else None
    if changes and (current is None or current.kind == "recording") and changes[0].kind != "recording":
        # The reason is noted when it is noticed, a little after the pictures stopped.
        current = changes.pop(0)
    entries, at = [], free.start_ms
    for change in [*changes, None]:
        end = change.at_ms if change else free.end_ms
        if end > at:
            entries.append(_entry(Span(at, end), current))
        at, current = end, change
    return entries


def _entry(span: Span, fact: Fact | None) -> Entry:
    if fact is None or fact.kind not in _KINDS:
        return Entry(span, Kind.UNKNOWN, "" if fact is None else fact.reason)
    return Entry(span, Kind(fact.kind), fact.reason)


def _merged(entries: list[Entry]) -> list[Entry]:
    result: list[Entry] = []
    for entry in entries:
        last = result[-1] if result else None
        if last and last.span.end_ms == entry.span.start_ms and (last.kind, last.reason) == (entry.kind, entry.reason):
            result[-1] = Entry(Span(last.span.start_ms, entry.span.end_ms), last.kind, last.reason)
        else:
            result.append(entry)
    return result
