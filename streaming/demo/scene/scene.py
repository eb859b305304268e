"""One camera's picture at a time: the stage, its actors, the clock. The same time gives the same pixels."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from streaming.demo.scene.canvas import Canvas, Planes
from streaming.demo.scene.overlay import ClockPlate
from streaming.demo.scene.stage import Stage
from streaming.demo.scene.strip import STRIP_HEIGHT, draw_strip

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Scene:
    """`utc_offset_ms` is what the clock on the picture adds to UTC; `has_strip` adds the time that programs read (strip.py)."""

    def __init__(self, stage: Stage, title: str, *, utc_offset_ms: int = 0, has_strip: bool = False) -> None:
        self._stage = stage
        self._utc_offset_ms = utc_offset_ms
        self._has_strip = has_strip
        self._canvas = Canvas(stage.background)
        self._plate = ClockPlate(title, self._canvas, stage.scale, above=STRIP_HEIGHT if has_strip else 0)

    @property
    def size_px(self) -> tuple[int, int]:
        return self._canvas.width_px, self._canvas.height_px

    def draw(self, now_ms: int) -> Planes:
        """I420 planes, valid until the next call. `now_ms` is ms since 1970."""
        self._canvas.wipe()
        scale = self._stage.scale
        for actor in self._stage.actors:
            place = actor.place(now_ms)
            if place is not None:
                self._canvas.lay(actor.poses[place.pose], round(place.x * scale), round(place.y * scale))
        shown = _EPOCH + timedelta(milliseconds=now_ms + self._utc_offset_ms)
        clock = f"{shown:%H:%M:%S}.{shown.microsecond // 1000:03d}"
        self._plate.draw(f"{shown.day} {shown:%b %Y}", clock, now_ms % 1000)
        if self._has_strip:
            draw_strip(self._canvas, now_ms)
        return self._canvas.planes
