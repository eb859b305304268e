"""What a scene consists of: a still background and actors, whose place depends on the time alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from streaming.demo.scene.canvas import Light, Planes, Sprite
from streaming.demo.scene.drawing import STAGE_HEIGHT, STAGE_WIDTH


@dataclass(frozen=True, slots=True)
class Place:
    """Top left corner in stage units, and which of the actor's pictures."""

    x: float
    y: float
    pose: int = 0


# Where an actor is at a time in ms; None: not on stage.
Way = Callable[[int], Place | None]


@dataclass(frozen=True, slots=True)
class Actor:
    poses: tuple[Sprite, ...]
    place: Way


@dataclass(frozen=True, slots=True)
class Stage:
    """Actors from back to front."""

    background: Planes
    scale: float
    actors: list[Actor]

    def in_light(self, light: Light) -> Stage:
        actors = [Actor(tuple(pose.in_light(light) for pose in actor.poses), actor.place) for actor in self.actors]
        return Stage(light.on(self.background), self.scale, actors)


def crossing(*, width: float, y: float, speed: float, poses: int, pose_ms: int, delay_ms: int = 0, pause_ms: int = 0) -> Way:
    """Walks, drives or drifts across the whole stage again and again, with a pause off stage.

    `speed` is in units a second; negative goes from right to left.
    """
    way = STAGE_WIDTH + width
    turn_ms = round(way / abs(speed) * 1000) + pause_ms

    def place(now_ms: int) -> Place | None:
        into_ms = (now_ms + delay_ms) % turn_ms
        done = into_ms * abs(speed) / 1000
        if done > way:
            return None
        return Place(done - width if speed > 0 else STAGE_WIDTH - done, y, into_ms // pose_ms % poses)

    return place


def fixed(x: float, y: float, *, poses: int, pose_ms: int) -> Way:
    """Stays where it is and goes through its poses."""

    def place(now_ms: int) -> Place:
        return Place(x, y, now_ms // pose_ms % poses)

    return place


def scale_for(width_px: int, height_px: int) -> float:
    """Raises ValueError unless the picture is 16:9 and of even size."""
    if width_px * STAGE_HEIGHT != height_px * STAGE_WIDTH or width_px % 2 or height_px % 2:
        raise ValueError(f"{width_px}x{height_px} is not 16:9 in even numbers")
    return width_px / STAGE_WIDTH
