"""A year of sixteen cameras in the catalogue, made by the database itself: eight million segments with the gaps that cameras have.

Cameras 1 to 13 and 15 are down for six minutes every third day, camera 14 for one minute in thirty, camera 16 records from 8 to 18 h UTC.
Needs Django set up on an empty migrated database.
"""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime

from django.db import connection

from cameras.models import Camera, Stream
from recordings.models import RecordingNote, RecordingRule, Segment, Volume

NOW_MS = 1_795_305_600_000  # 2026-11-22T00:00Z
CAMERAS = 16
_MINUTE_MS = 60_000
# What a minute of groups of two seconds takes: 30 entries of about nine bytes.
INDEX_BYTES = 272

_MISSING = """CASE WHEN c = 14 THEN {i} % 30 = 7
    WHEN c = 16 THEN ({i} % 1440) / 60 NOT BETWEEN 8 AND 17
    ELSE ({i} / 1440) % 3 = c % 3 AND {i} % 1440 BETWEEN (437 + 13 * c + 7 * ({i} / 1440)) % 1433
        AND (437 + 13 * c + 7 * ({i} / 1440)) % 1433 + 5 END"""
# Where the first minute of a gap is, or of footage after one: a note stands there.
_CHANGES = """SELECT c, i, is_missing FROM (
    SELECT c, i, {missing} AS is_missing, CASE WHEN i = 0 THEN NULL ELSE {before} END AS was_missing FROM {grid}) AS minutes
    WHERE was_missing IS NULL OR is_missing <> was_missing"""


def fill(days: int) -> dict[str, float]:
    """Seconds taken by step."""
    volume = Volume.objects.create(id=uuid.UUID(int=7), name="bench", path="/nonexistent")
    made_at = datetime.fromtimestamp(NOW_MS / 1000 - days * 86_400, UTC)
    for number in range(1, CAMERAS + 1):
        camera = Camera.objects.create(pk=number, name=f"Camera {number}", slug=f"camera-{number}")
        Camera.objects.filter(pk=number).update(created_at=made_at)
        Stream.objects.create(camera=camera, role="main", url=f"rtsp://127.0.0.1/{number}")
        RecordingRule.objects.create(camera=camera, keep_days=None)
    started_s = time.monotonic()
    dropped = _drop_indexes()
    with connection.cursor() as cursor:
        cursor.execute(_segments(volume, days))
    rows_s = time.monotonic() - started_s
    with connection.cursor() as cursor:
        for statement in dropped:
            cursor.execute(statement)
        for statement in (_notes(days), *_coverage()):
            cursor.execute(statement)
        if connection.vendor == "postgresql":  # as its autovacuum would in time
            cursor.execute("VACUUM ANALYZE")
    return {"rows_s": round(rows_s, 1), "indexes_s": round(time.monotonic() - started_s - rows_s, 1)}


def _grid(days: int) -> str:
    """Rows (i, c): the minute and the camera, in the order in which recording makes them."""
    minutes = days * 1440
    if connection.vendor == "postgresql":
        return f"(SELECT i, c FROM generate_series(0, {minutes - 1}) AS i CROSS JOIN generate_series(1, {CAMERAS}) AS c) AS grid"
    counted = "(WITH RECURSIVE n(x) AS (SELECT {0} UNION ALL SELECT x + 1 FROM n WHERE x < {1}) SELECT x AS {2} FROM n)"
    return f"(SELECT i, c FROM {counted.format(0, minutes - 1, 'i')} CROSS JOIN {counted.format(1, CAMERAS, 'c')})"


