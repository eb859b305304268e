"""A car park in front of offices; cars drive along its lane."""

from __future__ import annotations

from streaming.demo.scene.canvas import to_planes
from streaming.demo.scene.drawing import STAGE_HEIGHT, STAGE_WIDTH, Colour, Drawing
from streaming.demo.scene.figures import WALK_POSE_MS, WALK_POSES, Look, walker, walker_top, walker_width
from streaming.demo.scene.stage import Actor, Stage, Way, crossing
from streaming.demo.scene.things import CAR_WIDTH, WHEEL_POSES, car, cloud, parked_car, tree

_LANE_Y, _PATH_Y = 462.0, 338.0
_PARKED: tuple[Colour | None, ...] = ((92, 122, 160), None, (196, 198, 202), (158, 60, 58), None)


def car_park(scale: float) -> Stage:
    drawing = Drawing(STAGE_WIDTH, STAGE_HEIGHT, scale)
    drawing.fade(0, 0, STAGE_WIDTH, 270, (132, 190, 230), (214, 234, 244))
    _offices(drawing)
    drawing.box(0, 262, STAGE_WIDTH, 40, (130, 172, 108))
    for x, size in ((60, 0.9), (520, 0.8), (900, 1.0), (1230, 0.85)):
        tree(drawing, x, 290, size, (92, 152, 92))
    drawing.box(0, 296, STAGE_WIDTH, 56, (206, 202, 196))
    drawing.box(0, 348, STAGE_WIDTH, 10, (172, 168, 164))
    drawing.fade(0, 356, STAGE_WIDTH, 364, (112, 116, 124), (84, 88, 96))
    _bays(drawing)
    _lane(drawing)
    return Stage(to_planes(drawing.picture()), scale, _actors(scale))


def _offices(drawing: Drawing) -> None:
    blocks = (
        (90, 130, 300, (204, 186, 168)),
        (420, 84, 250, (170, 184, 196)),
        (700, 148, 260, (214, 200, 178)),
        (990, 104, 230, (182, 170, 176)),
    )
    for x, top, width, colour in blocks:
        drawing.box(x, top, width, 270 - top, colour)
        drawing.box(x - 6, top - 8, width + 12, 12, (232, 230, 226))
        for row in range(int((250 - top) // 46)):
            for column in range(int(width // 50)):
                is_lit = (row * 3 + column * 5 + x) % 7 == 0
                left, y = x + 14 + 50 * column, top + 20 + 46 * row
                drawing.box(left, y, 30, 30, (250, 226, 160) if is_lit else (112, 146, 170), 2)
                drawing.box(left, y, 30, 8, (255, 255, 255, 70))


def _bays(drawing: Drawing) -> None:
    """Cars stand nose to the right between lines that lean with the view."""
    for index, colour in enumerate(_PARKED):
        x = 10 + 262 * index
        drawing.shape([(x + 4, 366), (x + 12, 366), (x - 26, 452), (x - 36, 452)], (226, 226, 220))
        if colour is not None:
            parked_car(drawing, x + 16, 362, colour, 0.72)
        else:
            drawing.label(x + 112, 416, "P", 54, (222, 222, 216), 1.5, anchor="mm")


def _lane(drawing: Drawing) -> None:
    drawing.box(0, 454, STAGE_WIDTH, 6, (226, 226, 220))
    for x in range(640, STAGE_WIDTH, 190):
        drawing.box(x, 600, 100, 8, (226, 220, 190), 3)
    drawing.shape([(700, 668), (900, 668), (900, 652), (960, 680), (900, 708), (900, 692), (700, 692)], (226, 226, 220, 200))
    for stripe in (1080, 1130, 1180, 1230):
        drawing.shape([(stripe, 640), (stripe + 26, 640), (stripe - 4, 716), (stripe - 34, 716)], (236, 192, 72, 220))
    drawing.stroke([(1196, 300), (1196, 96)], (96, 100, 108), 9)
    drawing.stroke([(1196, 96), (1128, 84)], (96, 100, 108), 8)
    drawing.box(1094, 76, 44, 14, (240, 236, 214), 6)


def _actors(scale: float) -> list[Actor]:
    first, second = Look((210, 92, 74), (64, 74, 98), bag=(60, 60, 70)), Look((84, 132, 124), (88, 74, 66), hair=(190, 150, 92))
    return [
        Actor(cloud(scale, 0.55), crossing(width=125, y=8, speed=11, poses=1, pose_ms=1000, delay_ms=60_000)),
        Actor(cloud(scale, 0.4), crossing(width=90, y=30, speed=7, poses=1, pose_ms=1000, delay_ms=20_000)),
        Actor(walker(first, 118, scale), _walk(118, _PATH_Y, 62, 7000)),
        Actor(walker(second, 112, scale, faces_left=True), _walk(112, _PATH_Y - 8, -54, 16_000)),
        Actor(car((70, 128, 178), scale, faces_left=True), _drive(_LANE_Y - 18, -210, 5000)),
        Actor(car((226, 160, 58), scale), _drive(_LANE_Y + 8, 240, 0)),
    ]


def _walk(height: float, ground_y: float, speed: float, delay_ms: int) -> Way:
    top = walker_top(height, ground_y)
    return crossing(
        width=walker_width(height), y=top, speed=speed, poses=WALK_POSES, pose_ms=WALK_POSE_MS, delay_ms=delay_ms, pause_ms=4000
    )


def _drive(y: float, speed: float, delay_ms: int) -> Way:
    return crossing(width=CAR_WIDTH, y=y, speed=speed, poses=WHEEL_POSES, pose_ms=60, delay_ms=delay_ms, pause_ms=8000)
