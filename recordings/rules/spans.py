"""Half-open spans of milliseconds [start, end), kept sorted and apart. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Span(NamedTuple):
    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        return self.end_ms - self.start_ms


def joined(spans: Iterable[Span], *, tolerance_ms: int = 0) -> list[Span]:
    """Sorted, without empty ones; those that touch, overlap or lie at most `tolerance_ms` apart become one."""
    result: list[Span] = []
    for span in sorted(span for span in spans if span.end_ms > span.start_ms):
        if result and span.start_ms <= result[-1].end_ms + tolerance_ms:
            result[-1] = Span(result[-1].start_ms, max(result[-1].end_ms, span.end_ms))
        else:
            result.append(span)
    return result


def clipped(spans: Iterable[Span], to: Span) -> list[Span]:
    parts = (Span(max(span.start_ms, to.start_ms), min(span.end_ms, to.end_ms)) for span in spans)
    return [part for part in parts if part.end_ms > part.start_ms]


def without(span: Span, holes: Iterable[Span]) -> list[Span]:
    """What is left of a span when the holes are taken out."""
    left, at = [], span.start_ms
    for hole in clipped(joined(holes), span):
        if hole.start_ms > at:
            left.append(Span(at, hole.start_ms))
        at = hole.end_ms
    if at < span.end_ms:
        left.append(Span(at, span.end_ms))
    return left


def total_ms(spans: Iterable[Span]) -> int:
    return sum(span.length_ms for span in spans)
