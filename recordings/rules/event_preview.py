"""Which pictures of an event's footage its short preview shows, and where they lie. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from recordings.rules.accounting import JOIN_MS
from recordings.rules.export_plan import Source
from recordings.rules.spans import Span
from recordings.rules.strips import gop_at
from recordings.rules.timelapse import Shots
from streaming.media.timing import ms_to_90k

MOST_PICTURES = 12
WIDEST_PX = 320
_CLOSEST_MS = 250
# Moments are told in whole milliseconds, rounded down: the picture of one begins within it.
_WITHIN_90K = ms_to_90k(1) - 1


def moments_of(span: Span) -> list[int]:
    """Evenly spread from its start on, none at its end."""
    pictures = min(max(span.length_ms // _CLOSEST_MS, 1), MOST_PICTURES)
    return [span.start_ms + span.length_ms * number // pictures for number in range(pictures)]


def shots_at(sources: Sequence[Source], moments_ms: Sequence[int]) -> list[tuple[Source, Shots]]:
    """`sources` in order of time, as are the moments. What none of them shows is left out."""
    found: list[tuple[Source, Shots]] = []
    by_source = groupby(((_source_at(sources, at_ms), at_ms) for at_ms in moments_ms), key=lambda pair: pair[0])
    for source, pairs in by_source:
        if source is not None:
            offsets_ms = [at_ms - source.span.start_ms for _, at_ms in pairs]
            groups = groupby(offsets_ms, key=lambda offset_ms: gop_at(source.gops, offset_ms))
            found.append((source, [(gop, [ms_to_90k(offset_ms) + _WITHIN_90K for offset_ms in its]) for gop, its in groups]))
    return found


def _source_at(sources: Sequence[Source], at_ms: int) -> Source | None:
    """Within the pause between two files the last picture stands still."""
    return next(
        (one for one in reversed(sources) if one.gops and one.span.start_ms <= at_ms < one.span.end_ms + JOIN_MS),
        None,
    )
