"""A garden with a pond and a windmill; clouds drift, birds fly over."""

from __future__ import annotations

import math

from streaming.demo.scene.canvas import Sprite, to_planes, to_sprite
from streaming.demo.scene.drawing import STAGE_HEIGHT, STAGE_WIDTH, Colour, Drawing
from streaming.demo.scene.stage import Actor, Place, Stage, crossing, fixed
from streaming.demo.scene.things import bird, cloud, tree

_HUB = (1008.0, 268.0)
_BLADE = 118.0
_SAIL_POSES = 12
_FLOWERS: tuple[Colour, ...] = ((236, 96, 104), (250, 206, 92), (240, 240, 244), (186, 120, 206))


def garden(scale: float) -> Stage:
    drawing = Drawing(STAGE_WIDTH, STAGE_HEIGHT, scale)
    drawing.fade(0, 0, STAGE_WIDTH, 420, (112, 182, 234), (228, 243, 250))
    drawing.glow(236, 116, 190, (255, 244, 196), 200)
    drawing.disc(236, 116, 52, (255, 232, 140))
    drawing.dome(160, 430, 520, 150, (166, 206, 158))
    drawing.dome(900, 440, 640, 190, (144, 194, 140))
    drawing.fade(0, 396, STAGE_WIDTH, 324, (136, 196, 110), (96, 160, 84))
    _windmill(drawing)
    _fence(drawing)
    for x, y, size in ((70, 470, 1.3), (566, 446, 0.8), (1216, 500, 1.5)):
        tree(drawing, x, y, size, (84, 156, 88))
    _pond(drawing)
    _beds(drawing)
    return Stage(to_planes(drawing.picture()), scale, _actors(scale))


def _windmill(drawing: Drawing) -> None:
    x, y = _HUB
    drawing.shape([(x - 44, y + 20), (x + 44, y + 20), (x + 70, 470), (x - 70, 470)], (246, 236, 220))
    drawing.shape([(x + 8, y + 20), (x + 44, y + 20), (x + 70, 470), (x + 14, 470)], (226, 212, 194))
    drawing.dome(x, y + 22, 52, 56, (176, 84, 70))
    drawing.box(x - 14, 404, 30, 66, (122, 84, 62), 14)
    drawing.box(x - 12, 322, 24, 30, (132, 172, 196), 10)


def _fence(drawing: Drawing) -> None:
    for rail in (430.0, 456.0):
        drawing.box(0, rail, 900, 7, (246, 244, 238))
    for x in range(14, 900, 34):
        drawing.shape([(x, 484), (x, 420), (x + 8, 408), (x + 16, 420), (x + 16, 484)], (252, 250, 246))


def _pond(drawing: Drawing) -> None:
    drawing.disc(930, 612, 300, (178, 170, 150), 82)
    drawing.disc(930, 608, 286, (104, 172, 206), 74)
    drawing.disc(930, 600, 258, (126, 190, 218), 58)
    for x, y, width in ((820, 578, 90), (1010, 596, 120), (900, 640, 100)):
        drawing.box(x, y, width, 5, (190, 226, 238), 2.5)
    for left, top in ((1130, 628), (744, 636), (1102, 646)):
        drawing.disc(left, top, 26, (92, 158, 92), 9)
        drawing.disc(left + 4, top - 6, 8, (246, 180, 204), 6)


def _beds(drawing: Drawing) -> None:
    for index in range(30):
        x, y = 16 + 20.5 * index, 548 + 14 * (index * 7 % 3)
        drawing.stroke([(x, y + 30), (x, y)], (70, 130, 66), 4)
        drawing.disc(x, y, 10, _FLOWERS[index % 4])
        drawing.disc(x, y, 4, (250, 226, 130) if index % 4 != 1 else (186, 120, 60))


def _actors(scale: float) -> list[Actor]:
    sails = tuple(_sails(scale, pose) for pose in range(_SAIL_POSES))
    x, y = _HUB
    return [
        Actor(cloud(scale, 1.5), crossing(width=330, y=40, speed=16, poses=1, pose_ms=1000, delay_ms=20_000)),
        Actor(cloud(scale, 1.0), crossing(width=220, y=150, speed=10, poses=1, pose_ms=1000, delay_ms=75_000)),
        Actor(cloud(scale, 0.8), crossing(width=176, y=16, speed=22, poses=1, pose_ms=1000, delay_ms=40_000)),
        Actor(sails, fixed(x - _BLADE, y - _BLADE, poses=_SAIL_POSES, pose_ms=90)),
        Actor(bird(scale, 0.8), crossing(width=48, y=200, speed=130, poses=4, pose_ms=100, pause_ms=5000)),
        Actor(bird(scale, 0.6), crossing(width=36, y=236, speed=124, poses=4, pose_ms=110, delay_ms=900, pause_ms=5000)),
        Actor((_duck(scale),), _swim),
    ]


def _sails(scale: float, pose: int) -> Sprite:
    """Four of them, so a quarter turn closes the circle."""
    drawing = Drawing(2 * _BLADE, 2 * _BLADE, scale)
    for quarter in range(4):
        angle = math.pi / 2 * (quarter + pose / _SAIL_POSES)
        along, across = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))

        def at(out: float, side: float, along: tuple[float, float] = along, across: tuple[float, float] = across) -> tuple[float, float]:
            return _BLADE + along[0] * out + across[0] * side, _BLADE + along[1] * out + across[1] * side

        drawing.shape([at(26, 2), at(112, 2), at(112, 30), at(34, 24)], (250, 246, 236))
        drawing.shape([at(26, 16), at(112, 18), at(112, 30), at(34, 24)], (226, 218, 204))
        drawing.stroke([at(0, 0), at(113, 0)], (120, 84, 64), 6)
    drawing.disc(_BLADE, _BLADE, 11, (120, 84, 64))
    return to_sprite(drawing.picture())


def _duck(scale: float) -> Sprite:
    drawing = Drawing(84, 56, scale)
    drawing.disc(40, 51, 38, (190, 226, 238), 4)
    drawing.disc(36, 38, 30, (250, 250, 246), 13)
    drawing.shape([(6, 36), (2, 22), (22, 30)], (250, 250, 246))
    drawing.stroke([(58, 36), (62, 18)], (250, 250, 246), 11)
    drawing.disc(63, 15, 10, (52, 128, 84))
    drawing.shape([(71, 13), (83, 17), (71, 20)], (240, 160, 56))
    drawing.disc(66, 13, 2, (20, 20, 20))
    return to_sprite(drawing.picture())


def _swim(now_ms: int) -> Place:
    """Round the pond."""
    turn = 2 * math.pi * (now_ms % 26_000) / 26_000
    return Place(888 + 170 * math.sin(turn), 566 + 24 * math.cos(turn))