def _segments(volume: Volume, days: int) -> str:
    start_ms = NOW_MS - days * 86_400_000
    begun_ms = f"(CAST({start_ms} AS bigint) + CAST(i AS bigint) * {_MINUTE_MS} + c * {_MINUTE_MS // (CAMERAS + 1)})"
    if connection.vendor == "postgresql":
        volume_id = f"'{volume.pk}'::uuid"
        path = f"to_char(to_timestamp({begun_ms} / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD/HH24-MI-SS.MS')"
        index, true = f"decode(repeat(md5(i::text || c::text), {INDEX_BYTES // 16}), 'hex')", "true"
    else:
        volume_id = f"'{volume.pk.hex}'"
        path = f"strftime('%Y-%m-%d/%H-%M-%f', {begun_ms} / 1000.0, 'unixepoch')"
        index, true = f"randomblob({INDEX_BYTES})", "1"
    size_bytes = "30000000 + (CAST(i AS bigint) * 7919 + c * 104729) % 2000000"
    values = {
        "camera_id": "c",
        "role": "'main'",
        "volume_id": volume_id,
        "path": f"'camera-' || c || '/main/' || {path} || 'Z.mp4'",
        "started_at_ms": begun_ms,
        "ended_at_ms": f"{begun_ms} + {_MINUTE_MS} - (i + c) % 40",
        "started_90k": f"{begun_ms} * 90",
        "generation": "1",
        "size_bytes": size_bytes,
        "init_bytes": "1100",
        '"index"': index,
        "video_codec": "'avc1.640029'",
        "audio_codec": "'mp4a.40.2'",
        "width_px": "1920",
        "height_px": "1080",
        "is_finished": true,
        "doomed_by": "''",
        "has_pictures": true,
    }
    there = f"NOT ({_MISSING.format(i='i')})"
    return (
        f"INSERT INTO {Segment._meta.db_table} ({', '.join(values)}) SELECT {', '.join(values.values())} FROM {_grid(days)} WHERE {there}"
    )


def _notes(days: int) -> str:
    start_ms = NOW_MS - days * 86_400_000
    changes = _CHANGES.format(missing=_MISSING.format(i="i"), before=_MISSING.format(i="(i - 1)"), grid=_grid(days))
    at_ms = f"CAST({start_ms} AS bigint) + CAST(i AS bigint) * {_MINUTE_MS} + c * {_MINUTE_MS // (CAMERAS + 1)} + 2000"
    kind = "CASE WHEN NOT is_missing THEN 'recording' WHEN c = 16 THEN 'schedule_off' ELSE 'camera_down' END"
    reason = "CASE WHEN is_missing AND c <> 16 THEN 'connection refused' ELSE '' END"
    table = RecordingNote._meta.db_table
    fields = "camera_id, role, at_ms, kind, reason, line"
    return f"INSERT INTO {table} ({fields}) SELECT c, 'main', {at_ms}, {kind}, {reason}, c || ':' || i FROM ({changes}) AS changes"


def _coverage() -> list[str]:
    """The sums that the catalogue keeps up: segments divided at midnight."""
    day_ms = 86_400_000
    midnight = f"(started_at_ms / {day_ms} + 1) * {day_ms}"
    before = f"size_bytes * ({midnight} - started_at_ms) / (ended_at_ms - started_at_ms)"
    parts = f"""SELECT camera_id, role, started_at_ms / {day_ms} AS day, {{least}}(ended_at_ms, {midnight}) - started_at_ms AS recorded_ms,
            CASE WHEN ended_at_ms > {midnight} THEN {before} ELSE size_bytes END AS size_bytes FROM recordings_segment
        UNION ALL SELECT camera_id, role, started_at_ms / {day_ms} + 1, ended_at_ms - {midnight}, size_bytes - {before}
            FROM recordings_segment WHERE ended_at_ms > {midnight}"""
    is_postgres = connection.vendor == "postgresql"
    parts = parts.format(least="least" if is_postgres else "min")
    date = f"to_timestamp(day * {day_ms // 1000})::date" if is_postgres else f"date(day * {day_ms // 1000}, 'unixepoch')"
    sums = f"SELECT camera_id, role, {date}, sum(recorded_ms), sum(size_bytes) FROM ({parts}) AS parts GROUP BY camera_id, role, day"
    of_volume = f"""SELECT volume_id, {date}, sum(size_bytes) FROM
        (SELECT volume_id, started_at_ms / {day_ms} AS day, size_bytes FROM recordings_segment) AS parts GROUP BY volume_id, day"""
    return [
        f"INSERT INTO recordings_coverageday (camera_id, role, day, recorded_ms, size_bytes) {sums}",
        f"INSERT INTO recordings_volumeday (volume_id, day, size_bytes) {of_volume}",
    ]


def _drop_indexes() -> list[str]:
    """Those that are no constraint: making them afterwards is much faster. Returns how to make them again."""
    table = Segment._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexdef NOT LIKE '%% UNIQUE %%'", [table])
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL", [table])
        found: list[tuple[str, str]] = cursor.fetchall()
        for name, _ in found:
            cursor.execute(f'DROP INDEX "{name}"')
    return [statement for _, statement in found]
