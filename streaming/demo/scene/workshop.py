"""A workshop: boxes travel on a belt under a robot's arm, gears turn, lamps blink."""

from __future__ import annotations

import math

from streaming.demo.scene.canvas import Sprite, to_planes, to_sprite
from streaming.demo.scene.drawing import STAGE_HEIGHT, STAGE_WIDTH, Colour, Drawing
from streaming.demo.scene.stage import Actor, Place, Stage, Way, fixed

_BELT_Y = 470.0
_BOX = 92.0
_BOXES, _SPACING = 5, 320
_BELT_SPEED = 80  # units a second
_ARM_POSES = 24
_ARM_X, _ARM_WIDTH, _ARM_HEIGHT = 560.0, 300.0, 300.0
_GEAR_POSES = 6
_STEEL: Colour = (150, 158, 168)


def workshop(scale: float) -> Stage:
    drawing = Drawing(STAGE_WIDTH, STAGE_HEIGHT, scale)
    drawing.fade(0, 0, STAGE_WIDTH, 520, (62, 78, 96), (96, 112, 128))
    _windows(drawing)
    _pegboard(drawing)
    drawing.fade(0, 520, STAGE_WIDTH, 200, (122, 118, 116), (84, 82, 84))
    for x in range(-200, STAGE_WIDTH + 200, 160):
        drawing.stroke([(x, 720), (x / 2 + 320, 522)], (104, 100, 100), 2)
    _belt(drawing)
    _cabinet(drawing)
    return Stage(to_planes(drawing.picture()), scale, _actors(scale))


def _windows(drawing: Drawing) -> None:
    for x in (60.0, 300.0):
        drawing.box(x - 8, 52, 206, 206, (44, 56, 70), 4)
        drawing.fade(x, 60, 190, 190, (158, 206, 232), (224, 238, 240))
        drawing.shape([(x + 10, 250), (x + 110, 60), (x + 150, 60), (x + 50, 250)], (255, 255, 255, 70))
        drawing.box(x + 90, 60, 8, 190, (44, 56, 70))
        drawing.box(x, 150, 190, 8, (44, 56, 70))
    for x in (250.0, 700.0, 1120.0):
        drawing.stroke([(x, 0), (x, 30)], (40, 46, 54), 4)
        drawing.glow(x, 56, 130, (255, 232, 170), 120)
        drawing.dome(x, 60, 52, 34, (226, 96, 66))
        drawing.box(x - 52, 58, 104, 6, (255, 244, 206), 3)


def _pegboard(drawing: Drawing) -> None:
    drawing.box(850, 120, 380, 220, (190, 156, 112), 8)
    drawing.box(858, 128, 364, 204, (206, 172, 126), 6)
    for row in range(6):
        for column in range(11):
            drawing.disc(878 + 32 * column, 146 + 33 * row, 2.4, (160, 126, 88))
    drawing.stroke([(900, 300), (900, 180)], (184, 64, 52), 12)
    drawing.box(872, 156, 56, 26, (120, 128, 138), 4)
    drawing.stroke([(972, 210), (972, 300)], (240, 180, 60), 14)
    drawing.stroke([(972, 210), (972, 152)], _STEEL, 6)
    drawing.stroke([(1040, 290), (1040, 190)], _STEEL, 12)
    drawing.disc(1040, 176, 22, _STEEL)
    drawing.disc(1040, 166, 11, (206, 172, 126))
    drawing.shape([(1090, 170), (1200, 196), (1200, 214), (1090, 230)], (196, 202, 210))
    drawing.box(1078, 164, 24, 74, (96, 66, 48), 8)
    drawing.box(1098, 268, 110, 40, (62, 122, 170), 6)
    drawing.box(1136, 256, 34, 14, (40, 84, 120), 4)


def _belt(drawing: Drawing) -> None:
    for x in (700.0, 960.0, 1200.0):
        drawing.box(x, _BELT_Y + 40, 26, 130, (70, 78, 88))
        drawing.box(x - 14, _BELT_Y + 164, 54, 12, (56, 62, 70), 4)
    drawing.box(0, _BELT_Y, STAGE_WIDTH, 46, (52, 58, 66))
    drawing.box(0, _BELT_Y, STAGE_WIDTH, 8, (84, 92, 102))
    for x in range(24, STAGE_WIDTH, 60):
        drawing.disc(x, _BELT_Y + 26, 13, (112, 120, 130))
        drawing.disc(x, _BELT_Y + 26, 5, (70, 78, 88))
    for x in range(0, STAGE_WIDTH, 48):
        drawing.shape([(x, _BELT_Y + 58), (x + 24, _BELT_Y + 58), (x + 12, _BELT_Y + 46), (x - 12, _BELT_Y + 46)], (240, 190, 60))
        drawing.shape([(x + 24, _BELT_Y + 58), (x + 48, _BELT_Y + 58), (x + 36, _BELT_Y + 46), (x + 12, _BELT_Y + 46)], (44, 44, 48))


