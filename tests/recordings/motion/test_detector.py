"""Pixels: what is seen of a walker, of leaves, of light, of a camera that shakes; and what is learned of a picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from recordings.motion.background import Background, BackgroundError
from recordings.motion.detector import Detector
from recordings.motion.shapes import labelled
from recordings.motion.sizes import HEIGHT, WIDTH
from recordings.rules.motion.judgement import Judge, Watch
from recordings.rules.motion.observations import MOST_SHAPES, Sighting
from recordings.rules.spans import Span
from tests.support.motion_scenes import weather, yard

EVERY_MS = 200
Grey = NDArray[np.uint8]
Draw = Callable[[yard.Picture, float], yard.Picture | None]


@cache
def noise(number: int, sigma: float) -> NDArray[np.float32]:
    return (sigma * np.random.default_rng(number).standard_normal((yard.HEIGHT, yard.WIDTH), dtype=np.float32)).astype(np.float32)


def shown(draw: Draw, seconds: float, *, grain: float = 2.0) -> Iterator[Sighting]:
    detector = Detector()
    for number in range(round(seconds * 1000 / EVERY_MS)):
        picture = yard.yard().copy()
        drawn = draw(picture, number * EVERY_MS / 1000)
        picture = (picture if drawn is None else drawn) + noise(number % 17, grain)
        yield detector.look(shrunk(picture), number * EVERY_MS)


def shrunk(picture: NDArray[np.float32]) -> Grey:
    """By areas, as a frame is."""
    rows = np.arange(HEIGHT) * yard.HEIGHT // HEIGHT
    columns = np.arange(WIDTH) * yard.WIDTH // WIDTH
    across = np.add.reduceat(picture, columns, axis=1) / np.diff(np.append(columns, yard.WIDTH))
    small = np.add.reduceat(across, rows, axis=0) / np.diff(np.append(rows, yard.HEIGHT))[:, None]
    found: Grey = np.clip(small, 0, 255).astype(np.uint8)
    return found


def moving(draw: Draw, seconds: float, *, grain: float = 2.0) -> list[Span]:
    judge = Judge(Watch())
    for sighting in shown(draw, seconds, grain=grain):
        judge.see(sighting)
    return judge.moving()


def walk(picture: yard.Picture, at_s: float) -> None:
    if at_s >= 6:
        yard.walker(picture, -20 + 110 * (at_s - 6), 300, 85, stride=at_s * 2)


def nothing(picture: yard.Picture, at_s: float) -> None:
    return None


def walk_and_shake(picture: yard.Picture, at_s: float) -> yard.Picture:
    walk(picture, at_s)
    return weather.shaken(picture, *weather.wobble(at_s, 4))


def wave(picture: yard.Picture, at_s: float) -> None:
    yard.flag(picture, 470, 60, 90, at_s)


def by_day_and_night(picture: yard.Picture, at_s: float) -> yard.Picture:
    return weather.night(picture) if 6 <= at_s < 9 else picture


def brighten(picture: yard.Picture, at_s: float) -> yard.Picture:
    bright: yard.Picture = (picture * np.float32(1 + 0.3 * (0.5 + 0.5 * math.sin(at_s)))).astype(np.float32)
    return bright


def shine(picture: yard.Picture, at_s: float) -> None:
    picture *= 0.5
    if at_s >= 6:
        weather.headlights(picture, 160 * (at_s - 6), 250, bright=1.5)


def test_a_walker_is_seen_from_the_first_step_to_the_last() -> None:
    (span,) = moving(walk, 12)
    assert span.start_ms <= 6600 and span.end_ms >= 11_800


def test_a_walker_is_seen_in_the_grain_of_a_dark_night() -> None:
    assert any(span.end_ms - span.start_ms > 3000 for span in moving(walk, 12, grain=12))


def test_a_walker_is_seen_by_a_camera_that_shakes() -> None:
    (span,) = moving(walk_and_shake, 12)
    assert span.start_ms <= 7200 and span.end_ms >= 11_800


@pytest.mark.parametrize("draw", [nothing, by_day_and_night, brighten, shine])
def test_light_is_no_motion(draw: Draw) -> None:
    assert not moving(draw, 11)


def test_a_flag_is_learned() -> None:
    assert not [span for span in moving(wave, 16) if span.end_ms > 8000]


def test_grain_alone_is_nothing() -> None:
    assert not moving(nothing, 8, grain=12)


def test_no_more_is_told_of_a_picture_than_fits() -> None:
    detector, chance = Detector(), np.random.default_rng(1)
    still = shrunk(yard.yard())
    for number in range(20):
        detector.look(still, number * EVERY_MS)
    spots = np.where(chance.random(still.shape) > 0.9, 255 - still, still).astype(np.uint8)
    assert len(detector.look(spots, 20 * EVERY_MS).shapes) <= MOST_SHAPES


def test_a_background_that_was_kept_goes_on_as_if_nothing_had_been() -> None:
    one, other = Detector(), Detector()
    for number, picture in enumerate(grey for grey in _walked(50)):
        assert other.background is None or number > 0
        if other.background is not None:
            other = Detector(Background.from_bytes(other.background.to_bytes()))
        first, second = one.look(picture, number * EVERY_MS), other.look(picture, number * EVERY_MS)
        assert len(first.shapes) == len(second.shapes)
        for here, there in zip(first.shapes, second.shapes, strict=True):
            assert abs(here.area - there.area) <= 3


def _walked(count: int) -> Iterator[Grey]:
    for number in range(count):
        picture = yard.yard().copy()
        yard.walker(picture, 15 * number, 300, 90)
        yield shrunk(picture)


@given(st.binary(max_size=64))
def test_other_bytes_are_no_background(data: bytes) -> None:
    with pytest.raises(BackgroundError):
        Background.from_bytes(data)


def test_a_background_of_another_size_or_version_is_refused() -> None:
    data = bytearray(Background(np.zeros((HEIGHT, WIDTH), np.float32), 0).to_bytes())
    for at in (0, 1, 3):
        changed = bytearray(data)
        changed[at] ^= 0x55
        with pytest.raises(BackgroundError):
            Background.from_bytes(bytes(changed))


@given(st.lists(st.lists(st.booleans(), min_size=9, max_size=9), min_size=1, max_size=9))
def test_cells_that_touch_have_one_number(rows: list[list[bool]]) -> None:
    cells = np.array(rows)
    labels, count = labelled(cells)
    assert ((labels > 0) == cells).all()
    assert set(np.unique(labels)) - {0} == set(range(1, count + 1))
    left = {(row, column) for row, column in zip(*cells.nonzero(), strict=True)}
    found = 0
    while left:
        found += 1
        group, edge = set[tuple[int, int]](), [left.pop()]
        while edge:
            row, column = edge.pop()
            group.add((row, column))
            near = {(row + down, column + across) for down in (-1, 0, 1) for across in (-1, 0, 1)} & left
            left -= near
            edge += near
        assert len({int(labels[cell]) for cell in group}) == 1
    assert found == count
