"""The plate with the camera's name and the clock, to the millisecond and big enough for a dashboard tile.

Every glyph is drawn once; a frame costs a handful of copies.
"""

from __future__ import annotations

from streaming.demo.scene.canvas import Canvas, Planes, to_planes
from streaming.demo.scene.drawing import Drawing

_GLYPHS = "0123456789:."
_DIGIT_WIDTH, _MARK_WIDTH, _GLYPH_HEIGHT = 52.0, 26.0, 84.0
_PLATE = (16, 22, 30)
_INK = (250, 252, 255)
_QUIET = (164, 182, 198)
_ACCENT = (255, 92, 70)
_MARGIN, _HEAD = 24.0, 50.0
_LAMP_MS = 150
_PATTERN = "00:00:00.000"


class ClockPlate:
    """In the bottom left corner, `above` units over the lower edge."""

    def __init__(self, title: str, canvas: Canvas, scale: float, *, above: float = 0) -> None:
        self._canvas = canvas
        self._scale = scale
        self._title = title
        self._glyphs = {glyph: _glyph(glyph, scale) for glyph in _GLYPHS}
        self._width = 2 * _MARGIN + sum(_DIGIT_WIDTH if mark.isdigit() else _MARK_WIDTH for mark in _PATTERN)
        self._height = _HEAD + _GLYPH_HEIGHT
        self._top = canvas.height_px - _even(above * scale) - _even(self._height * scale)
        self._heads: dict[tuple[str, bool], Planes] = {}

    def draw(self, date: str, clock: str, into_second_ms: int) -> None:
        """`clock` as 23:59:59.999. A lamp flashes at the beginning of every second, when the chime sounds."""
        self._canvas.copy(self._head(date, into_second_ms < _LAMP_MS), 0, self._top)
        left, top = _MARGIN, self._top + _even(_HEAD * self._scale)
        for mark in clock:
            self._canvas.copy(self._glyphs[mark], _even(left * self._scale), top)
            left += _DIGIT_WIDTH if mark.isdigit() else _MARK_WIDTH

    def _head(self, date: str, is_lit: bool) -> Planes:
        """The whole empty plate; its lower part is covered by the glyphs."""
        found = self._heads.get((date, is_lit))
        if found is None:
            if len(self._heads) > 2:
                self._heads.clear()  # yesterday's
            found = self._heads[date, is_lit] = self._plate(date, is_lit)
        return found

    def _plate(self, date: str, is_lit: bool) -> Planes:
        drawing = Drawing(self._width, self._height, self._scale, (*_PLATE, 255))
        drawing.disc(_MARGIN + 10, 30, 10, _ACCENT if is_lit else (92, 46, 44))
        drawing.label(_MARGIN + 34, 30, self._title, 30, _INK, 0.5)
        drawing.label(self._width - _MARGIN, 30, date, 30, _QUIET, 0, anchor="rm")
        return _cropped(drawing, self._width, self._height, self._scale)


def _glyph(glyph: str, scale: float) -> Planes:
    width = _DIGIT_WIDTH if glyph.isdigit() else _MARK_WIDTH
    drawing = Drawing(width, _GLYPH_HEIGHT, scale, (*_PLATE, 255))
    drawing.label(width / 2, 64, glyph, 84, _INK, 1.6, anchor="ms")
    return _cropped(drawing, width, _GLYPH_HEIGHT, scale)


def _even(length: float) -> int:
    return int(length) & ~1


def _cropped(drawing: Drawing, width: float, height: float, scale: float) -> Planes:
    return to_planes(drawing.picture().crop((0, 0, _even(width * scale), _even(height * scale))))