def _cabinet(drawing: Drawing) -> None:
    drawing.box(1010, 560, 190, 150, (196, 64, 54), 8)
    for y in (570.0, 616.0, 662.0):
        drawing.box(1020, y, 170, 40, (216, 82, 70), 4)
        drawing.box(1080, y + 16, 50, 8, (236, 226, 220), 4)


def _actors(scale: float) -> list[Actor]:
    colours: tuple[Colour, ...] = ((206, 160, 104), (122, 170, 150), (226, 176, 92), (152, 140, 190), (214, 120, 96))
    turn_ms = _BOXES * _SPACING * 1000 // _BELT_SPEED
    boxes = [Actor((_box(scale, colour),), _riding(index, turn_ms)) for index, colour in enumerate(colours)]
    gears = tuple(_gear(scale, pose) for pose in range(_GEAR_POSES))
    arms = tuple(_arm(scale, 2 * math.pi * pose / _ARM_POSES) for pose in range(_ARM_POSES))
    cycle_ms = _SPACING * 1000 // _BELT_SPEED
    return [
        Actor(gears, fixed(64, 300, poses=_GEAR_POSES, pose_ms=110)),
        Actor(gears[::-1], fixed(160, 274, poses=_GEAR_POSES, pose_ms=110)),
        *boxes,
        Actor(arms, fixed(_ARM_X, 150, poses=_ARM_POSES, pose_ms=cycle_ms // _ARM_POSES)),
        Actor(tuple(_lamp(scale, is_lit) for is_lit in (True, False)), fixed(1214, 398, poses=2, pose_ms=500)),
    ]


def _riding(index: int, turn_ms: int) -> Way:
    def place(now_ms: int) -> Place | None:
        x = (now_ms + index * turn_ms // _BOXES) % turn_ms * _BELT_SPEED / 1000 - _BOX
        return Place(x, _BELT_Y - _BOX) if x < STAGE_WIDTH else None

    return place


def _box(scale: float, colour: Colour) -> Sprite:
    drawing = Drawing(_BOX, _BOX, scale)
    drawing.box(0, 12, _BOX, _BOX - 12, colour, 4)
    drawing.shape([(0, 16), (10, 2), (_BOX - 10, 2), (_BOX, 16)], (colour[0] * 9 // 10, colour[1] * 9 // 10, colour[2] * 9 // 10))
    drawing.box(_BOX / 2 - 9, 2, 18, _BOX - 2, (244, 234, 210, 170))
    drawing.box(12, 62, 26, 18, (255, 255, 255, 190), 2)
    return to_sprite(drawing.picture())


def _gear(scale: float, pose: int) -> Sprite:
    """Ten teeth, so a tenth of a turn closes the circle."""
    drawing = Drawing(120, 120, scale)
    for tooth in range(10):
        angle = 2 * math.pi * (tooth + pose / _GEAR_POSES) / 10
        drawing.stroke([(60, 60), (60 + 50 * math.cos(angle), 60 + 50 * math.sin(angle))], (226, 172, 66), 13)
    drawing.disc(60, 60, 43, (226, 172, 66))
    drawing.disc(60, 60, 27, (198, 144, 48))
    drawing.disc(60, 60, 12, (70, 84, 102))
    return to_sprite(drawing.picture())


def _arm(scale: float, phase: float) -> Sprite:
    """Hangs from the ceiling's rail and dips to the belt once in a cycle."""
    drawing = Drawing(_ARM_WIDTH, _ARM_HEIGHT, scale)
    dip = (1 - math.cos(phase)) / 2
    shoulder = (150.0, 30.0)
    elbow = (150 - 84 * math.cos(0.5 * dip) + 20, 60 + 74 * dip + 30)
    hand = (150 + 30 * math.sin(phase), 120 + 84 * dip)
    drawing.box(96, 0, 108, 26, (64, 74, 86), 6)
    drawing.stroke([shoulder, elbow], (232, 112, 60), 26)
    drawing.stroke([elbow, hand], (242, 136, 78), 20)
    for joint, radius in ((shoulder, 19), (elbow, 16)):
        drawing.disc(*joint, radius, (60, 66, 76))
        drawing.disc(*joint, radius / 2, _STEEL)
    x, y = hand
    drawing.box(x - 20, y - 4, 40, 14, (60, 66, 76), 4)
    grip = 18 - 8 * dip
    for side in (-1, 1):
        drawing.stroke([(x + side * grip, y + 8), (x + side * grip, y + 28)], (60, 66, 76), 7)
    return to_sprite(drawing.picture())


def _lamp(scale: float, is_lit: bool) -> Sprite:
    drawing = Drawing(44, 72, scale)
    drawing.box(10, 58, 24, 14, (60, 66, 76), 3)
    for row, colour in enumerate(((226, 74, 62), (244, 190, 70), (104, 196, 110))):
        is_on = is_lit if row == 2 else not is_lit and row == 1
        drawing.box(12, 2 + 19 * row, 20, 17, colour if is_on else (colour[0] // 3, colour[1] // 3, colour[2] // 3), 4)
    return to_sprite(drawing.picture())
