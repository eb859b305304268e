"""The working size: every picture is shrunk to it, whatever its own. Chosen by measurement, docs/motion.md."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recordings.rules.motion.observations import FINE_COLUMNS, FINE_ROWS

CELL_PX = 3
WIDTH, HEIGHT = FINE_COLUMNS * CELL_PX, FINE_ROWS * CELL_PX

Picture = NDArray[np.float32]
Cells = NDArray[np.float32]


def to_means(picture: Picture) -> Cells:
    return to_cells(picture) * np.float32(1 / CELL_PX**2)


def to_cells(picture: Picture) -> Cells:
    """The sum of each cell's pixels."""
    across = picture[:, 0::CELL_PX] + picture[:, 1::CELL_PX] + picture[:, 2::CELL_PX]
    found: Cells = across[0::CELL_PX] + across[1::CELL_PX] + across[2::CELL_PX]
    return found
