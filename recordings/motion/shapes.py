"""Cells that changed, joined to shapes and described."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recordings.motion.sizes import CELL_PX, HEIGHT, WIDTH, Cells
from recordings.rules.motion.observations import FINE_COLUMNS, FINE_ROWS, MOST_SHAPES, Shape

_CELL_PIXELS = CELL_PX * CELL_PX
_GONE = 1.5
_ENOUGH_PIXELS, _SOME_PIXELS = 4, 2
_TEN_THOUSAND = 10_000 / (WIDTH * HEIGHT)


class Changes(NamedTuple):
    """Per cell: how many pixels changed, by how much all in all, how many of them since the last picture; means of the ground and of what
    the picture is off it; unrest.
    """

    pixels: Cells
    amount: Cells
    stirred: Cells
    ground: Cells
    off: Cells
    unrest: Cells


def changed_cells(pixels: Cells) -> NDArray[np.bool_]:
    """Cells in which enough pixels changed, and their neighbours in which at least some did."""
    sure = pixels >= _ENOUGH_PIXELS
    padded = np.zeros((FINE_ROWS + 2, FINE_COLUMNS + 2), bool)
    padded[1:-1, 1:-1] = sure
    across = padded[:, :-2] | padded[:, 1:-1] | padded[:, 2:]
    near = across[:-2] | across[1:-1] | across[2:]
    return sure | (near & (pixels >= _SOME_PIXELS))


def labelled(cells: NDArray[np.bool_]) -> tuple[NDArray[np.intp], int]:
    """Numbers from 1 for cells that touch each other, also by a corner; and how many numbers there are.

    Runs of each row are joined to those of the row above that they touch.
    """
    padded = np.zeros((cells.shape[0], cells.shape[1] + 2), np.int8)
    padded[:, 1:-1] = cells
    steps = np.diff(padded, axis=1)
    rows, starts = (steps == 1).nonzero()
    ends = (steps == -1).nonzero()[1]
    roots = list(range(len(rows)))
    run_rows, run_starts, run_ends = rows.tolist(), starts.tolist(), ends.tolist()
    above = 0
    for run, row in enumerate(run_rows):
        while above < run and (run_rows[above] < row - 1 or (run_rows[above] == row - 1 and run_ends[above] < run_starts[run])):
            above += 1
        other = above
        while other < run and run_rows[other] == row - 1 and run_starts[other] <= run_ends[run]:
            _join(roots, run, other)
            other += 1
    names: dict[int, int] = {}
    labels = np.zeros(cells.shape, np.intp)
    for run, row in enumerate(run_rows):
        labels[row, run_starts[run] : run_ends[run]] = names.setdefault(_root(roots, run), len(names) + 1)
    return labels, len(names)


def shapes_of(labels: NDArray[np.intp], count: int, changes: Changes) -> list[tuple[int, Shape, bool]]:
    """With their labels, largest first, MOST_SHAPES at most; and whether it is rather the ground that shows something which is gone: then
    the border is in the ground and not in the picture.
    """
    flat = labels.ravel()

    def total(plane: Cells) -> NDArray[np.float64]:
        return np.bincount(flat, plane.ravel(), count + 1).astype(np.float64, copy=False)

    pixels = total(changes.pixels)
    pixels[0] = 0
    chosen = [int(label) for label in np.argsort(-pixels)[:MOST_SHAPES] if pixels[label] > 0]
    amount, stirred, unrest = total(changes.amount), total(changes.stirred), total(changes.unrest * changes.pixels)
    x, y = total(changes.pixels * _CELL_X), total(changes.pixels * _CELL_Y)
    sure = np.where(changes.pixels >= _ENOUGH_PIXELS, labels, 0)  # cells that are only touched would blur the border
    (steps, ground_steps, picture_steps), borders = _steps(sure, count, (changes.off, changes.ground, changes.ground + changes.off))
    level = np.bincount(sure.ravel(), np.abs(changes.off).ravel(), count + 1) / np.maximum(
        np.bincount(sure.ravel(), minlength=count + 1), 1
    )
    found = []
    for label in chosen:
        rows, columns = (labels == label).nonzero()
        share = pixels[label]
        edge = steps[label] / max(borders[label], 1) / max(level[label], 0.5)
        found.append(
            (
                label,
                Shape(
                    left=int(columns.min()),
                    top=int(rows.min()),
                    right=int(columns.max()) + 1,
                    bottom=int(rows.max()) + 1,
                    x=_byte(x[label] / share * 255),
                    y=_byte(y[label] / share * 255),
                    area=min(round(share * _TEN_THOUSAND), 10_000),
                    contrast=_byte(amount[label] / share),
                    edge=_percent(edge),
                    stir=_percent(stirred[label] / share),
                    unrest=_percent(unrest[label] / share),
                ),
                bool(ground_steps[label] > _GONE * picture_steps[label]),
            )
        )
    return found


def _steps(labels: NDArray[np.intp], count: int, planes: Sequence[Cells]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Per plane and label the steps over the label's border, added up; and how many there are."""
    steps, borders = np.zeros((len(planes), count + 1)), np.zeros(count + 1, np.int64)
    for here, there in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        for inner, outer in itertools.permutations((labels[here], labels[there])):
            at = (inner > 0) & (outer == 0)
            names = inner[at]
            borders += np.bincount(names, minlength=count + 1)
            for number, plane in enumerate(planes):
                steps[number] += np.bincount(names, np.abs(plane[here][at] - plane[there][at]), count + 1)
    return steps, borders


def _root(roots: list[int], run: int) -> int:
    while roots[run] != run:
        roots[run] = roots[roots[run]]
        run = roots[run]
    return run


def _join(roots: list[int], one: int, other: int) -> None:
    first, second = _root(roots, one), _root(roots, other)
    roots[max(first, second)] = min(first, second)


def _byte(value: float) -> int:
    return min(max(round(value), 0), 255)


def _percent(value: float) -> int:
    return min(max(round(value * 100), 0), 100)


_CELL_X = np.broadcast_to(((np.arange(FINE_COLUMNS) + 0.5) / FINE_COLUMNS).astype(np.float32), (FINE_ROWS, FINE_COLUMNS))
_CELL_Y = np.broadcast_to(((np.arange(FINE_ROWS) + 0.5) / FINE_ROWS).astype(np.float32)[:, None], (FINE_ROWS, FINE_COLUMNS))
