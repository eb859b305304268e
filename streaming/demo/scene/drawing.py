"""Flat vector art with smooth edges, in the coordinates of a picture 1280 wide and 720 high whatever its real size."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PIL import Image, ImageDraw, ImageFilter, ImageFont

STAGE_WIDTH = 1280
STAGE_HEIGHT = 720
_OVERSAMPLING = 2

Colour = tuple[int, int, int] | tuple[int, int, int, int]
Point = tuple[float, float]


class Drawing:
    """`scale` is pixels per unit. Drawn three times as large and reduced at the end."""

    def __init__(self, width: float, height: float, scale: float, ground: Colour = (0, 0, 0, 0)) -> None:
        self._size_px = (max(2, round(width * scale)), max(2, round(height * scale)))
        self._k = scale * _OVERSAMPLING
        self._image = Image.new("RGBA", (self._size_px[0] * _OVERSAMPLING, self._size_px[1] * _OVERSAMPLING), ground)
        self._draw = ImageDraw.Draw(self._image)

    def picture(self) -> Image.Image:
        return self._image.reduce(_OVERSAMPLING)

    def box(self, x: float, y: float, width: float, height: float, colour: Colour, radius: float = 0) -> None:
        size = (width * self._k - 1, height * self._k - 1)
        self._fill(
            (x, y, width, height),
            colour,
            lambda draw, at, ink: draw.rounded_rectangle((*at, at[0] + size[0], at[1] + size[1]), radius * self._k, fill=ink),
        )

    def disc(self, x: float, y: float, radius: float, colour: Colour, radius_y: float | None = None) -> None:
        rx, ry = radius, radius if radius_y is None else radius_y
        size = (2 * rx * self._k, 2 * ry * self._k)
        self._fill(
            (x - rx, y - ry, 2 * rx, 2 * ry), colour, lambda draw, at, ink: draw.ellipse((*at, at[0] + size[0], at[1] + size[1]), fill=ink)
        )

    def dome(self, x: float, y: float, radius: float, height: float, colour: Colour) -> None:
        """The upper half of an ellipse that stands on (x, y)."""
        size = (2 * radius * self._k, 2 * height * self._k)
        self._fill(
            (x - radius, y - height, 2 * radius, 2 * height),
            colour,
            lambda draw, at, ink: draw.chord((*at, at[0] + size[0], at[1] + size[1]), 180, 360, fill=ink),
        )

    def shape(self, points: Sequence[Point], colour: Colour) -> None:
        left, top = min(x for x, _ in points), min(y for _, y in points)
        width, height = max(x for x, _ in points) - left, max(y for _, y in points) - top
        k = self._k
        self._fill(
            (left, top, width, height),
            colour,
            lambda draw, at, ink: draw.polygon([(at[0] + (x - left) * k, at[1] + (y - top) * k) for x, y in points], fill=ink),
        )

    def _fill(
        self, bounds: tuple[float, float, float, float], colour: Colour, paint: Callable[[ImageDraw.ImageDraw, Point, Colour | int], None]
    ) -> None:
        """Pillow overwrites what is below, opacity included, so translucent shapes go through a mask."""
        x, y, width, height = (value * self._k for value in bounds)
        if len(colour) == 3 or colour[3] == 255:
            paint(self._draw, (x, y), colour)
            return
        mask = Image.new("L", (int(width) + 3, int(height) + 3))
        paint(ImageDraw.Draw(mask), (x % 1, y % 1), colour[3])
        self._image.paste((*colour[:3], 255), (math.floor(x), math.floor(y)), mask)

    def stroke(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """Round ends and joints."""
        scaled = [(x * self._k, y * self._k) for x, y in points]
        self._draw.line(scaled, fill=colour, width=max(1, round(width * self._k)), joint="curve")
        for x, y in points:
            self.disc(x, y, width / 2, colour)

    def fade(self, x: float, y: float, width: float, height: float, top: Colour, bottom: Colour) -> None:
        """A vertical gradient, laid over what is there."""
        k = self._k
        size = (max(1, round(width * k)), max(1, round(height * k)))
        ramp = Image.linear_gradient("L").resize(size)
        first, last = (Image.new("RGBA", size, _opaque(colour)) for colour in (top, bottom))
        self._image.alpha_composite(Image.composite(last, first, ramp), (round(x * k), round(y * k)))

    def glow(self, x: float, y: float, radius: float, colour: tuple[int, int, int], strength: int) -> None:
        """Light around a lamp; `strength` is the opacity at its centre, 0 to 255."""
        side = max(2, round(2 * radius * self._k))
        mask = Image.radial_gradient("L").point(lambda value: max(0, 255 - value * 255 // 180) * strength // 255).resize((side, side))
        light = Image.new("RGBA", (side, side), (*colour, 0))
        light.putalpha(mask)
        left, top = round(x * self._k - side / 2), round(y * self._k - side / 2)
        crop = (max(0, -left), max(0, -top), side, side)
        self._image.alpha_composite(light.crop(crop), (max(0, left), max(0, top)))

    def soften(self, radius: float) -> None:
        self._image = self._image.filter(ImageFilter.GaussianBlur(radius * self._k))
        self._draw = ImageDraw.Draw(self._image)

    def label(self, x: float, y: float, words: str, size: float, colour: Colour, weight: float = 0, *, anchor: str = "lm") -> None:
        """`weight` thickens the strokes; `anchor` as Pillow names it: l, m, r for the side, m, s for middle and base line."""
        font = ImageFont.load_default(size * self._k)
        stroke = round(weight * self._k)
        self._draw.text((x * self._k, y * self._k), words, colour, font, anchor=anchor, stroke_width=stroke, stroke_fill=colour)


def _opaque(colour: Colour) -> Colour:
    return colour if len(colour) == 4 else (*colour, 255)
