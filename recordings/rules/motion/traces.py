"""The compact form of a segment's activities, as MotionTrace.entries keeps it: JSON and grids, deflated together. Pure.

    u32 length of the JSON, JSON, then the counts of those entries that have any, CELLS bytes each (little endian, zlib)

A year of a camera is half a million segments, most of them without motion: those cost some 40 bytes.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable
from typing import Any

from recordings.rules.motion.activity import Activity, Box
from recordings.rules.motion.grid import CELLS
from recordings.rules.spans import Span

_LENGTH = struct.Struct("<I")
_LARGEST_BYTES = 8 * 2**20


class TraceError(ValueError):
    """Not what to_bytes() made."""


def to_bytes(activities: Iterable[Activity]) -> bytes:
    rows, grids = [], []
    for activity in activities:
        rows.append(_to_row(activity))
        if activity.counts:
            grids.append(activity.counts)
    head = json.dumps(rows, separators=(",", ":")).encode()
    return zlib.compress(_LENGTH.pack(len(head)) + head + b"".join(grids), 6)


def from_bytes(data: bytes) -> tuple[Activity, ...]:
    """Raises TraceError."""
    if not data:
        return ()
    try:
        inflater = zlib.decompressobj()
        plain = inflater.decompress(data, _LARGEST_BYTES)
        (length,) = _LENGTH.unpack_from(plain)
        rows = json.loads(plain[_LENGTH.size : _LENGTH.size + length])
        grids = plain[_LENGTH.size + length :]
        found, at = [], 0
        for row in rows:
            has_counts = bool(row[4])
            found.append(_from_row(row, grids[at : at + CELLS] if has_counts else b""))
            at += CELLS if has_counts else 0
    except (zlib.error, struct.error, ValueError, IndexError, TypeError) as error:
        raise TraceError(f"a motion trace that can't be read: {error}") from error
    if at != len(grids):
        raise TraceError("a motion trace with a torn grid")
    return tuple(found)


def _to_row(activity: Activity) -> list[Any]:
    start_ms = activity.span.start_ms
    moving = [[span.start_ms - start_ms, span.length_ms] for span in activity.moving]
    box = [round(value, 4) for value in activity.box] if activity.box else None
    best = None if activity.best_at_ms is None else activity.best_at_ms - start_ms
    has_counts = int(bool(activity.counts))
    return [start_ms, activity.span.length_ms, moving, activity.score, has_counts, list(activity.zones), best, box, activity.skipped]


def _from_row(row: list[Any], counts: bytes) -> Activity:
    start_ms, length_ms, moving, score, _has_counts, zones, best, box, skipped = row
    return Activity(
        span=Span(start_ms, start_ms + length_ms),
        moving=tuple(Span(start_ms + offset, start_ms + offset + length) for offset, length in moving),
        score=score,
        zones=tuple(zones),
        counts=counts,
        best_at_ms=None if best is None else start_ms + best,
        box=None if box is None else Box(*box),
        skipped=skipped,
    )
