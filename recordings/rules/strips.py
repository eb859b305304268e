"""Preview strips: which pictures of a segment stand on its sprite, and where. Pure, so that a strip needs no description of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recordings.rules.fragments import Fragment
from recordings.rules.spans import Span
from streaming.media.timing import ms_to_90k

EVERY_MS = 10_000
TILE_WIDTH_PX = 160
_COLUMNS = 10
_MOST_TILES = 400
_SHAPE = (16, 9)  # of footage that doesn't say


@dataclass(frozen=True, slots=True)
class Strip:
    """Tile n, by rows from the left, stands for what was to be seen from start_ms + n * every_ms on."""

    span: Span
    every_ms: int
    tiles: int
    columns: int
    rows: int
    tile_width: int
    tile_height: int

    def tile_at(self, at_ms: int) -> int:
        return min(max((at_ms - self.span.start_ms) // self.every_ms, 0), self.tiles - 1)

    def begin_of(self, tile: int) -> int:
        return self.span.start_ms + tile * self.every_ms

    def corner_of(self, tile: int) -> tuple[int, int]:
        return tile % self.columns * self.tile_width, tile // self.columns * self.tile_height


def strip_of(span: Span, width_px: int, height_px: int) -> Strip:
    every_ms = max(EVERY_MS, -(-span.length_ms // _MOST_TILES))
    tiles = max(-(-span.length_ms // every_ms), 1)
    columns = min(tiles, _COLUMNS)
    width, height = (width_px, height_px) if width_px and height_px else _SHAPE
    tile_height = max(TILE_WIDTH_PX * height // width & ~1, 2)
    return Strip(span, every_ms, tiles, columns, -(-tiles // columns), TILE_WIDTH_PX, tile_height)


def gop_at(gops: Sequence[Fragment], offset_ms: int) -> Fragment:
    """The one on the screen that long after the beginning of the segment, or the first."""
    at_90k = ms_to_90k(offset_ms)
    return next((gop for gop in reversed(gops) if gop.start_90k <= at_90k), gops[0])


def moments_in(span: Span, every_ms: int) -> list[int]:
    """The multiples of `every_ms` since 1970 that lie in the span: however it is cut into segments, none is lost or comes twice."""
    first = -(-span.start_ms // every_ms) * every_ms
    return list(range(first, span.end_ms, every_ms))
