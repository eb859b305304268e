"""The scenes by name: how they look at a moment, and when something moves in them that a person would call motion."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recordings.rules.spans import Span
from tests.support.motion_scenes import weather, yard
from tests.support.motion_scenes.yard import FPS, Picture

# A camera has been there for a while when something happens.
QUIET_S = 12


@dataclass(frozen=True)
class Scene:
    """`draw` gets the yard to draw on, the second, and a source of chance. `truth`: when something moves, from the scene's start."""

    name: str
    seconds: float
    truth: tuple[Span, ...]
    draw: Callable[[Picture, float, np.random.Generator], Picture | None]
    grain: float = 2.0

    def pictures(self) -> Iterator[NDArray[np.uint8]]:
        rng = np.random.default_rng(sum(self.name.encode()))
        for number in range(round(self.seconds * FPS)):
            picture = yard.yard().copy()
            drawn = self.draw(picture, number / FPS, rng)
            picture = picture if drawn is None else drawn
            weather.grain(picture, rng, self.grain)
            yield np.clip(picture, 0, 255).astype(np.uint8)


def walks(
    start_s: float, end_s: float, *, height: float = 85, y: float = 300, shade: float = 45, from_x: float = -20, to_x: float = 660
) -> Walk:
    return Walk(start_s, end_s, height, y, shade, from_x, to_x)


@dataclass(frozen=True)
class Walk:
    start_s: float
    end_s: float
    height: float
    y: float
    shade: float
    from_x: float
    to_x: float

    @property
    def span(self) -> Span:
        return Span(round(self.start_s * 1000), round(self.end_s * 1000))

    def draw(self, picture: Picture, at_s: float) -> None:
        if self.start_s <= at_s < self.end_s:
            part = (at_s - self.start_s) / (self.end_s - self.start_s)
            x = self.from_x + part * (self.to_x - self.from_x)
            steps = abs(self.to_x - self.from_x) * part / (self.height * 0.45)
            yard.walker(picture, x, self.y, self.height, shade=self.shade, stride=steps)


_TWICE = (walks(QUIET_S, QUIET_S + 8), walks(QUIET_S + 16, QUIET_S + 25, height=70, y=250, shade=185, from_x=660, to_x=-20))


def _with(
    walkers: tuple[Walk, ...], around: Callable[[Picture, float, np.random.Generator], Picture | None]
) -> Callable[..., Picture | None]:
    def draw(picture: Picture, at_s: float, rng: np.random.Generator) -> Picture | None:
        for walk in walkers:
            walk.draw(picture, at_s)
        return around(picture, at_s, rng)

    return draw


def _nothing(picture: Picture, at_s: float, rng: np.random.Generator) -> None:
    return None


def _truth(walkers: tuple[Walk, ...]) -> tuple[Span, ...]:
    return tuple(walk.span for walk in walkers)


def _rain(picture: Picture, at_s: float, rng: np.random.Generator) -> None:
    weather.rain(picture, rng)


def _wind(picture: Picture, at_s: float, rng: np.random.Generator) -> None:
    gust = 0.45 + 0.55 * (0.5 + 0.5 * math.sin(2 * math.pi * at_s / 13)) ** 2
    yard.flag(picture, 470, 60, 90, at_s, gust)
    yard.branches(picture, 60, 220, at_s, gust)


def _headlights(picture: Picture, at_s: float, rng: np.random.Generator) -> None:
    picture *= 0.45
    for start_s in (QUIET_S, QUIET_S + 9, QUIET_S + 18):
        if start_s <= at_s < start_s + 3.5:
            part = (at_s - start_s) / 3.5
            weather.headlights(picture, -80 + 800 * part, 250 - 30 * part, 75, 1.5)


def _clouds(picture: Picture, at_s: float, rng: np.random.Generator) -> None:
    weather.clouds(picture, at_s)


def _dusk(picture: Picture, at_s: float, rng: np.random.Generator) -> Picture:
    """An evening in a minute."""
    dark = weather.dusk(picture, min(max((at_s - QUIET_S) / 60, 0), 1))
    weather.grain(dark, rng, 3 * min(max((at_s - QUIET_S) / 60, 0), 1))
    return dark


def _insects(picture: Picture, at_s: float, rng: np.random.Generator) -> None:
    picture *= 0.6
    for number, start_s in enumerate(range(QUIET_S, QUIET_S + 26, 4)):
        lasts_s = 0.35 + 0.1 * (number % 3)
        if start_s <= at_s < start_s + lasts_s:
            part = (at_s - start_s) / lasts_s
            x, y = 700 * part - 30 if number % 2 else 670 - 700 * part, 60 + 40 * number + 80 * math.sin(5 * part)
            weather.insect(picture, x, y, 70 + 15 * (number % 4))


def _shake(picture: Picture, at_s: float, rng: np.random.Generator) -> Picture:
    return weather.shaken(picture, *weather.wobble(at_s, 4.0))


