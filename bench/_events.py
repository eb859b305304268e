"""A million events of sixteen cameras, made by the database itself, and a week of what a detector keeps of one. On top of bench/_year.py.

Every fifty-thousandth is of a camera that was down, every hundred-thousandth in a zone of its own; camera 16 has one in a thousand of what
the others have. All but the newest two in a hundred are reviewed.
"""

from __future__ import annotations

import numpy as np
from django.db import connection

from bench._year import CAMERAS, NOW_MS
from cameras.models import Camera
from recordings.models import Event, MotionTrace, Segment
from recordings.rules.motion.activity import Activity, Box
from recordings.rules.motion.grid import CELLS, COLUMNS, ROWS
from recordings.rules.motion.traces import to_bytes
from recordings.rules.spans import Span

_FRAGMENT_MS = 2000
# Between two events of one camera.
EVERY_MS = 480_000
RARE_ZONE = "Attic"


def fill_events(count: int) -> None:
    is_sqlite = connection.vendor == "sqlite"
    moment = "'2026-11-22 00:00:00'" if is_sqlite else "TIMESTAMPTZ '2026-11-22 00:00:00+00'"
    off, on, json = ("0", "1", "") if is_sqlite else ("false", "true", "::jsonb")
    start = f"(CAST({NOW_MS} AS bigint) - CAST({count} - i AS bigint) * {EVERY_MS // CAMERAS})"
    values = {
        "camera_id": f"CASE WHEN i % 1000 = 15 THEN {CAMERAS} ELSE 1 + i % {CAMERAS - 1} END",
        "kind": "CASE WHEN i % 50000 = 77 THEN 'camera_down' ELSE 'motion' END",
        "start_ms": start,
        "end_ms": f"{start} + 20000",
        "seen_until_ms": f"{start} + 20000",
        "footage_start_ms": f"{start} - 5000",
        "footage_end_ms": f"{start} + 30000",
        "peak_score": "i * 37 % 101",
        "zones": f"""(CASE WHEN i % 100000 = 55 THEN '["{RARE_ZONE}"]' ELSE '["Drive", "Door"]' END){json}""",
        "labels": f"""'[{{"label": "person", "score": 0.8}}]'{json}""",
        "box": f"'[0.1, 0.2, 0.3, 0.4]'{json}",
        "best_at_ms": f"{start} + 4000",
        "subject": "''",
        "reason": "''",
        "has_picture": on,
        "has_preview": on,
        "is_late": off,
        "made_at": moment,
        "reviewed_at": f"CASE WHEN i < {count} / 50 * 49 THEN {moment} END",
        "touched_at_ms": "0",
        "told_at_ms": "0",
        "needs_pictures": off,
    }
    table = Event._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {count})"
            f" INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())} FROM n"
        )
        if not is_sqlite:
            cursor.execute(f"VACUUM ANALYZE {table}")  # as its autovacuum would in time


def fill_traces(camera: Camera, days: int) -> int:
    """Of the newest segments. By day something moves in every third minute, for a quarter of it. Returns how many fragments moved."""
    chance, moved, traces = np.random.default_rng(7), 0, []
    rows = Segment.objects.filter(camera=camera, role="main", started_at_ms__gte=NOW_MS - days * 86_400_000).order_by("started_at_ms")
    for segment in rows:
        is_day = 7 <= segment.started_at_ms // 3_600_000 % 24 < 22
        first = int(chance.integers(0, 22)) if chance.random() < (0.35 if is_day else 0.04) else None
        last = 0 if first is None else first + int(chance.integers(2, 15))
        activities = _activities(chance, segment, first, min(last, 30))
        moved += last - (first or 0)
        traces.append(
            MotionTrace(
                segment=segment,
                camera=camera,
                started_at_ms=segment.started_at_ms,
                analysed_until_ms=segment.ended_at_ms,
                peak_score=max(activity.score for activity in activities),
                entries=to_bytes(activities),
            )
        )
    MotionTrace.objects.bulk_create(traces, batch_size=500)
    return moved


def _activities(chance: np.random.Generator, segment: Segment, first: int | None, last: int) -> list[Activity]:
    """Quiet fragments are told together, as the detector does."""
    start_ms, end_ms = segment.started_at_ms, segment.ended_at_ms
    if first is None:
        return [Activity(Span(start_ms, end_ms))]
    found = [Activity(Span(start_ms, start_ms + first * _FRAGMENT_MS))] if first else []
    for number in range(first, last):
        at_ms = start_ms + number * _FRAGMENT_MS
        grid = np.zeros((ROWS, COLUMNS), np.uint8)
        row, column = int(chance.integers(0, ROWS - 4)), int(chance.integers(0, COLUMNS - 5))
        grid[row : row + 4, column : column + 5] = chance.integers(0, 10, (4, 5))
        span = Span(at_ms, at_ms + _FRAGMENT_MS)
        found.append(Activity(span, (span,), 50, ("Drive",), grid.reshape(CELLS).tobytes(), at_ms + 500, Box(0.1, 0.2, 0.3, 0.4)))
    rest = Span(start_ms + last * _FRAGMENT_MS, end_ms)
    return [*found, Activity(rest)] if rest.length_ms > 0 else found
