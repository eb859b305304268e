"""By how much a camera moved, found from the slopes of the picture (Lucas and Kanade, 1981), and the picture it would see from there."""

from __future__ import annotations

import numpy as np

from recordings.motion.sizes import Picture

_ROUNDS = 2
_FARTHEST_PX = 6.0
_CLIP = 25


def shift(ground: Picture, picture: Picture) -> tuple[float, float] | None:
    """(across, down) in pixels of the working size, by which the picture lies elsewhere than the ground; None when it can't be told."""
    across = down = 0.0
    for _ in range(_ROUNDS):
        moved_ground = moved(ground, across, down)
        slope_x = (moved_ground[1:-1, 2:] - moved_ground[1:-1, :-2]) * 0.5
        slope_y = (moved_ground[2:, 1:-1] - moved_ground[:-2, 1:-1]) * 0.5
        off = np.clip(picture[1:-1, 1:-1] - moved_ground[1:-1, 1:-1], -_CLIP, _CLIP)
        xx, xy, yy = float(np.vdot(slope_x, slope_x)), float(np.vdot(slope_x, slope_y)), float(np.vdot(slope_y, slope_y))
        x, y = float(np.vdot(slope_x, off)), float(np.vdot(slope_y, off))
        determinant = xx * yy - xy * xy
        if determinant <= 1e-3 * (xx + yy) ** 2:
            return None
        across -= (yy * x - xy * y) / determinant
        down -= (xx * y - xy * x) / determinant
        if abs(across) > _FARTHEST_PX or abs(down) > _FARTHEST_PX:
            return None
    return across, down


def moved(picture: Picture, across: float, down: float) -> Picture:
    """Edges are continued."""
    if not across and not down:
        return picture
    return _along(_along(picture, across, 1), down, 0)


def _along(picture: Picture, by: float, axis: int) -> Picture:
    whole = int(np.floor(by))
    part = np.float32(by - whole)
    first = _rolled(picture, whole, axis)
    result: Picture = first + part * (_rolled(picture, whole + 1, axis) - first)
    return result


def _rolled(picture: Picture, by: int, axis: int) -> Picture:
    if not by:
        return picture
    index = np.clip(np.arange(picture.shape[axis]) - by, 0, picture.shape[axis] - 1)
    result: Picture = picture.take(index, axis=axis)
    return result
