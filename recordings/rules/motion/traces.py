"""The compact form of a segment's activities, as MotionTrace.entries keeps it: JSON, grids and observations, deflated together. Pure.

    u32 length of the JSON, JSON, then of each entry its counts (CELLS bytes) and what was observed, if it has any (little endian, zlib)

A year of a camera is half a million segments, most of them without motion: those cost some 40 bytes, as one entry (quiet ones are joined).
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from recordings.rules.motion.activity import Activity, Box
from recordings.rules.motion.grid import CELLS
from recordings.rules.spans import Span

_LENGTH = struct.Struct("<I")
_LARGEST_BYTES = 8 * 2**20


class TraceError(ValueError):
    """Not what to_bytes() made."""


def to_bytes(activities: Iterable[Activity]) -> bytes:
    rows, rest = [], []
    for activity in activities:
        rows.append(_to_row(activity))
        rest += [activity.counts, activity.observed]
    head = json.dumps(rows, separators=(",", ":")).encode()
    return zlib.compress(_LENGTH.pack(len(head)) + head + b"".join(rest), 6)


def from_bytes(data: bytes) -> tuple[Activity, ...]:
    """Raises TraceError."""
    if not data:
        return ()
    try:
        inflater = zlib.decompressobj()
        plain = inflater.decompress(data, _LARGEST_BYTES)
        (length,) = _LENGTH.unpack_from(plain)
        rows = json.loads(plain[_LENGTH.size : _LENGTH.size + length])
        rest = plain[_LENGTH.size + length :]
        found, at = [], 0
        for row in rows:
            grid, end = at + (CELLS if row[4] else 0), at + (CELLS if row[4] else 0) + row[9]
            found.append(_from_row(row, rest[at:grid], rest[grid:end]))
            at = end
    except (zlib.error, struct.error, ValueError, IndexError, TypeError) as error:
        raise TraceError(f"a motion trace that can't be read: {error}") from error
    if at != len(rest):
        raise TraceError("a motion trace with a torn grid")
    return tuple(found)


def joined_quiet(activities: Iterable[Activity]) -> list[Activity]:
    """Neighbours that have nothing to tell apart, or were left out for the same reason, made one."""
    found: list[Activity] = []
    for activity in activities:
        last = found[-1] if found else None
        if last and last.span.end_ms == activity.span.start_ms and last.skipped == activity.skipped and last.is_quiet and activity.is_quiet:
            found[-1] = replace(last, span=Span(last.span.start_ms, activity.span.end_ms))
        else:
            found.append(activity)
    return found


def _to_row(activity: Activity) -> list[Any]:
    start_ms = activity.span.start_ms
    moving = [[span.start_ms - start_ms, span.length_ms] for span in activity.moving]
    box = [round(value, 4) for value in activity.box] if activity.box else None
    best = None if activity.best_at_ms is None else activity.best_at_ms - start_ms
    has_counts = int(bool(activity.counts))
    zones, observed = list(activity.zones), len(activity.observed)
    return [start_ms, activity.span.length_ms, moving, activity.score, has_counts, zones, best, box, activity.skipped, observed]


def _from_row(row: list[Any], counts: bytes, observed: bytes) -> Activity:
    start_ms, length_ms, moving, score, _has_counts, zones, best, box, skipped, _observed_bytes = row
    return Activity(
        span=Span(start_ms, start_ms + length_ms),
        moving=tuple(Span(start_ms + offset, start_ms + offset + length) for offset, length in moving),
        score=score,
        zones=tuple(zones),
        counts=counts,
        best_at_ms=None if best is None else start_ms + best,
        box=None if box is None else Box(*box),
        skipped=skipped,
        observed=observed,
    )
