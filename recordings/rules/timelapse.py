"""Which pictures a timelapse shows. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from recordings.rules.export_plan import Piece
from recordings.rules.fragments import Fragment
from recordings.rules.spans import Span
from recordings.rules.strips import gop_at
from streaming.media.timing import ms_to_90k

FPS = 30
LONGEST_PICTURES = 60 * 60 * FPS
# About what a picture of so many pixels weighs.
_BYTES_PER_PIXEL = 0.04
# Per group of pictures: the instants that fall into it, in the file's time.
Shots = Sequence[tuple[Fragment, Sequence[int]]]


def shots_of(pieces: Sequence[Piece], window: Span, speed: int) -> list[Shots]:
    """For each piece. Instants are evenly spread over the window; where there is no footage there is none."""
    found: list[Shots] = []
    for piece in pieces:
        span = piece.source.span
        first = max(-(-(span.start_ms - window.start_ms) * FPS // (speed * 1000)), 0)
        end_ms = min(span.end_ms, window.end_ms)
        instants = []
        number = first
        while (at_ms := window.start_ms + number * speed * 1000 // FPS) < end_ms:
            instants.append(max(at_ms - span.start_ms, 0))
            number += 1
        groups = groupby(instants, key=lambda offset_ms: gop_at(piece.source.gops, offset_ms))
        found.append([(gop, [ms_to_90k(offset_ms) for offset_ms in its]) for gop, its in groups])
    return found


def pictures_in(window_ms: int, speed: int) -> int:
    return window_ms * FPS // (speed * 1000)


def weigh_timelapse(recorded_ms: int, speed: int, pixels: int) -> int:
    return int(pictures_in(recorded_ms, speed) * pixels * _BYTES_PER_PIXEL)
