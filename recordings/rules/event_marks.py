"""Events as marks on a timeline: as many as can be told apart. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Mark:
    """`end_ms`: None while it goes on. `labels` as the event has them."""

    id: int
    kind: str
    start_ms: int
    end_ms: int | None
    peak_score: int
    zones: tuple[str, ...]
    labels: tuple[dict[str, Any], ...]


def thinned(marks: Iterable[Mark], shortest_ms: int) -> list[Mark]:
    """In order of time. Of one kind, those less than `shortest_ms` apart become one: the strongest, as long as all of them, with what moved
    where in any.
    """
    found: list[Mark] = []
    last: dict[str, int] = {}
    for mark in sorted(marks, key=lambda mark: (mark.start_ms, mark.id)):
        at = last.get(mark.kind)
        if at is not None and _is_near(found[at], mark, shortest_ms):
            found[at] = _as_one(found[at], mark)
        else:
            last[mark.kind] = len(found)
            found.append(mark)
    return found


def _is_near(before: Mark, mark: Mark, shortest_ms: int) -> bool:
    return before.end_ms is not None and mark.start_ms - before.end_ms < shortest_ms


def _as_one(first: Mark, second: Mark) -> Mark:
    strongest = second if second.peak_score > first.peak_score else first
    end_ms = None if first.end_ms is None or second.end_ms is None else max(first.end_ms, second.end_ms)
    zones = tuple(sorted({*first.zones, *second.zones}))
    labels = {label["label"]: label for label in sorted((*first.labels, *second.labels), key=lambda label: label["score"])}
    return replace(strongest, start_ms=first.start_ms, end_ms=end_ms, zones=zones, labels=tuple(labels[name] for name in sorted(labels)))
