"""A segment's share of UTC days: what CoverageDay holds is the sum of these, so that adding and taking away are exact. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import NamedTuple

from recordings.rules.spans import Span

DAY_MS = 86_400_000


class Share(NamedTuple):
    day: date
    recorded_ms: int
    size_bytes: int


def day_of(at_ms: int) -> date:
    return datetime.fromtimestamp(at_ms / 1000, UTC).date()


def span_of(day: date) -> Span:
    start_ms = (day - date(1970, 1, 1)).days * DAY_MS
    return Span(start_ms, start_ms + DAY_MS)


def shares(span: Span, size_bytes: int) -> list[Share]:
    """Bytes go with time; what rounding leaves over is the last day's, so the parts add up to the whole."""
    found: list[Share] = []
    at_ms, left_bytes = span.start_ms, size_bytes
    while (midnight_ms := (at_ms // DAY_MS + 1) * DAY_MS) < span.end_ms:
        part_bytes = size_bytes * (midnight_ms - at_ms) // span.length_ms
        found.append(Share(day_of(at_ms), midnight_ms - at_ms, part_bytes))
        at_ms, left_bytes = midnight_ms, left_bytes - part_bytes
    found.append(Share(day_of(at_ms), max(span.end_ms - at_ms, 0), left_bytes))
    return found
