"""Where every second of a camera went: recorded, or why not. Pure: facts come in, the account comes out.

A second is, in this order: recorded; deleted (by which rule); and else what the last fact before it says: schedule_off, camera_down,
write_failure, overload, not_running, off, clock_set (no time passed: the clock was put ahead). Where none does, or where one says
"recording" though there is no footage, it is "unknown": never silently fine. At the end of what can be known yet, after "recording", it is
"pending".
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
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
    CLOCK_SET = "clock_set"
    NOT_RUNNING = "not_running"
    OFF = "off"
    PENDING = "pending"
    UNKNOWN = "unknown"


RECORDING = "recording"
_KINDS = frozenset(kind.value for kind in Kind)
# The newest footage needs this long to be catalogued; what is younger is not accounted for yet.
CATALOGUE_DELAY_MS = 5_000
# Between the last picture of one file and the first of the next lies one picture's duration: no gap.
JOIN_MS = 1_500
# A reason is noted when it is noticed, up to so long after the last picture; and pictures on their way are still written after it.
NOTICED_AFTER_MS = 60_000
_STILL_WRITTEN_MS = 5_000


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


def account(
    window: Span, *, recorded: Iterable[Span], deletions: Sequence[Deletion], facts: Sequence[Fact], tolerance_ms: int = JOIN_MS
) -> list[Entry]:
    """Entries that cover the window without overlap or hole, in order. `facts` come sorted, with the last one before the window.

    Gaps of up to `tolerance_ms` in the footage are none.
    """
    footage = clipped(joined(recorded, tolerance_ms=tolerance_ms), window)
    reasons = _Reasons(deletions, facts)
    entries: list[Entry] = []
    at_ms, since_ms = window.start_ms, None
    for span in footage:
        entries += reasons.of(Span(at_ms, span.start_ms), since_ms)
        entries.append(Entry(span, Kind.RECORDED))
        at_ms, since_ms = span.end_ms, span.start_ms
    entries += reasons.of(Span(at_ms, window.end_ms), since_ms)
    return _merged(entries)


def with_pending(entries: Sequence[Entry], facts: Sequence[Fact]) -> list[Entry]:
    """For an account that reaches up to now: what has just been recorded may not be in the catalogue, which may be far behind."""
    if not entries or entries[-1].kind is not Kind.UNKNOWN:
        return list(entries)
    last = entries[-1]
    current = next((fact for fact in reversed(facts) if fact.at_ms < last.span.end_ms), None)
    if current is None or current.kind != RECORDING:
        return list(entries)
    pending = Span(max(last.span.start_ms, current.at_ms), last.span.end_ms)
    unknown = without(last.span, [pending])
    is_long = pending.length_ms > CATALOGUE_DELAY_MS
    return [
        *entries[:-1],
        *(Entry(span, Kind.UNKNOWN, last.reason) for span in unknown),
        *([Entry(pending, Kind.PENDING)] if is_long else []),
    ]


def coarse(entries: Sequence[Entry], shortest_ms: int) -> list[Entry]:
    """For looking from afar: of reasons that each held for less than `shortest_ms`, the one that held longest is told for all of them."""
    result: list[Entry] = []
    short: list[Entry] = []
    for entry in entries:
        if entry.kind is not Kind.RECORDED and entry.span.length_ms < shortest_ms:
            short.append(entry)
            continue
        result += _told_as_one(short, shortest_ms, result[-1] if result else None, entry)
        short = []
        result.append(entry)
    result += _told_as_one(short, shortest_ms, result[-1] if result else None, None)
    return _merged(result)


def _told_as_one(short: Sequence[Entry], shortest_ms: int, before: Entry | None, after: Entry | None) -> Iterator[Entry]:
    if not short:
        return
    span = Span(short[0].span.start_ms, short[-1].span.end_ms)
    lengths_ms: dict[tuple[Kind, str], int] = {}
    for entry in short:
        lengths_ms[entry.kind, entry.reason] = lengths_ms.get((entry.kind, entry.reason), 0) + entry.span.length_ms
    told = max(lengths_ms, key=lambda reason: lengths_ms[reason])
    if span.length_ms < shortest_ms:  # too short even together: part of a longer neighbour, if there is one
        told = next(((one.kind, one.reason) for one in (before, after) if one and one.kind is not Kind.RECORDED), told)
    yield Entry(span, *told)


def held(window: Span, facts: Sequence[Fact], kinds: Iterable[Kind]) -> list[Span]:
    """The parts of the window for which the last fact is one of these kinds, footage or not. `facts` as for account()."""
    wanted = frozenset(kind.value for kind in kinds)
    ends = [*(fact.at_ms for fact in facts[1:]), *([window.end_ms] if facts else [])]
    spans = (Span(fact.at_ms, max(end, fact.at_ms)) for fact, end in zip(facts, ends, strict=True) if fact.kind in wanted)
    return clipped(joined(spans), window)


class _Reasons:
    """Finds in logarithmic time what explains a gap: of a flapping camera there may be thousands of both."""

    def __init__(self, deletions: Sequence[Deletion], facts: Sequence[Fact]) -> None:
        self._facts = facts
        self._fact_times = [fact.at_ms for fact in facts]
        self._deletions = list(_apart(deletions))
        self._deletion_ends = [deletion.span.end_ms for deletion in self._deletions]

    def of(self, gap: Span, footage_since_ms: int | None) -> Iterator[Entry]:
        """`footage_since_ms`: when the footage before the gap began, None when that is not known. Yields nothing for an empty gap."""
        deleted: list[Span] = []
        for deletion in self._deletions[bisect_right(self._deletion_ends, gap.start_ms) :]:
            if deletion.span.start_ms >= gap.end_ms:
                break
            deleted += clipped([deletion.span], gap)
        parts = [Entry(span, Kind.DELETED, self._rule_at(span.start_ms)) for span in deleted]
        for rest in without(gap, deleted):
            if deleted and rest.length_ms <= JOIN_MS:  # as between two files that are there
                beside = next((span for span in reversed(deleted) if span.end_ms <= rest.start_ms), deleted[0])
                parts.append(Entry(rest, Kind.DELETED, self._rule_at(beside.start_ms)))
            else:
                parts += self._by_facts(rest, footage_since_ms if rest.start_ms == gap.start_ms else None)
        yield from sorted(parts, key=lambda entry: entry.span)

    def _rule_at(self, at_ms: int) -> str:
        return self._deletions[bisect_right(self._deletion_ends, at_ms)].rule

    def _by_facts(self, rest: Span, footage_since_ms: int | None) -> Iterator[Entry]:
        first = bisect_right(self._fact_times, rest.start_ms)
        changes = list(self._facts[first : bisect_left(self._fact_times, rest.end_ms, lo=first)])
        current = self._facts[first - 1] if first else None
        if current and footage_since_ms is not None and current.at_ms + _STILL_WRITTEN_MS < footage_since_ms:
            current = None  # there was footage since: that the reason had gone was not noted
        is_open = current is None or current.kind == RECORDING
        if is_open and changes and changes[0].kind != RECORDING and changes[0].at_ms <= rest.start_ms + NOTICED_AFTER_MS:
            current = changes.pop(0)
        while changes and changes[-1].kind == RECORDING and rest.end_ms - changes[-1].at_ms <= _STILL_WRITTEN_MS:
            changes.pop()  # noted with the first packet, a little before the first picture
        at_ms = rest.start_ms
        for change in changes:
            if change.at_ms > at_ms:
                yield _entry(Span(at_ms, change.at_ms), current)
            at_ms, current = change.at_ms, change
        if rest.end_ms > at_ms:
            yield _entry(Span(at_ms, rest.end_ms), current)


def _apart(deletions: Iterable[Deletion]) -> Iterator[Deletion]:
    """In order and without overlap: of two rules the one that began earlier has it."""
    end_ms = 0
    for deletion in sorted(deletions, key=lambda deletion: deletion.span):
        start_ms = max(deletion.span.start_ms, end_ms)
        if start_ms < deletion.span.end_ms:
            yield Deletion(Span(start_ms, deletion.span.end_ms), deletion.rule)
            end_ms = deletion.span.end_ms


def _entry(span: Span, fact: Fact | None) -> Entry:
    if fact is None or fact.kind not in _KINDS:
        return Entry(span, Kind.UNKNOWN, "" if fact is None else fact.reason)
    return Entry(span, Kind(fact.kind), fact.reason)


def _merged(entries: Iterable[Entry]) -> list[Entry]:
    result: list[Entry] = []
    for entry in entries:
        last = result[-1] if result else None
        if last and last.span.end_ms == entry.span.start_ms and (last.kind, last.reason) == (entry.kind, entry.reason):
            result[-1] = Entry(Span(last.span.start_ms, entry.span.end_ms), last.kind, last.reason)
        else:
            result.append(entry)
    return result
