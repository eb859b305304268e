"""Frames with known samples, and what they must look like: matrix and range worked out in floating point (ITU-T H.273, 8.3)."""

from __future__ import annotations

import io

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

BT709, UNTAGGED, BT601 = 1, 2, 6
_RED_AND_BLUE = {BT601: (0.299, 0.114), BT709: (0.2126, 0.0722)}

Floats = NDArray[np.float64]


def colourful_frame(width_px: int, height_px: int, *, matrix: int, is_full: bool, is_tagged_range: bool = True) -> av.VideoFrame:
    """Smooth in both directions, so that where chroma is sited and how a scaler rounds hardly matter."""
    frame = av.VideoFrame(width_px, height_px, "yuvj420p" if is_full else "yuv420p")
    for plane, samples in zip(frame.planes, _samples(width_px, height_px), strict=True):
        rows = np.zeros((plane.height, plane.line_size), np.uint8)
        rows[:, : samples.shape[1]] = samples
        plane.update(rows.tobytes())
    frame.colorspace = matrix
    frame.color_range = (2 if is_full else 1) if is_tagged_range else 0
    return frame


def expected_rgb(width_px: int, height_px: int, *, matrix: int, is_full: bool) -> Floats:
    """Of the frame above, in full size, when its samples mean this."""
    luma, blue, red = (plane.astype(np.float64) for plane in _samples(width_px, height_px))
    if not is_full:
        luma = (luma - 16) * 255 / 219
    blue, red = ((plane - 128) * (1 if is_full else 255 / 224) for plane in (blue, red))
    blue, red = (plane.repeat(2, 0).repeat(2, 1)[:height_px, :width_px] for plane in (blue, red))
    return _to_rgb(luma, blue, red, matrix)


def rgb_of_jpeg(data: bytes) -> Floats:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.float64)


def rgb_of_i420(data: bytes, width_px: int, height_px: int) -> Floats:
    """Full range, BT.601, tightly packed."""
    half_width, half_height = (width_px + 1) // 2, (height_px + 1) // 2
    luma_end, chroma = width_px * height_px, half_width * half_height
    assert len(data) == luma_end + 2 * chroma
    samples = np.frombuffer(data, np.uint8).astype(np.float64)
    luma = samples[:luma_end].reshape(height_px, width_px)
    blue, red = (
        (samples[start : start + chroma].reshape(half_height, half_width) - 128).repeat(2, 0).repeat(2, 1)[:height_px, :width_px]
        for start in (luma_end, luma_end + chroma)
    )
    return _to_rgb(luma, blue, red, BT601)


def shrunk(rgb: Floats, width_px: int, height_px: int) -> Floats:
    picture = Image.fromarray(np.rint(rgb).astype(np.uint8))
    return np.asarray(picture.resize((width_px, height_px), Image.Resampling.BOX), np.float64)


def _samples(width_px: int, height_px: int) -> list[NDArray[np.uint8]]:
    half_width, half_height = (width_px + 1) // 2, (height_px + 1) // 2
    luma = np.linspace(50, 190, width_px)[None, :] + np.linspace(-20, 20, height_px)[:, None]
    blue = np.linspace(80, 180, half_width)[None, :] + np.zeros((half_height, 1))
    red = np.linspace(170, 90, half_height)[:, None] + np.zeros((1, half_width))
    return [np.rint(plane).astype(np.uint8) for plane in (luma, blue, red)]


def _to_rgb(luma: Floats, blue: Floats, red: Floats, matrix: int) -> Floats:
    of_red, of_blue = _RED_AND_BLUE[matrix]
    r = luma + 2 * (1 - of_red) * red
    b = luma + 2 * (1 - of_blue) * blue
    g = (luma - of_red * r - of_blue * b) / (1 - of_red - of_blue)
    return np.clip(np.stack([r, g, b], -1), 0, 255)
