"""What the light did to a picture: a curve over all brightnesses (gain, exposure), and a soft field over places (clouds, lamps)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recordings.motion.sizes import CELL_PX, HEIGHT, WIDTH, Cells, Picture
from recordings.rules.motion.observations import FINE_COLUMNS, FINE_ROWS

_STEP = 6
_ROUNDS = 3
_BLOCK = 4  # cells along each side
_ROWS, _COLUMNS = FINE_ROWS // _BLOCK, FINE_COLUMNS // _BLOCK
# Less than this is grain.
_LEAST_FIELD = 2.0


def curve(ground: Picture, picture: Picture) -> tuple[float, float, float]:
    """How brightness became another on the whole: (c, b, a) of c + b x + a x², x from 0 to 1 and the result in grey levels.

    Places that do not follow the others are left out, round by round, so that what moves does not count.
    """
    x = ground[::_STEP, ::_STEP].ravel() * np.float32(1 / 255)
    y = picture[::_STEP, ::_STEP].ravel()
    found = np.zeros(3)
    for _ in range(_ROUNDS):
        powers = np.stack([np.ones_like(x), x, x * x])
        matrix = powers @ powers.T + np.diag([1e-3, 1e-3, 0.02 * len(x)])  # rather straight than bent
        found = np.linalg.solve(matrix, powers @ y + np.array([0, 0.255, 0]))
        off = np.abs(y - found.astype(np.float32) @ powers)
        kept = off <= 2.0 * _middle(off) + 1
        x, y = x[kept], y[kept]
    return float(found[0]), float(found[1]), float(found[2])


def applied(ground: Picture, found: tuple[float, float, float]) -> Picture:
    c, b, a = found
    x = ground * np.float32(1 / 255)
    result: Picture = np.float32(c) + x * (np.float32(b) + x * np.float32(a))
    return result


def field(means: Cells) -> Picture | None:
    """The soft part of a difference, from the means of its cells; None when there is none to speak of.

    Per block of cells the middle value, so that what fills less than half of a block does not show. A block that stands out from all
    around it is no light but a thing.
    """
    blocks = means.reshape(_ROWS, _BLOCK, _COLUMNS, _BLOCK).transpose(0, 2, 1, 3).reshape(_ROWS, _COLUMNS, _BLOCK * _BLOCK)
    middle = np.partition(blocks, _BLOCK * _BLOCK // 2, axis=2)[:, :, _BLOCK * _BLOCK // 2]
    if np.abs(middle).max() < _LEAST_FIELD:
        return None
    padded = np.pad(middle, 1, mode="edge")
    around = (padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]) / 4
    stands_out = np.abs(middle - around) > 0.35 * np.abs(middle) + 3
    soft = np.where(stands_out, 0, middle)
    result: Picture = (_UP_ROWS @ soft @ _UP_COLUMNS).astype(np.float32)
    return result


def _middle(values: NDArray[np.float32]) -> float:
    return float(np.partition(values, len(values) // 2)[len(values) // 2])


def _up(blocks: int, pixels: int) -> NDArray[np.float32]:
    """A matrix that makes `pixels` values of `blocks` ones, straight between their middles."""
    at = np.clip((np.arange(pixels) + 0.5) / (_BLOCK * CELL_PX) - 0.5, 0, blocks - 1)
    below = np.minimum(at.astype(int), blocks - 2)
    part = at - below
    found = np.zeros((pixels, blocks), np.float32)
    found[np.arange(pixels), below] = 1 - part
    found[np.arange(pixels), below + 1] += part
    return found


_UP_ROWS, _UP_COLUMNS = _up(_ROWS, HEIGHT), _up(_COLUMNS, WIDTH).T
