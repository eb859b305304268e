"""Events as marks on a timeline: as many as can be told apart. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Mark(NamedTuple):
    """`end_ms`: None while it goes on."""

    id: int
    kind: str
    start_ms: int
    end_ms: int | None
    peak_score: int


def thinned(marks: Iterable[Mark], shortest_ms: int) -> list[Mark]:
    """`marks` in the order of their begins. Of one kind, those less than `shortest_ms` apart become one: the strongest, as long as all."""
    found: list[Mark] = []
    last: dict[str, int] = {}
    for mark in marks:
        at = last.get(mark.kind)
        if at is not None and (before := found[at]).end_ms is not None and mark.start_ms - before.end_ms < shortest_ms:
            strongest = mark if mark.peak_score > before.peak_score else before
            end_ms = None if mark.end_ms is None else max(before.end_ms, mark.end_ms)
            found[at] = Mark(strongest.id, mark.kind, before.start_ms, end_ms, strongest.peak_score)
        else:
            last[mark.kind] = len(found)
            found.append(mark)
    return found
