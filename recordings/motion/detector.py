"""One picture after the other: what of it is not background."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recordings.motion import light, shake
from recordings.motion.background import Background
from recordings.motion.shapes import Changes, changed_cells, labelled, shapes_of
from recordings.motion.sizes import CELL_PX, Cells, Picture, to_cells, to_means
from recordings.rules.motion.observations import Shape, Sighting

# A pixel changed when it is off by this many times what it fluctuates by, and by so many grey levels at least.
_TIMES_NOISE, _LEAST_OFF = 3.2, 4.5
_SHAKE_SHARE = 0.03
_LEAST_SHIFT_PX = 0.15
_WHOLE_PICTURE, _SUDDEN = 0.55, 0.35
LONGEST_PAUSE_MS = 600_000
_SOFT_EDGE = 15


class Look(NamedTuple):
    """The ground in the light of now; what the picture is off it with and without what the light did in places; and where that is much."""

    ground: Picture
    raw: Picture
    off: Picture
    changed: NDArray[np.bool_]
    limit: Picture


class Detector:
    def __init__(self, background: Background | None = None) -> None:
        self.background = background

    def look(self, luma: NDArray[np.uint8], at_ms: int) -> Sighting:
        picture: Picture = luma.astype(np.float32)
        known = self.background
        if known is None or not 0 <= at_ms - known.at_ms <= LONGEST_PAUSE_MS:
            self.background = Background(picture, at_ms)
            return Sighting(at_ms, ())
        elapsed_s = (at_ms - known.at_ms) / 1000
        known.at_ms = at_ms
        limit = np.maximum(known.noise * np.float32(_TIMES_NOISE), np.float32(_LEAST_OFF))
        ground = light.applied(known.ground, light.curve(known.ground, picture))
        raw = picture - ground
        off = _without_field(raw)
        changed = np.abs(off) > limit
        share = float(changed.mean())
        if share > _SHAKE_SHARE and (steady := _steadied(ground, picture)) is not None:
            calmer = _without_field(steady)
            if np.abs(calmer).mean() < np.abs(off).mean():
                raw, off = steady, calmer
                changed = np.abs(off) > limit
                share = float(changed.mean())
        before, known.share_before = known.share_before, share
        if share > _WHOLE_PICTURE and (share - before > _SUDDEN or known.is_new):
            known.start_again(picture)
            return Sighting(at_ms, ())
        shapes = self._shapes(known, Look(ground, raw, off, changed, limit), elapsed_s)
        return Sighting(at_ms, () if known.is_new else tuple(shapes))

    def _shapes(self, known: Background, look: Look, elapsed_s: float) -> list[Shape]:
        off, changed = look.off, look.changed
        counted = changed.astype(np.float32)
        pixels = to_cells(counted)
        cells = changed_cells(pixels)
        known.note_unrest(cells, elapsed_s)
        labels, count = labelled(cells)
        covered, passing = np.zeros_like(cells), np.zeros_like(cells)
        found: list[Shape] = []
        if count:
            stirred = changed & (np.abs(off - known.off_before) > look.limit * np.float32(0.7))
            ground, raw = to_means(look.ground), to_means(look.raw)
            changes = Changes(pixels, to_cells(np.abs(off) * counted), to_cells(stirred.astype(np.float32)), ground, raw, known.unrest)
            for label, shape, is_gone in shapes_of(labels, count, changes):
                if is_gone or shape.edge < _SOFT_EDGE:
                    passing |= labels == label
                if not is_gone:
                    found.append(shape)
            covered = cells & ~passing
        known.learn(off, _spread(covered), _spread(passing), elapsed_s)
        known.off_before = off
        return found


def _spread(cells: NDArray[np.bool_]) -> Cells:
    """Every cell's pixels."""
    return cells.astype(np.float32).repeat(CELL_PX, 0).repeat(CELL_PX, 1)


def _without_field(off: Picture) -> Picture:
    soft = light.field(to_means(off))
    return off if soft is None else off - soft


def _steadied(ground: Picture, picture: Picture) -> Picture | None:
    """What the picture is off the ground when it is taken back to where the camera was; None when it did not move."""
    found = shake.shift(ground, picture)
    if found is None or max(abs(found[0]), abs(found[1])) < _LEAST_SHIFT_PX:
        return None
    return shake.moved(picture - shake.moved(ground, *found), -found[0], -found[1])
