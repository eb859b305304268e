from __future__ import annotations

import av
import numpy as np
import pytest

from streaming.codec.jpeg import PictureMaker, fit_width
from tests.support.colours import (
    BT601,
    BT709,
    UNTAGGED,
    Floats,
    colourful_frame,
    expected_rgb,
    rgb_of_i420,
    rgb_of_jpeg,
    shrunk,
)

SIZES = [(640, 360), (1000, 562), (642, 361), (1280, 720)]
# Reading a BT.709 picture as BT.601 is off by 4 on average and 22 at most here; a wrong range by 10 and more on average.
MEAN_ERROR, LARGEST_ERROR = 2.0, 12.0


def assert_close(made: Floats, expected: Floats) -> None:
    assert made.shape == expected.shape
    error = np.abs(made - expected)
    assert error.mean() < MEAN_ERROR
    assert error.max() < LARGEST_ERROR


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("is_full", [False, True])
@pytest.mark.parametrize("matrix", [BT601, BT709])
def test_jpeg_has_the_colours_the_tags_mean(size: tuple[int, int], is_full: bool, matrix: int) -> None:
    frame = colourful_frame(*size, matrix=matrix, is_full=is_full)
    picture = PictureMaker().jpeg(frame, at_most_px=1920, quality=95)
    assert (picture.width_px, picture.height_px) == size
    assert_close(rgb_of_jpeg(picture.data), expected_rgb(*size, matrix=matrix, is_full=is_full))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("is_full", [False, True])
@pytest.mark.parametrize("matrix", [BT601, BT709])
def test_shrunk_jpeg_and_planes_have_them_too(size: tuple[int, int], is_full: bool, matrix: int) -> None:
    frame = colourful_frame(*size, matrix=matrix, is_full=is_full)
    jpeg, planes = PictureMaker().jpeg(frame, 320, 95), PictureMaker().i420(frame, 320)
    assert jpeg.width_px == planes.width_px == 320
    expected = shrunk(expected_rgb(*size, matrix=matrix, is_full=is_full), 320, jpeg.height_px)
    assert_close(rgb_of_jpeg(jpeg.data), expected)
    assert_close(rgb_of_i420(planes.data, 320, planes.height_px), expected)


@pytest.mark.parametrize("size", SIZES)
def test_planes_of_full_size_are_packed_without_padding(size: tuple[int, int]) -> None:
    planes = PictureMaker().i420(colourful_frame(*size, matrix=BT709, is_full=False), 1920)
    assert_close(rgb_of_i420(planes.data, *size), expected_rgb(*size, matrix=BT709, is_full=False))


@pytest.mark.parametrize(("size", "meant"), [((640, 360), BT601), ((1280, 720), BT709)])
def test_untagged_frames_are_read_as_browsers_do(size: tuple[int, int], meant: int) -> None:
    frame = colourful_frame(*size, matrix=UNTAGGED, is_full=False, is_tagged_range=False)
    expected = expected_rgb(*size, matrix=meant, is_full=False)
    assert_close(rgb_of_jpeg(PictureMaker().jpeg(frame, 1920, 95).data), expected)
    assert_close(rgb_of_i420(PictureMaker().i420(frame, 1920).data, *size), expected)


@pytest.mark.parametrize("pixel_format", ["yuv422p", "yuvj444p", "yuv420p10le", "nv12"])
@pytest.mark.parametrize("matrix", [BT601, BT709])
def test_other_sample_layouts_are_understood(pixel_format: str, matrix: int) -> None:
    is_full = pixel_format.startswith("yuvj")
    frame = colourful_frame(640, 360, matrix=matrix, is_full=is_full).reformat(format=pixel_format)
    frame.colorspace = matrix
    made = rgb_of_jpeg(PictureMaker().jpeg(frame, 320, 95).data)
    assert_close(made, shrunk(expected_rgb(640, 360, matrix=matrix, is_full=is_full), 320, 180))


def test_grey_frames_become_grey_pictures() -> None:
    frame = av.VideoFrame.from_ndarray(np.full((360, 640), 90, np.uint8), format="gray")
    made = rgb_of_jpeg(PictureMaker().jpeg(frame, 320, 95).data)
    assert np.ptp(made) <= 2


def test_one_maker_follows_a_stream_that_changes_size() -> None:
    maker = PictureMaker()
    for size in [(640, 360), (1280, 720), (320, 240)]:
        picture = maker.jpeg(colourful_frame(*size, matrix=BT601, is_full=False), 640, 80)
        assert rgb_of_jpeg(picture.data).shape == (picture.height_px, picture.width_px, 3)


@pytest.mark.parametrize(
    ("size", "at_most", "fitted"),
    [
        ((1920, 1080), 1920, (1920, 1080)),
        ((1920, 1080), 854, (854, 480)),
        ((704, 577), 1920, (704, 577)),
        ((641, 361), 640, (640, 360)),
        ((2560, 1440), 320, (320, 180)),
        ((1080, 1920), 854, (854, 1518)),
        ((5000, 2), 640, (640, 2)),
    ],
)
def test_pictures_fit_a_width_and_are_never_enlarged(size: tuple[int, int], at_most: int, fitted: tuple[int, int]) -> None:
    assert fit_width(*size, at_most) == fitted
