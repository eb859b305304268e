"""What changes a picture without being motion: rain, grain, light, an insect near the lens, a camera that shakes."""

from __future__ import annotations

import math

import numpy as np

from tests.support.motion_scenes.yard import HEIGHT, WIDTH, Picture

_COLUMNS, _ROWS = np.meshgrid(np.arange(WIDTH, dtype=np.float32), np.arange(HEIGHT, dtype=np.float32))


def grain(picture: Picture, rng: np.random.Generator, sigma: float) -> None:
    picture += sigma * rng.standard_normal(picture.shape, dtype=np.float32)


def rain(picture: Picture, rng: np.random.Generator, drops: int = 70) -> None:
    """Bright streaks, elsewhere in each picture; near ones are long."""
    for _ in range(drops):
        depth = rng.random()
        length, bright = int(8 + 26 * depth * depth), 12 + 40 * depth
        x, y = rng.integers(4, WIDTH - 4), rng.integers(0, HEIGHT - length)
        slant = rng.random() * 0.15
        width = 2 if depth > 0.8 else 1
        for row in range(length):
            left = int(x - slant * row)
            if 0 <= left < WIDTH - 2:
                picture[y + row, left : left + width] += bright


def headlights(picture: Picture, x: float, y: float, size: float = 70, bright: float = 1.1) -> None:
    """The light of a car that turns somewhere else: brighter ground in a soft patch, nothing solid."""
    patch = np.exp(-(((_COLUMNS - x) / size) ** 2) - ((_ROWS - y) / (size * 0.45)) ** 2)
    picture *= 1 + bright * patch


def clouds(picture: Picture, at_s: float, depth: float = 0.38) -> None:
    """Shadows as large as the yard that drift over it."""
    drift = _COLUMNS * 0.009 + _ROWS * 0.004 - at_s * 0.55
    shade = 0.5 + 0.5 * np.sin(drift) * np.sin(0.6 * drift + 0.007 * _ROWS + 1.0)
    picture *= 1 - depth * shade


def dusk(picture: Picture, part: float) -> Picture:
    """What is left of the day, 0 to 1: a long shadow with a sharp edge goes, all becomes darker, what was bright more so, and a lamp at the
    wall takes over.
    """
    day = picture * (1 - 0.4 * (1 - part) * (_COLUMNS - 0.6 * _ROWS < 230))
    dim = day * (1 - 0.72 * part) - 0.0008 * part * day * day
    lamp = np.exp(-(((_COLUMNS - 520) / 130) ** 2) - ((_ROWS - 190) / 110) ** 2)
    found: Picture = (dim + 0.35 * part * part * lamp * picture).astype(np.float32)
    return found


def insect(picture: Picture, x: float, y: float, size: float, shade: float = 235) -> None:
    """So near that it is a blur."""
    distance = ((_COLUMNS - x) / size) ** 2 + ((_ROWS - y) / (size * 0.6)) ** 2
    alpha = 0.85 / (1 + np.exp(6 * (distance - 1)))
    picture += alpha * (shade - picture)


def shaken(picture: Picture, across: float, down: float) -> Picture:
    """The same picture, moved by parts of pixels."""
    whole_x, whole_y = math.floor(across), math.floor(down)
    part_x, part_y = across - whole_x, down - whole_y
    padded = np.pad(picture, 12, mode="edge")

    def at(offset_x: int, offset_y: int) -> Picture:
        top, left = 12 - whole_y - offset_y, 12 - whole_x - offset_x
        return padded[top : top + HEIGHT, left : left + WIDTH]

    upper = at(0, 0) * (1 - part_x) + at(1, 0) * part_x
    lower = at(0, 1) * (1 - part_x) + at(1, 1) * part_x
    found: Picture = (upper * (1 - part_y) + lower * part_y).astype(np.float32)
    return found


def wobble(at_s: float, size: float) -> tuple[float, float]:
    """A pole in the wind: several frequencies, none of them the camera's."""
    across = math.sin(2 * math.pi * 2.3 * at_s) + 0.6 * math.sin(2 * math.pi * 3.7 * at_s + 1)
    down = 0.6 * math.sin(2 * math.pi * 2.9 * at_s + 2)
    gust = 0.5 + 0.5 * math.sin(2 * math.pi * at_s / 9)
    return size * across * gust / 1.6, size * down * gust / 1.6


def night(picture: Picture) -> Picture:
    """The same place by infrared light: foliage bright, the sky's light gone, brightest in the middle."""
    reach = np.exp(-(((_COLUMNS - WIDTH / 2) / (WIDTH * 0.45)) ** 2) - ((_ROWS - HEIGHT * 0.55) / (HEIGHT * 0.5)) ** 2)
    turned = np.where(picture < 95, 150 - 0.5 * picture, 0.75 * picture)
    found: Picture = (turned * (0.25 + 0.85 * reach)).astype(np.float32)
    return found
