"""Boxes out of what an SSD (Liu et al., 2016) with six feature maps says: its anchors, its coding, and one box for each thing. Pure.

The coding is that of the TensorFlow object detection API: centre and size, as differences to the anchor in tenths of its size, sizes as
fifths of logarithms.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_MAPS = (19, 10, 5, 3, 2, 1)
_SMALLEST, _LARGEST = 0.2, 0.95
_ASPECTS = (1.0, 2.0, 0.5, 3.0, 1 / 3)
_CENTRE_SCALE, _SIZE_SCALE = 10.0, 5.0


def anchors() -> Floats:
    """Rows of centre y, centre x, height, width, in parts of the picture: as many as the network has boxes (1917)."""
    rows = []
    for number, cells in enumerate(_MAPS):
        sizes = _sizes(number)
        for row in range(cells):
            for column in range(cells):
                rows += [((row + 0.5) / cells, (column + 0.5) / cells, height, width) for height, width in sizes]
    return np.array(rows, np.float32)


def decoded(encodings: Floats, of: Floats) -> Floats:
    """Rows of x, y, width, height, in parts of the picture, from rows of encodings and their anchors."""
    centre_y, centre_x = (encodings[:, axis] / _CENTRE_SCALE * of[:, 2 + axis] + of[:, axis] for axis in (0, 1))
    height, width = (np.exp(np.minimum(encodings[:, 2 + axis] / _SIZE_SCALE, 4.0)) * of[:, 2 + axis] for axis in (0, 1))
    left, top = np.clip(centre_x - width / 2, 0, 1), np.clip(centre_y - height / 2, 0, 1)
    right, bottom = np.clip(centre_x + width / 2, 0, 1), np.clip(centre_y + height / 2, 0, 1)
    return np.stack([left, top, right - left, bottom - top], axis=1).astype(np.float32)


def best(boxes: Floats, scores: Floats, *, most: int, overlap: float = 0.5) -> list[int]:
    """The surest ones that do not overlap a surer one by more than this (intersection over union)."""
    kept: list[int] = []
    for index in np.argsort(-scores):
        if len(kept) == most:
            break
        if all(_overlap(boxes[index], boxes[other]) <= overlap for other in kept):
            kept.append(int(index))
    return kept


def _sizes(number: int) -> list[tuple[float, float]]:
    """Heights and widths of a feature map's anchors."""
    scale = _scale(number)
    if number == 0:
        return [_shape(0.1, 1.0), _shape(scale, 2.0), _shape(scale, 0.5)]
    between = (scale * _scale(number + 1)) ** 0.5
    return [*(_shape(scale, aspect) for aspect in _ASPECTS), (between, between)]


def _scale(number: int) -> float:
    return 1.0 if number == len(_MAPS) else _SMALLEST + (_LARGEST - _SMALLEST) * number / (len(_MAPS) - 1)


def _shape(scale: float, aspect: float) -> tuple[float, float]:
    return scale / aspect**0.5, scale * aspect**0.5


def _overlap(one: Floats, other: Floats) -> float:
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return float(shared / (one[2] * one[3] + other[2] * other[3] - shared))
