"""A picture kept in the planes that the encoder takes, changed in place: only what moves is drawn again.

I420, BT.601, limited range (ITU-R BT.601-7, 2.5.3): 16-235 for luma, 128 +- 112 for chroma. Every position and size is even, so that chroma
samples never straddle an edge.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Plane = NDArray[np.uint8]
_Weights = NDArray[np.uint16]
Planes = tuple[Plane, Plane, Plane]


# A plane's values times the first, plus the second.
Adjustment = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Light:
    """What a time of day or weather does to all colours. `brightness` and `colourfulness` of 1 and zeros change nothing."""

    brightness: float = 1.0
    haze: float = 0.0
    colourfulness: float = 1.0
    blueness: float = 0.0
    redness: float = 0.0

    @property
    def adjustments(self) -> tuple[Adjustment, Adjustment, Adjustment]:
        """For luma, around 16, and both chroma planes, around 128."""
        rest = 128 * (1 - self.colourfulness)
        luma = (self.brightness, 16 * (1 - self.brightness) + self.haze)
        return luma, (self.colourfulness, rest + self.blueness), (self.colourfulness, rest + self.redness)

    def on(self, planes: Planes) -> Planes:
        luma, blue, red = (
            _rounded(plane.astype(np.float32) * factor + offset) for plane, (factor, offset) in zip(planes, self.adjustments, strict=True)
        )
        return luma, blue, red


def to_planes(picture: Image.Image) -> Planes:
    """An RGB picture of even size."""
    rgb = np.asarray(picture.convert("RGB"), dtype=np.float32)
    blue, red = _chroma(_halved(rgb))
    return _rounded(_luma(rgb)), _rounded(blue), _rounded(red)


@dataclass(frozen=True, slots=True)
class _Layer:
    """Colour times opacity and the rest of the opacity, both in 1/256."""

    colour: _Weights
    rest: _Weights

    def adjusted(self, by: Adjustment) -> _Layer:
        colour = self.colour * by[0] + (256.0 - self.rest) * by[1]
        return _Layer(np.clip(np.rint(colour), 0, 255 * 256).astype(np.uint16), self.rest)

    def onto(self, plane: Plane, left: int, top: int) -> None:
        """Clips at the plane's edges."""
        height, width = self.rest.shape
        x0, y0 = max(0, -left), max(0, -top)
        x1, y1 = min(width, plane.shape[1] - left), min(height, plane.shape[0] - top)
        if x0 >= x1 or y0 >= y1:
            return
        ground = plane[top + y0 : top + y1, left + x0 : left + x1]
        mixed = ground * self.rest[y0:y1, x0:x1]
        mixed += self.colour[y0:y1, x0:x1]
        mixed >>= 8
        ground[...] = mixed