def _day_and_night(picture: Picture, at_s: float, rng: np.random.Generator) -> Picture:
    if at_s < QUIET_S or at_s >= QUIET_S + 14:
        since = at_s - QUIET_S - 14
        return (picture * (1 + 0.5 * math.exp(-since / 0.4))).astype(np.float32) if since >= 0 else picture
    dark = weather.night(picture)
    dark *= 1 + 0.6 * math.exp(-(at_s - QUIET_S) / 0.4)
    weather.grain(dark, rng, 4)
    return dark


def _gain(picture: Picture, at_s: float, rng: np.random.Generator) -> Picture:
    wish = {0: 1.0, 1: 1.35, 2: 0.8, 3: 1.2, 4: 1.0, 5: 0.7}[int(max(at_s - QUIET_S + 6, 0) // 6) % 6]
    before = {0: 1.0, 1: 1.0, 2: 1.35, 3: 0.8, 4: 1.2, 5: 1.0}[int(max(at_s - QUIET_S + 6, 0) // 6) % 6]
    since = max(at_s - QUIET_S + 6, 0) % 6
    gain = wish + (before - wish) * math.exp(-since / 0.7)
    return (255 * (np.clip(picture, 0, 255) / 255) ** (1 / gain)).astype(np.float32)


def _car(picture: Picture, at_s: float, rng: np.random.Generator) -> None:
    for start_s in (QUIET_S, QUIET_S + 10):
        if start_s <= at_s < start_s + 2:
            yard.car(picture, -110 + 860 * (at_s - start_s) / 2, 320, 210)


def _stops(picture: Picture, at_s: float, rng: np.random.Generator) -> None:
    """A car drives in, stands for 20 s, drives off."""
    if at_s < QUIET_S:
        return
    if at_s < QUIET_S + 4:
        part = (at_s - QUIET_S) / 4
        x = -110 + 400 * (1 - (1 - part) ** 2)
    elif at_s < QUIET_S + 24:
        x = 290
    else:
        part = at_s - QUIET_S - 24
        x = 290 + 40 * part * part
    if x < 760:
        yard.car(picture, x, 310, 190, shade=205)


def _comes_near(picture: Picture, at_s: float, rng: np.random.Generator) -> None:
    if QUIET_S <= at_s < QUIET_S + 10:
        part = (at_s - QUIET_S) / 10
        yard.walker(picture, 330 + 12 * part, 165 + 190 * part, 40 + 240 * part * part, stride=part * 14)


_LATE = (walks(QUIET_S + 22, QUIET_S + 31), walks(QUIET_S + 52, QUIET_S + 62, height=70, y=250, shade=185, from_x=660, to_x=-20))
_SLOW = (walks(QUIET_S, QUIET_S + 24, from_x=200, to_x=440),)
_FAR = (walks(QUIET_S, QUIET_S + 15, height=36, y=175, shade=35, from_x=150, to_x=380),)
_DIM = (walks(QUIET_S, QUIET_S + 9, height=85, shade=88),)

SCENES = (
    Scene("walker", 45, _truth(_TWICE), _with(_TWICE, _nothing)),
    Scene("slow walker", 44, _truth(_SLOW), _with(_SLOW, _nothing)),
    Scene("small far walker", 35, _truth(_FAR), _with(_FAR, _nothing)),
    Scene("faint walker", 30, _truth(_DIM), _with(_DIM, _nothing)),
    Scene("coming near", 30, (Span(QUIET_S * 1000, QUIET_S * 1000 + 10_000),), _comes_near),
    Scene("fast car", 32, (Span(QUIET_S * 1000, QUIET_S * 1000 + 2000), Span(QUIET_S * 1000 + 10_000, QUIET_S * 1000 + 12_000)), _car),
    Scene(
        "car that parks", 50, (Span(QUIET_S * 1000, QUIET_S * 1000 + 4000), Span(QUIET_S * 1000 + 24_000, QUIET_S * 1000 + 27_400)), _stops
    ),
    Scene("rain", 40, (), _rain),
    Scene("walker in rain", 45, _truth(_TWICE), _with(_TWICE, _rain)),
    Scene("sensor noise", 40, (), _nothing, grain=14),
    Scene("walker in noise", 45, _truth(_TWICE), _with(_TWICE, _nothing), grain=14),
    Scene("flag and branches", 60, (), _wind),
    Scene("walker beside a flag", 45, _truth(_TWICE), _with(_TWICE, _wind)),
    Scene("headlights", 40, (), _headlights),
    Scene("clouds", 60, (), _clouds),
    Scene("walker under clouds", 45, _truth(_TWICE), _with(_TWICE, _clouds)),
    Scene("dusk", 80, (), _dusk),
    Scene("walker at dusk", 80, _truth(_LATE), _with(_LATE, _dusk)),
    Scene("insect near the lens", 42, (), _insects),
    Scene("camera shake", 45, (), _shake),
    Scene("walker, camera shakes", 45, _truth(_TWICE), _with(_TWICE, _shake)),
    Scene("day and night", 45, (), _day_and_night),
    Scene("auto gain", 50, (), _gain),
    Scene("nothing", 40, (), _nothing),
)
