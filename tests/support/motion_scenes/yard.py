"""A yard in shades of grey, and who walks through it. Everything is drawn with soft edges, so that it may move by parts of a pixel."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, FPS = 640, 360, 15

Picture = NDArray[np.float32]
_COLUMNS, _ROWS = np.meshgrid(np.arange(WIDTH, dtype=np.float32), np.arange(HEIGHT, dtype=np.float32))


@cache
def yard() -> Picture:
    """Ground with grain of several sizes, a wall with windows, a fence: something for every edge to disturb. Not to be written to."""
    rng = np.random.default_rng(5)
    picture = np.full((HEIGHT, WIDTH), 105, np.float32)
    for size, depth in ((120, 14), (40, 9), (10, 6), (3, 5)):
        picture += depth * _patches(rng, size)
    picture[:140] = 150 + 4 * _patches(rng, 20)[:140]
    picture[:140:12] -= 16
    for left in (60, 200, 340, 480):
        picture[35:95, left : left + 70] = 60 + 5 * _patches(rng, 8)[35:95, left : left + 70]
    picture[120:165, 400:] = np.where((_COLUMNS[120:165, 400:] // 5).astype(int) % 2 == 0, 190, 100)
    picture[250:, :90] = 70 + 18 * _patches(rng, 4)[250:, :90]
    picture.setflags(write=False)
    return picture


def walker(picture: Picture, x: float, y: float, height: float, *, shade: float = 45, stride: float = 0.0) -> None:
    """Feet at (x, y); `stride` counts steps, for the legs."""
    width = height * 0.3
    swing = math.sin(stride * math.pi) * width * 0.5
    _ellipse(picture, x, y - height * 0.9, height * 0.08, height * 0.1, shade + 60)
    _ellipse(picture, x, y - height * 0.62, width * 0.5, height * 0.24, shade)
    for foot, tone in ((swing, shade + 12), (-swing, shade - 12)):
        _limb(picture, x, y - height * 0.42, x + foot, y, width * 0.2, tone)


def car(picture: Picture, x: float, y: float, length: float, *, shade: float = 200) -> None:
    _box(picture, x - length / 2, y - length * 0.22, x + length / 2, y, shade)
    _box(picture, x - length * 0.28, y - length * 0.38, x + length * 0.25, y - length * 0.2, shade - 70)
    for wheel in (-0.3, 0.3):
        _ellipse(picture, x + wheel * length, y, length * 0.08, length * 0.08, 25)


def flag(picture: Picture, x: float, y: float, size: float, at_s: float, wind: float = 1.0) -> None:
    """Striped cloth that waves at its pole, 0 to 1 of `wind`."""
    left, right, top, bottom = int(x), int(x + size), int(y - size * 0.3), int(y + size * 0.9)
    columns, rows = _COLUMNS[top:bottom, left:right], _ROWS[top:bottom, left:right]
    along = (columns - x) / size
    drop = size * along * (0.35 * (1 - wind) + 0.16 * wind * np.sin(2 * np.pi * (1.1 * at_s - 1.3 * along)))
    local = rows - y - drop
    reach = 1 - 0.15 * (1 + math.sin(5 * at_s)) * wind
    alpha = np.clip(local + 0.5, 0, 1) * np.clip(size * 0.55 - local + 0.5, 0, 1) * np.clip((reach - along) * size + 0.5, 0, 1)
    tone = np.where(local < size * 0.18, 215, np.where(local < size * 0.36, 60, 150)) + 20 * np.sin(2 * np.pi * (1.1 * at_s - 1.3 * along))
    picture[top:bottom, left:right] += alpha * (tone - picture[top:bottom, left:right])
    _box(picture, x - 2, y - 6, x, y + size * 2, 40)


def branches(picture: Picture, x: float, y: float, at_s: float, wind: float) -> None:
    """Leaves on twigs, each with a sway of its own."""
    for number in range(26):
        phase = number * 1.7
        reach = 12 + number * 2.2
        sway = wind * (3 + number * 0.22) * math.sin(2 * math.pi * (0.45 + 0.02 * (number % 7)) * at_s + phase)
        angle = number * 2.4
        left, top = x + reach * math.cos(angle) + sway, y + 0.7 * reach * math.sin(angle) + 0.5 * sway
        _ellipse(picture, left, top, 7, 5, 50 + 40 * (number % 3))


def _ellipse(picture: Picture, x: float, y: float, across: float, down: float, shade: float) -> None:
    found = _window(x - across - 1, y - down - 1, x + across + 1, y + down + 1)
    distance = np.sqrt(((_COLUMNS[found] - x) / across) ** 2 + ((_ROWS[found] - y) / down) ** 2)
    alpha = np.clip((1 - distance) * min(across, down) + 0.5, 0, 1)
    picture[found] += alpha * (shade - picture[found])


def _limb(picture: Picture, x: float, y: float, to_x: float, to_y: float, width: float, shade: float) -> None:
    found = _window(min(x, to_x) - width, y - 1, max(x, to_x) + width, to_y + 1)
    part = np.clip((_ROWS[found] - y) / max(to_y - y, 1), 0, 1)
    alpha = np.clip(width / 2 - np.abs(_COLUMNS[found] - (x + (to_x - x) * part)) + 0.5, 0, 1)
    alpha *= np.clip(_ROWS[found] - y + 0.5, 0, 1) * np.clip(to_y - _ROWS[found] + 0.5, 0, 1)
    picture[found] += alpha * (shade - picture[found])


def _box(picture: Picture, left: float, top: float, right: float, bottom: float, shade: float) -> None:
    found = _window(left - 1, top - 1, right + 1, bottom + 1)
    across = np.clip(_COLUMNS[found] - left + 0.5, 0, 1) * np.clip(right - _COLUMNS[found] + 0.5, 0, 1)
    alpha = across * np.clip(_ROWS[found] - top + 0.5, 0, 1) * np.clip(bottom - _ROWS[found] + 0.5, 0, 1)
    picture[found] += alpha * (shade - picture[found])


def _window(left: float, top: float, right: float, bottom: float) -> tuple[slice, slice]:
    rows = slice(max(int(top), 0), max(min(math.ceil(bottom) + 1, HEIGHT), 0))
    return rows, slice(max(int(left), 0), max(min(math.ceil(right) + 1, WIDTH), 0))


def _patches(rng: np.random.Generator, size: int) -> Picture:
    """Smooth noise with spots of about `size` pixels, one standard deviation high."""
    small = rng.standard_normal((HEIGHT // size + 3, WIDTH // size + 3)).astype(np.float32)
    rows, columns = _ROWS / size, _COLUMNS / size
    top, left = rows.astype(int), columns.astype(int)
    down, across = rows - top, columns - left
    upper = small[top, left] * (1 - across) + small[top, left + 1] * across
    lower = small[top + 1, left] * (1 - across) + small[top + 1, left + 1] * across
    found: Picture = upper * (1 - down) + lower * down
    return found
