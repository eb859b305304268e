"""A corner of the yard, small and short, for tests: nothing, a walker, leaves in the wind."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tests.support.motion_scenes import weather, yard

WIDTH, HEIGHT, FPS = 320, 180, 10


def pictures(
    seconds: float, *, walks: tuple[float, float] | None = None, is_windy: bool = False, grain: float = 2.0
) -> Iterator[NDArray[np.uint8]]:
    """Somebody walks through from one second to another."""
    rng = np.random.default_rng(3)
    for number in range(round(seconds * FPS)):
        at_s, picture = number / FPS, yard.yard().copy()
        if is_windy:
            yard.flag(picture, 470, 60, 90, at_s)
        if walks and walks[0] <= at_s < walks[1]:
            part = (at_s - walks[0]) / (walks[1] - walks[0])
            yard.walker(picture, -20 + 680 * part, 300, 90, stride=part * 16)
        weather.grain(picture, rng, grain * 2)
        small = picture.reshape(HEIGHT, 2, WIDTH, 2).mean((1, 3))
        yield np.clip(small, 0, 255).astype(np.uint8)
