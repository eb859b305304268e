"""What the detector would keep of a minute in which people walk through the picture, from left to right, without pictures or files."""

from __future__ import annotations

from collections.abc import Sequence

from recordings.rules.motion import observations, traces
from recordings.rules.motion.activity import Activity
from recordings.rules.motion.observations import FINE_COLUMNS, FINE_ROWS, Shape, Sighting
from recordings.rules.spans import Span

MINUTE_MS, WALK_MS = 60_000, 6_000
_EVERY_MS, _PART_MS = 200, 2_000


def trace_of(start_ms: int, walks_ms: Sequence[int], *, contrast: int = 50) -> bytes:
    """MotionTrace.entries of a minute. `walks_ms`: when in it somebody begins to walk; each takes WALK_MS and is a tenth of the picture."""
    sightings = [
        Sighting(start_ms + walk_ms + at_ms, (_walker(at_ms / WALK_MS, contrast),))
        for walk_ms in walks_ms
        for at_ms in range(0, WALK_MS, _EVERY_MS)
    ]
    activities = []
    for part_ms in range(start_ms, start_ms + MINUTE_MS, _PART_MS):
        span = Span(part_ms, part_ms + _PART_MS)
        seen = [sighting for sighting in sightings if span.start_ms <= sighting.at_ms < span.end_ms]
        activities.append(Activity(span, observed=observations.to_bytes(seen, span.start_ms)))
    return traces.to_bytes(activities)


def _walker(part: float, contrast: int) -> Shape:
    """At y 0.6, from x 0.1 to 0.9."""
    x, y = 0.1 + 0.8 * part, 0.6
    left, top = round((x - 0.025) * FINE_COLUMNS), round((y - 0.125) * FINE_ROWS)
    right, bottom = round((x + 0.025) * FINE_COLUMNS), round((y + 0.125) * FINE_ROWS)
    return Shape(left, top, right, bottom, round(x * 255), round(y * 255), 60, contrast, 80, 60, 0)
