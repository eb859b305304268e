"""A camera on a mast with a yard on its left and another on its right: it stands, it turns, somebody walks. Small, for tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tests.support.motion_scenes import weather, yard

WIDTH, HEIGHT, FPS = 320, 180, 10
LEFT, RIGHT = 0.0, 0.3


class Stay(NamedTuple):
    """From `from_s` on it looks there, 0 to 1; in between it turns. `walks`: when somebody crosses what is seen then."""

    from_s: float
    until_s: float
    pan: float
    walks: tuple[float, float] | None = None


def pictures(seconds: float, stays: Sequence[Stay]) -> Iterator[NDArray[np.uint8]]:
    rng = np.random.default_rng(3)
    plain = yard.yard()
    wide = np.hstack([plain, plain[:, ::-1]])
    for number in range(round(seconds * FPS)):
        at_s = number / FPS
        left = round(_pan(at_s, stays) * yard.WIDTH)
        picture = wide[:, left : left + yard.WIDTH].copy()
        for walks in (stay.walks for stay in stays if stay.walks):
            if walks[0] <= at_s < walks[1]:
                part = (at_s - walks[0]) / (walks[1] - walks[0])
                yard.walker(picture, -20 + 680 * part, 300, 90, stride=part * 16)
        weather.grain(picture, rng, 4.0)
        yield np.clip(picture.reshape(HEIGHT, 2, WIDTH, 2).mean((1, 3)), 0, 255).astype(np.uint8)


def _pan(at_s: float, stays: Sequence[Stay]) -> float:
    for stay, then in pairwise(stays):
        if stay.until_s <= at_s < then.from_s:
            return stay.pan + (then.pan - stay.pan) * (at_s - stay.until_s) / (then.from_s - stay.until_s)
    return next((stay.pan for stay in stays if stay.from_s <= at_s < stay.until_s), stays[-1].pan)
