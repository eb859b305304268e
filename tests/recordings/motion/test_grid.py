from __future__ import annotations

import pytest

from recordings.rules.motion.grid import CELLS, COLUMNS, ROWS, PolygonError, cell_at, cells_in, parse_polygon, watched_cells

LEFT_HALF = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
TOP_HALF = ((0.0, 0.0), (1.0, 0.0), (1.0, 0.5), (0.0, 0.5))


def test_a_half_is_half_of_the_cells() -> None:
    assert cells_in(LEFT_HALF) == {row * COLUMNS + column for row in range(ROWS) for column in range(COLUMNS // 2)}


def test_the_order_of_corners_does_not_matter() -> None:
    assert cells_in(tuple(reversed(TOP_HALF))) == cells_in(TOP_HALF)


def test_a_polygon_smaller_than_a_cell_has_the_cell_it_lies_in() -> None:
    assert cells_in(((0.501, 0.501), (0.502, 0.501), (0.502, 0.502))) == {cell_at(0.5015, 0.5015)}


def test_without_a_watched_zone_all_but_the_ignored_is_watched() -> None:
    assert watched_cells([], []) == frozenset(range(CELLS))
    assert watched_cells([], [LEFT_HALF]) == frozenset(range(CELLS)) - cells_in(LEFT_HALF)


def test_what_is_ignored_is_taken_out_of_what_is_watched() -> None:
    assert watched_cells([LEFT_HALF], [TOP_HALF]) == cells_in(LEFT_HALF) - cells_in(TOP_HALF)


def test_the_edges_of_the_picture_are_in_its_last_cells() -> None:
    assert cell_at(1.0, 1.0) == CELLS - 1
    assert cell_at(0.0, 0.0) == 0


@pytest.mark.parametrize(
    "stored",
    [None, "0,0", [], [[0, 0], [1, 1]], [[0, 0]] * 41, [[0, 0], [1, 0], [1]], [[0, 0], [1, 0], [1, 2]], [[0, 0], [1, 0], [1, True]]],
)
def test_what_is_no_polygon_is_refused(stored: object) -> None:
    with pytest.raises(PolygonError):
        parse_polygon(stored)


def test_the_corner_that_is_none_is_named() -> None:
    with pytest.raises(PolygonError, match="corner 3 is not two numbers from 0 to 1"):
        parse_polygon([[0, 0], [1, 0], [1, float("nan")]])


def test_a_stored_polygon_is_read() -> None:
    assert parse_polygon([[0, 0], [1, 0.5], [0.25, 1]]) == ((0.0, 0.0), (1.0, 0.5), (0.25, 1.0))