@dataclass(frozen=True, slots=True)
class Sprite:
    """A picture with transparency, ready to be laid onto planes: what is to be seen of it, and where in the picture that was."""

    left_px: int
    top_px: int
    width_px: int
    height_px: int
    layers: tuple[_Layer, _Layer, _Layer]

    def in_light(self, light: Light) -> Sprite:
        luma, blue, red = (layer.adjusted(by) for layer, by in zip(self.layers, light.adjustments, strict=True))
        return replace(self, layers=(luma, blue, red))

    def onto(self, planes: Planes, left: int, top: int) -> None:
        """Both even; where the visible part goes."""
        self.layers[0].onto(planes[0], left, top)
        self.layers[1].onto(planes[1], left // 2, top // 2)
        self.layers[2].onto(planes[2], left // 2, top // 2)


def to_sprite(picture: Image.Image) -> Sprite:
    """Raises ValueError for a picture in which there is nothing to see."""
    seen = picture.getbbox()
    if seen is None:
        raise ValueError("an empty picture")
    left, top = seen[0] & ~1, seen[1] & ~1
    rgba = _padded(np.asarray(picture.convert("RGBA").crop((left, top, seen[2], seen[3])), dtype=np.float32))
    opacity: NDArray[np.float32] = rgba[:, :, 3:] / np.float32(255)
    solid: NDArray[np.float32] = rgba[:, :, :3] * opacity
    small_opacity = _halved(opacity)[:, :, 0]
    # Colour is premultiplied, and the conversion's constant parts (16, 128) count as much as the sprite is opaque.
    blue, red = _chroma(_halved(solid), small_opacity)
    luma = _layer(_luma(solid, opacity[:, :, 0]), opacity[:, :, 0])
    return Sprite(left, top, rgba.shape[1], rgba.shape[0], (luma, _layer(blue, small_opacity), _layer(red, small_opacity)))


class Canvas:
    """A still background, and its copy on which the frame is drawn."""

    def __init__(self, background: Planes) -> None:
        self.height_px, self.width_px = background[0].shape
        self._still = background
        self.planes: Planes = (self._still[0].copy(), self._still[1].copy(), self._still[2].copy())
        self._changed: list[tuple[int, int, int, int]] = []

    def wipe(self) -> None:
        """Puts the background back wherever something was drawn since the last time."""
        for left, top, right, bottom in self._changed:
            self.planes[0][top:bottom, left:right] = self._still[0][top:bottom, left:right]
            half = slice(top // 2, bottom // 2), slice(left // 2, right // 2)
            self.planes[1][half] = self._still[1][half]
            self.planes[2][half] = self._still[2][half]
        self._changed.clear()

    def lay(self, sprite: Sprite, left: int, top: int) -> None:
        """`left` and `top` are those of the sprite's whole picture, rounded down to even numbers."""
        left, top = (left & ~1) + sprite.left_px, (top & ~1) + sprite.top_px
        right, bottom = min(self.width_px, left + sprite.width_px), min(self.height_px, top + sprite.height_px)
        if right <= 0 or bottom <= 0 or left >= self.width_px or top >= self.height_px:
            return
        self._changed.append((max(0, left), max(0, top), right, bottom))
        sprite.onto(self.planes, left, top)

    def copy(self, patch: Planes, left: int, top: int) -> None:
        """An opaque patch that lies fully inside; what it covers is not remembered: lay it every time."""
        for plane, part, shift in zip(self.planes, patch, (0, 1, 1), strict=True):
            y, x = top >> shift, left >> shift
            plane[y : y + part.shape[0], x : x + part.shape[1]] = part


def _luma(rgb: NDArray[np.float32], opacity: NDArray[np.float32] | float = 1.0) -> NDArray[np.float32]:
    luma: NDArray[np.float32] = 16 * opacity + (65.481 * rgb[:, :, 0] + 128.553 * rgb[:, :, 1] + 24.966 * rgb[:, :, 2]) / 255
    return luma


def _chroma(rgb: NDArray[np.float32], opacity: NDArray[np.float32] | float = 1.0) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    red, green, blue = rgb[:, :, 0], rgb[:, :, 1], rgb[:, :, 2]
    blue_difference = 128 * opacity + (-37.797 * red - 74.203 * green + 112.0 * blue) / 255
    red_difference = 128 * opacity + (112.0 * red - 93.786 * green - 18.214 * blue) / 255
    return blue_difference, red_difference


def _halved(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    upper, lower = samples[::2], samples[1::2]
    halved: NDArray[np.float32] = (upper[:, ::2] + upper[:, 1::2] + lower[:, ::2] + lower[:, 1::2]) / np.float32(4)
    return halved


def _rounded(plane: NDArray[np.float32]) -> Plane:
    return np.clip(np.rint(plane), 0, 255).astype(np.uint8)


def _layer(colour: NDArray[np.float32], opacity: NDArray[np.float32]) -> _Layer:
    return _Layer(np.rint(colour * 256).astype(np.uint16), np.rint((1 - opacity) * 256).astype(np.uint16))


def _padded(rgba: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.pad(rgba, ((0, rgba.shape[0] % 2), (0, rgba.shape[1] % 2), (0, 0)))
