"""People, seen from the side, walking to the right; and the pictures that turn them round."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PIL import Image, ImageOps

from streaming.demo.scene.canvas import Sprite, to_sprite
from streaming.demo.scene.drawing import Colour, Drawing, Point

WALK_POSES = 8
WALK_POSE_MS = 110


@dataclass(frozen=True, slots=True)
class Look:
    coat: Colour
    trousers: Colour
    skin: Colour = (224, 172, 138)
    hair: Colour = (66, 46, 36)
    bag: Colour | None = None
    parcel: Colour | None = None
    umbrella: Colour | None = None


def walker(look: Look, height: float, scale: float, *, faces_left: bool = False) -> tuple[Sprite, ...]:
    """A figure `height` units tall in a picture 0.8 times as wide and 1.15 times as high."""
    pictures = [_figure(look, height, scale, 2 * math.pi * pose / WALK_POSES) for pose in range(WALK_POSES)]
    return tuple(to_sprite(ImageOps.mirror(picture) if faces_left else picture) for picture in pictures)


def walker_width(height: float) -> float:
    return 0.8 * height


def walker_top(height: float, ground_y: float) -> float:
    """Where the picture's top must be for the feet to stand on the ground."""
    return ground_y - 1.14 * height


def _figure(look: Look, height: float, scale: float, phase: float) -> Image.Image:
    drawing = Drawing(0.8 * height, 1.15 * height, scale)
    u = height / 100  # a hundredth of the figure
    swing = math.sin(phase)
    middle, top = 38 * u, (14 + 1.2 * math.cos(2 * phase)) * u
    hip, shoulder = (middle, top + 54 * u), (middle + 1 * u, top + 25 * u)
    drawing.disc(middle, 113 * u, 20 * u, (0, 0, 0, 60), 2 * u)
    _arm(drawing, shoulder, -swing, u, _darker(look.coat))
    _leg(drawing, hip, -swing, u, _darker(look.trousers))
    _leg(drawing, hip, swing, u, look.trousers)
    drawing.box(middle - 11 * u, top + 19 * u, 22 * u, 40 * u, look.coat, 9 * u)
    drawing.box(middle - 3 * u, top + 13 * u, 7 * u, 9 * u, look.skin, 3 * u)
    drawing.disc(middle + 1 * u, top + 9 * u, 8.5 * u, look.skin)
    drawing.disc(middle - 1 * u, top + 6 * u, 8.8 * u, look.hair, 6.5 * u)
    drawing.disc(middle + 2.5 * u, top + 11 * u, 7 * u, look.skin, 6 * u)
    if look.bag is not None:
        drawing.box(middle - 19 * u, top + 27 * u, 13 * u, 24 * u, look.bag, 5 * u)
    if look.parcel is not None:
        drawing.box(middle + 8 * u, top + 32 * u, 20 * u, 17 * u, look.parcel, 1.5 * u)
        drawing.box(middle + 16 * u, top + 32 * u, 4 * u, 17 * u, (235, 220, 190))
        drawing.stroke([shoulder, (middle + 6 * u, top + 42 * u), (middle + 16 * u, top + 47 * u)], _lighter(look.coat), 6.5 * u)
    elif look.umbrella is not None:
        drawing.stroke([(middle + 14 * u, top + 40 * u), (middle + 8 * u, top - 8 * u)], (90, 90, 96), 1.6 * u)
        drawing.dome(middle + 6 * u, top + 4 * u, 30 * u, 17 * u, look.umbrella)
        drawing.stroke([shoulder, (middle + 6 * u, top + 41 * u), (middle + 14 * u, top + 40 * u)], _lighter(look.coat), 6.5 * u)
    else:
        _arm(drawing, shoulder, swing, u, _lighter(look.coat))
    return drawing.picture()


def _leg(drawing: Drawing, hip: Point, swing: float, u: float, colour: Colour) -> None:
    bend = max(0.0, -swing) * 7 * u
    knee = (hip[0] + 11 * swing * u + bend * 0.6, hip[1] + 21 * u)
    foot = (hip[0] + 20 * swing * u - bend * 0.4, hip[1] + 42 * u - bend)
    drawing.stroke([hip, knee, foot], colour, 8.5 * u)
    drawing.stroke([foot, (foot[0] + 6 * u, foot[1] + 1.5 * u)], (44, 40, 44), 5 * u)


def _arm(drawing: Drawing, shoulder: Point, swing: float, u: float, colour: Colour) -> None:
    elbow = (shoulder[0] - 9 * swing * u, shoulder[1] + 14 * u)
    hand = (shoulder[0] - 13 * swing * u + 4 * u, shoulder[1] + 27 * u)
    drawing.stroke([shoulder, elbow, hand], colour, 6.5 * u)
    drawing.disc(hand[0], hand[1] + 2 * u, 3.2 * u, (214, 162, 128))


def _darker(colour: Colour) -> Colour:
    return colour[0] * 3 // 4, colour[1] * 3 // 4, colour[2] * 3 // 4


def _lighter(colour: Colour) -> Colour:
    return min(255, colour[0] * 8 // 7 + 6), min(255, colour[1] * 8 // 7 + 6), min(255, colour[2] * 8 // 7 + 6)
