"""A time stamp that programs read from the picture: for measuring the delay from drawing to display.

Along the lower edge, STRIP_HEIGHT units of 720 high (32 pixels at 720p, 16 at 360p), lie 40 cells, each a fortieth of the width. From left
to right they are the bits of the drawing time in ms since 1970, modulo 2**40, most significant bit first. White (luma 235) is 1, black (16)
is 0; chroma is neutral. Decode by the luma in the middle of each cell, 1 if above 125: that survives any encoder, and scaling down to cells
of 4 pixels.
"""

from __future__ import annotations

import numpy as np

from streaming.demo.scene.canvas import Canvas, Plane
from streaming.demo.scene.drawing import STAGE_HEIGHT

STRIP_BITS = 40
STRIP_HEIGHT = 32
_BLACK, _WHITE, _THRESHOLD, _NEUTRAL = 16, 235, 125, 128


def draw_strip(canvas: Canvas, now_ms: int) -> None:
    height_px, cell_px = strip_height_px(canvas.height_px), canvas.width_px // STRIP_BITS
    bits = np.array([now_ms >> (STRIP_BITS - 1 - index) & 1 for index in range(STRIP_BITS)], dtype=np.uint8)
    row = np.repeat(_BLACK + bits * (_WHITE - _BLACK), cell_px)
    luma, blue, red = canvas.planes
    luma[-height_px:, : row.size] = row
    blue[-height_px // 2 :] = _NEUTRAL
    red[-height_px // 2 :] = _NEUTRAL


def read_strip(luma: Plane) -> int:
    """Milliseconds modulo 2**40 from a decoded picture's luma plane."""
    height_px, width_px = luma.shape
    row = luma[height_px - max(1, strip_height_px(height_px) // 2)]
    value = 0
    for index in range(STRIP_BITS):
        value = value << 1 | int(row[int((index + 0.5) * width_px / STRIP_BITS)] > _THRESHOLD)
    return value


def strip_height_px(picture_height_px: int) -> int:
    return picture_height_px * STRIP_HEIGHT // STAGE_HEIGHT & ~1
