"""Cars, trees, clouds and birds for several scenes."""

from __future__ import annotations

import math

from PIL import Image, ImageOps

from streaming.demo.scene.canvas import Sprite, to_sprite
from streaming.demo.scene.drawing import Colour, Drawing

CAR_WIDTH = 300.0
CAR_HEIGHT = 116.0
WHEEL_POSES = 4


def car(colour: Colour, scale: float, *, faces_left: bool = False) -> tuple[Sprite, ...]:
    """Poses differ in the wheels."""
    pictures = [_car_picture(colour, scale, pose) for pose in range(WHEEL_POSES)]
    return tuple(to_sprite(ImageOps.mirror(picture) if faces_left else picture) for picture in pictures)


def parked_car(drawing: Drawing, x: float, y: float, colour: Colour, size: float = 1.0) -> None:
    _draw_car(drawing, x, y, colour, size, 0)


def tree(drawing: Drawing, x: float, ground_y: float, size: float, colour: Colour) -> None:
    dark = (colour[0] * 5 // 6, colour[1] * 5 // 6, colour[2] * 5 // 6)
    drawing.disc(x, ground_y, 40 * size, (0, 0, 0, 40), 7 * size)
    drawing.stroke([(x, ground_y), (x, ground_y - 90 * size)], (104, 78, 58), 14 * size)
    for dx, dy, radius in ((-34, -96, 36), (34, -100, 38), (0, -88, 34)):
        drawing.disc(x + dx * size, ground_y + dy * size, radius * size, dark)
    for dx, dy, radius in ((-20, -128, 38), (22, -132, 36), (0, -158, 32)):
        drawing.disc(x + dx * size, ground_y + dy * size, radius * size, colour)


def cloud(scale: float, size: float) -> tuple[Sprite, ...]:
    """220 by 90 units times `size`."""
    drawing = Drawing(220 * size, 90 * size, scale)
    for x, y, radius in ((48, 58, 24), (88, 44, 34), (132, 40, 32), (172, 56, 26)):
        drawing.disc(x * size, y * size, radius * size, (255, 255, 255, 235))
    drawing.box(30 * size, 54 * size, 164 * size, 28 * size, (255, 255, 255, 235), 14 * size)
    return (to_sprite(drawing.picture()),)


def bird(scale: float, size: float) -> tuple[Sprite, ...]:
    """60 by 40 units times `size`, in four poses."""
    poses = []
    for lift in (-1.0, 0.0, 1.0, 0.0):
        drawing = Drawing(60 * size, 40 * size, scale)
        drawing.stroke([(6 * size, (20 + 12 * lift) * size), (22 * size, 18 * size), (30 * size, 21 * size)], (58, 62, 74), 3.4 * size)
        drawing.stroke([(54 * size, (20 + 12 * lift) * size), (38 * size, 18 * size), (30 * size, 21 * size)], (58, 62, 74), 3.4 * size)
        drawing.disc(31 * size, 21 * size, 7 * size, (58, 62, 74), 3.6 * size)
        poses.append(to_sprite(drawing.picture()))
    return tuple(poses)


def _car_picture(colour: Colour, scale: float, pose: int) -> Image.Image:
    drawing = Drawing(CAR_WIDTH, CAR_HEIGHT, scale)
    _draw_car(drawing, 0, 0, colour, 1.0, pose)
    return drawing.picture()


def _draw_car(drawing: Drawing, x: float, y: float, colour: Colour, size: float, pose: int) -> None:
    """Seen from the side, heading right, in a box of CAR_WIDTH by CAR_HEIGHT."""

    def at(dx: float, dy: float) -> tuple[float, float]:
        return x + dx * size, y + dy * size

    light = min(255, colour[0] + 26), min(255, colour[1] + 26), min(255, colour[2] + 26)
    drawing.disc(*at(150, 108), 146 * size, (0, 0, 0, 70), 8 * size)
    drawing.shape([at(62, 50), at(96, 12), at(190, 12), at(236, 50)], light)
    drawing.box(*at(10, 46), 282 * size, 48 * size, colour, 18 * size)
    drawing.shape([at(76, 48), at(102, 20), at(142, 20), at(142, 48)], (186, 214, 228))
    drawing.shape([at(150, 48), at(150, 20), at(186, 20), at(220, 48)], (186, 214, 228))
    drawing.box(*at(10, 70), 282 * size, 6 * size, (0, 0, 0, 40))
    drawing.box(*at(280, 54), 12 * size, 12 * size, (255, 240, 190), 4 * size)
    drawing.box(*at(10, 54), 10 * size, 12 * size, (206, 52, 48), 4 * size)
    drawing.box(*at(154, 56), 22 * size, 5 * size, (0, 0, 0, 70), 2 * size)
    for middle in (72, 228):
        drawing.disc(*at(middle, 90), 24 * size, (38, 40, 46))
        drawing.disc(*at(middle, 90), 13 * size, (176, 182, 190))
        for spoke in range(3):
            angle = math.pi * (spoke / 3 + pose / (3 * WHEEL_POSES))
            dx, dy = 12 * math.cos(angle), 12 * math.sin(angle)
            drawing.stroke([at(middle - dx, 90 - dy), at(middle + dx, 90 + dy)], (92, 98, 108), 3 * size)
