"""A house's front door; people pass by on the pavement."""

from __future__ import annotations

from streaming.demo.scene.canvas import Sprite, to_planes
from streaming.demo.scene.drawing import STAGE_HEIGHT, STAGE_WIDTH, Colour, Drawing
from streaming.demo.scene.figures import WALK_POSE_MS, WALK_POSES, Look, walker, walker_top, walker_width
from streaming.demo.scene.stage import Actor, Stage, crossing
from streaming.demo.scene.things import bird, tree

_WALL: Colour = (241, 228, 208)
_TRIM: Colour = (255, 252, 246)
_NEAR, _FAR = 578.0, 548.0


def entrance(scale: float) -> Stage:
    drawing = Drawing(STAGE_WIDTH, STAGE_HEIGHT, scale)
    drawing.fade(0, 0, STAGE_WIDTH, 460, (142, 196, 232), (226, 241, 248))
    drawing.dome(120, 470, 420, 130, (160, 196, 150))
    drawing.box(0, 440, STAGE_WIDTH, 90, (134, 180, 112))
    tree(drawing, 96, 486, 1.5, (96, 158, 92))
    tree(drawing, 226, 480, 1.0, (120, 176, 104))
    _house(drawing)
    _door(drawing)
    _street(drawing)
    return Stage(to_planes(drawing.picture()), scale, _actors(scale))


def _house(drawing: Drawing) -> None:
    drawing.box(336, 60, 944, 444, _WALL)
    drawing.box(336, 60, 944, 16, (0, 0, 0, 26))
    drawing.shape([(296, 66), (404, -60), (1300, -60), (1300, 66)], (168, 88, 72))
    for row in range(3):
        drawing.box(352 - 19 * row, 6 + 22 * row, 940, 4, (148, 74, 62))
    drawing.box(296, 60, 984, 12, _TRIM)
    drawing.box(336, 470, 944, 34, (196, 184, 168))
    for x in (408.0, 1030.0):
        _window(drawing, x, 170)


def _window(drawing: Drawing, x: float, y: float) -> None:
    drawing.box(x - 12, y - 12, 204, 204, _TRIM, 6)
    drawing.fade(x, y, 180, 180, (126, 172, 196), (206, 226, 230))
    drawing.shape([(x + 20, y + 180), (x + 110, y), (x + 150, y), (x + 60, y + 180)], (255, 255, 255, 60))
    drawing.box(x, y, 40, 180, (240, 214, 176, 200))
    drawing.box(x + 140, y, 40, 180, (240, 214, 176, 200))
    drawing.box(x + 86, y, 8, 180, _TRIM)
    drawing.box(x, y + 86, 180, 8, _TRIM)
    drawing.box(x - 20, y + 192, 220, 14, _TRIM, 4)
    drawing.box(x - 6, y + 206, 192, 30, (150, 96, 70), 6)
    for index in range(9):
        drawing.disc(x + 6 + 21 * index, y + 202, 14, (98, 150, 84))
        drawing.disc(x + 6 + 21 * index, y + 196, 6.5, ((232, 92, 96), (250, 204, 92), (238, 150, 180))[index % 3])


def _door(drawing: Drawing) -> None:
    drawing.shape([(690, 128), (952, 128), (918, 88), (724, 88)], (120, 62, 54))
    drawing.box(690, 124, 262, 12, _TRIM)
    drawing.box(726, 148, 190, 330, _TRIM, 4)
    drawing.box(740, 162, 162, 316, (40, 112, 118), 3)
    for y in (258.0, 370.0):
        drawing.box(758, y, 54, 96, (34, 98, 104), 4)
        drawing.box(830, y, 54, 96, (34, 98, 104), 4)
    drawing.dome(821, 244, 62, 64, (196, 224, 228))
    drawing.box(816, 180, 10, 64, (40, 112, 118))
    drawing.disc(752, 342, 8, (232, 196, 112))
    drawing.label(821, 274, "24", 26, (236, 214, 150), 0.6, anchor="mm")
    drawing.glow(654, 236, 96, (255, 226, 150), 150)
    drawing.box(642, 216, 24, 40, (70, 66, 64), 5)
    drawing.box(647, 222, 14, 26, (255, 240, 190), 4)
    drawing.box(704, 476, 234, 18, (214, 206, 196), 3)
    drawing.box(684, 492, 274, 20, (196, 188, 178), 3)
    for x in (690.0, 952.0):
        drawing.box(x - 26, 440, 52, 54, (186, 104, 74), 6)
        drawing.disc(x, 410, 40, (84, 142, 84))
        drawing.disc(x - 8, 396, 26, (104, 162, 96))


def _street(drawing: Drawing) -> None:
    drawing.box(0, 504, STAGE_WIDTH, 96, (214, 208, 200))
    drawing.shape([(700, 512), (942, 512), (1010, 600), (640, 600)], (226, 218, 206))
    for x in range(-60, STAGE_WIDTH, 120):
        drawing.stroke([(x + 60, 506), (x, 598)], (198, 192, 184), 2)
    drawing.box(0, 596, STAGE_WIDTH, 14, (180, 174, 168))
    drawing.fade(0, 610, STAGE_WIDTH, 110, (104, 108, 116), (84, 88, 96))
    for x in range(40, STAGE_WIDTH, 200):
        drawing.box(x, 664, 110, 8, (222, 216, 190), 3)


def _actors(scale: float) -> list[Actor]:
    coats = (
        Look((206, 78, 66), (58, 70, 104), bag=(56, 92, 88)),
        Look((62, 104, 152), (72, 66, 66), hair=(202, 160, 90), parcel=(196, 148, 96)),
        Look((236, 182, 72), (70, 92, 120), skin=(150, 100, 74), hair=(36, 28, 28)),
        Look((112, 150, 104), (92, 74, 62), hair=(150, 150, 156)),
    )
    return [
        Actor(bird(scale, 0.7), crossing(width=42, y=104, speed=150, poses=4, pose_ms=90, delay_ms=3000, pause_ms=7000)),
        _passer(walker(coats[3], 196, scale), 196, _FAR, 74, 9000, 4000),
        _passer(walker(coats[1], 204, scale, faces_left=True), 204, _FAR, -96, 21_000, 6000),
        _passer(walker(coats[0], 216, scale), 216, _NEAR, 108, 0, 3000),
        _passer(walker(coats[2], 212, scale, faces_left=True), 212, _NEAR, -88, 12_000, 5000),
    ]


def _passer(poses: tuple[Sprite, ...], height: float, ground_y: float, speed: float, delay_ms: int, pause_ms: int) -> Actor:
    way = crossing(
        width=walker_width(height),
        y=walker_top(height, ground_y),
        speed=speed,
        poses=WALK_POSES,
        pose_ms=WALK_POSE_MS,
        delay_ms=delay_ms,
        pause_ms=pause_ms,
    )
    return Actor(poses, way)
