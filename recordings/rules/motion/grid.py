"""The grid over a camera's picture in which motion is kept and searched: COLUMNS by ROWS cells, row by row from the top left. Pure.

Points are parts of the picture, 0 to 1 from the top left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

COLUMNS, ROWS = 32, 18
CELLS = COLUMNS * ROWS
FEWEST_POINTS, MOST_POINTS = 3, 40

Point = tuple[float, float]
Polygon = tuple[Point, ...]


class PolygonError(ValueError):
    """Not a polygon. The message says what is wrong, for whoever drew it."""


def parse_polygon(stored: Any) -> Polygon:
    """From [[x, y], …]. Raises PolygonError."""
    if not isinstance(stored, (list, tuple)) or not FEWEST_POINTS <= len(stored) <= MOST_POINTS:
        raise PolygonError(f"give {FEWEST_POINTS} to {MOST_POINTS} corners")
    points = []
    for number, point in enumerate(stored, 1):
        if not isinstance(point, (list, tuple)) or len(point) != 2 or not all(_is_part(value) for value in point):
            raise PolygonError(f"corner {number} is not two numbers from 0 to 1")
        points.append((float(point[0]), float(point[1])))
    return tuple(points)


def cells_in(polygon: Sequence[Point]) -> frozenset[int]:
    """The cells whose middle lies inside; of a polygon smaller than a cell, those that hold its corners."""
    inside = frozenset(
        row * COLUMNS + column
        for row in range(ROWS)
        for column in range(COLUMNS)
        if contains(polygon, (column + 0.5) / COLUMNS, (row + 0.5) / ROWS)
    )
    return inside or frozenset(cell_at(x, y) for x, y in polygon)


def cell_at(x: float, y: float) -> int:
    column = min(max(int(x * COLUMNS), 0), COLUMNS - 1)
    row = min(max(int(y * ROWS), 0), ROWS - 1)
    return row * COLUMNS + column


def contains(polygon: Sequence[Point], x: float, y: float) -> bool:
    """By the even-odd rule."""
    is_inside = False
    previous_x, previous_y = polygon[-1]
    for corner_x, corner_y in polygon:
        if (corner_y > y) != (previous_y > y) and x < (previous_x - corner_x) * (y - corner_y) / (previous_y - corner_y) + corner_x:
            is_inside = not is_inside
        previous_x, previous_y = corner_x, corner_y
    return is_inside


def watched_cells(watch: Iterable[Sequence[Point]], ignore: Iterable[Sequence[Point]]) -> frozenset[int]:
    """Without a polygon to watch, all but what is ignored."""
    watched = [cells_in(polygon) for polygon in watch]
    cells = frozenset().union(*watched) if watched else frozenset(range(CELLS))
    return cells.difference(*(cells_in(polygon) for polygon in ignore))


def _is_part(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1
