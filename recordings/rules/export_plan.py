"""Which parts of which segments make up an export, and what it will weigh. Pure.

A piece is what one segment gives. Only the first piece can begin inside a segment, where a file's edit hides what lies before; every
other one begins where its segment does, with a keyframe. What is missing between two pieces is cut out, unless it is so short that nobody
would call it a gap: then the picture before it stands still, and the wall clock goes on undisturbed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from recordings.rules.accounting import JOIN_MS
from recordings.rules.fragments import Fragment
from recordings.rules.spans import Span
from streaming.media.timing import ms_to_90k

# The sample tables, per picture and sound frame, and all else that is no footage.
_TABLE_SHARE = 0.004
_FIXED_BYTES = 4096
# Media time and wall time disagree by more: one of them was set.
_CLOCK_SET_MS = 5_000


@dataclass(frozen=True, slots=True)
class Source:
    """One segment. `gops` as in the catalogue; `look` is equal for segments that very likely fit into one file."""

    path: Path
    span: Span
    started_90k: int
    size_bytes: int
    init_bytes: int
    gops: tuple[Fragment, ...]
    look: tuple[object, ...] = ()
    pixels: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """Of `source`, from `first` (a GOP) on. `start_90k` and `end_90k` are in the file's time: what is shown begins and ends there; None for
    all. `pause_90k`: how long the picture before stands still.
    """

    source: Source
    first: Fragment
    start_90k: int | None
    end_90k: int | None
    pause_90k: int = 0


def pieces_of(sources: Iterable[Source], window: Span) -> list[Piece]:
    """`sources` in order of time."""
    found: list[Piece] = []
    for source in sources:
        if not source.gops or source.span.start_ms >= window.end_ms or source.span.end_ms <= window.start_ms:
            continue
        start_90k = ms_to_90k(window.start_ms - source.span.start_ms) if not found and source.span.start_ms < window.start_ms else None
        end_90k = ms_to_90k(window.end_ms - source.span.start_ms) if source.span.end_ms > window.end_ms else None
        skipped = ms_to_90k(max(window.start_ms - source.span.start_ms, 0))
        first = next((gop for gop in reversed(source.gops) if gop.start_90k <= skipped), source.gops[0])
        pause_90k = _pause(found[-1].source, source) if found else 0
        found.append(Piece(source, first, start_90k, end_90k, pause_90k if pause_90k <= ms_to_90k(JOIN_MS) else 0))
    return found


def weigh(pieces: Sequence[Piece]) -> int:
    """The expected size in bytes: within a GOP and a few per mille."""
    total = 0
    for piece in pieces:
        for gop in piece.source.gops:
            if gop.offset_bytes >= piece.first.offset_bytes and (piece.end_90k is None or gop.start_90k < piece.end_90k):
                total += gop.size_bytes
    return int(total * (1 + _TABLE_SHARE)) + _FIXED_BYTES if total else 0


def expected_files(pieces: Sequence[Piece]) -> int:
    """How many files it will be: a new one begins when the parameters change."""
    return len([look for look, _ in groupby(piece.source.look for piece in pieces)])


def file_name(camera: str, start_ms: int, ending: str) -> str:
    """front-door_2026-11-22T10-00-00Z.mp4: sorts by camera and time, and any file system takes it."""
    return f"{camera}_{datetime.fromtimestamp(start_ms / 1000, UTC):%Y-%m-%dT%H-%M-%S}Z.{ending}"


def gaps_in(pieces: Sequence[Piece], window: Span) -> list[Span]:
    """What of the window no piece shows, but for pauses that nobody would call a gap."""
    gaps, at = [], window.start_ms
    for piece in pieces:
        if piece.source.span.start_ms - at > JOIN_MS:
            gaps.append(Span(at, piece.source.span.start_ms))
        at = max(at, piece.source.span.end_ms)
    if window.end_ms - at > JOIN_MS:
        gaps.append(Span(at, window.end_ms))
    return gaps


def _pause(before: Source, after: Source) -> int:
    """In media time, which arrival does not make uneven, unless a clock was set."""
    last = before.gops[-1]
    media_90k = after.started_90k - (before.started_90k + last.start_90k + last.duration_90k)
    wall_90k = ms_to_90k(after.span.start_ms - before.span.end_ms)
    return max(wall_90k if abs(media_90k - wall_90k) > ms_to_90k(_CLOCK_SET_MS) else media_90k, 0)
