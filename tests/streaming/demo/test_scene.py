from __future__ import annotations

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from streaming.codec.encode import H264Encoder
from streaming.demo.scene.canvas import Canvas, Light, Planes, to_planes, to_sprite
from streaming.demo.scene.places import LIGHTS, PLACES, stage_for
from streaming.demo.scene.scene import Scene
from streaming.demo.scene.stage import crossing, scale_for
from streaming.demo.scene.strip import STRIP_BITS, draw_strip, read_strip

NOON_MS = 1_795_348_800_123


def scene(place: str = "entrance", *, width_px: int = 320, has_strip: bool = False, utc_offset_ms: int = 0) -> Scene:
    stage = stage_for(place, "day", width_px, width_px * 9 // 16)
    return Scene(stage, "A camera", utc_offset_ms=utc_offset_ms, has_strip=has_strip)


def copied(planes: Planes) -> list[bytes]:
    return [plane.tobytes() for plane in planes]


@pytest.mark.parametrize("place", sorted(PLACES))
def test_the_same_time_gives_the_same_pixels_whatever_was_drawn_before(place: str) -> None:
    drawn, fresh = scene(place), scene(place)
    for now_ms in range(NOON_MS - 40_000, NOON_MS, 977):
        drawn.draw(now_ms)
    assert copied(drawn.draw(NOON_MS)) == copied(fresh.draw(NOON_MS))


@pytest.mark.parametrize("place", sorted(PLACES))
def test_something_besides_the_clock_moves(place: str) -> None:
    moving = scene(place)
    height, width = moving.size_px[1], moving.size_px[0]
    first = moving.draw(NOON_MS)[0].copy()
    second = moving.draw(NOON_MS + 1000)[0]
    changed = first != second
    changed[height * 3 // 4 :, : width // 2] = False  # the clock
    assert changed.any()


def test_the_clock_changes_with_every_millisecond_and_no_more_than_the_clock() -> None:
    still = scene("workshop")
    first = still.draw(NOON_MS)[0].copy()
    second = still.draw(NOON_MS + 1)[0]
    rows, columns = np.nonzero(first != second)
    assert rows.size
    assert rows.min() >= still.size_px[1] * 3 // 4
    assert columns.max() < still.size_px[0] // 2


def test_the_clock_shows_local_time() -> None:
    assert copied(scene(utc_offset_ms=3_600_000).draw(0)) != copied(scene().draw(0))


@pytest.mark.parametrize("light", sorted(LIGHTS))
def test_lights_differ_and_stay_in_range(light: str) -> None:
    luma, blue, red = Scene(stage_for("garden", light, 320, 180), "x").draw(NOON_MS)
    assert 16 <= luma.min() <= luma.max() <= 240
    assert all(16 <= plane.min() <= plane.max() <= 240 for plane in (blue, red))
    if light != "day":
        assert copied((luma, blue, red)) != copied(Scene(stage_for("garden", "day", 320, 180), "x").draw(NOON_MS))


@given(st.integers(0, 2**STRIP_BITS - 1))
def test_the_strip_reads_back(now_ms: int) -> None:
    canvas = Canvas((np.full((180, 320), 90, np.uint8), np.full((90, 160), 60, np.uint8), np.full((90, 160), 60, np.uint8)))
    draw_strip(canvas, now_ms)
    assert read_strip(canvas.planes[0]) == now_ms


@pytest.mark.parametrize(("width_px", "quality"), [(1280, 23), (640, 23), (640, 45)])
def test_the_strip_survives_encoding(width_px: int, quality: float) -> None:
    striped = scene("garden", width_px=width_px, has_strip=True)
    width, height = striped.size_px
    encoder, decoder = H264Encoder(width, height, fps=15, gop_frames=30, quality=quality), av.CodecContext.create("h264", "r")
    for number in range(8):
        now_ms = NOON_MS + 67 * number
        access_unit, _ = encoder.encode(striped.draw(now_ms), 6000 * number)
        for picture in [frame for packet in decoder.parse(access_unit) + decoder.parse(b"") for frame in decoder.decode(packet)]:
            assert read_strip(luma_of(picture)) == now_ms % 2**STRIP_BITS


def luma_of(picture: av.VideoFrame) -> NDArray[np.uint8]:
    plane = picture.planes[0]
    return np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: picture.height, : picture.width]


class TestCanvas:
    @pytest.mark.parametrize(
        ("colour", "expected"),
        [
            ("white", (235, 128, 128)),
            ("black", (16, 128, 128)),
            ("#ff0000", (81, 90, 240)),
            ("#00ff00", (145, 54, 34)),
            ("#0000ff", (41, 240, 110)),
        ],
    )
    def test_colours_are_bt601_in_limited_range(self, colour: str, expected: tuple[int, int, int]) -> None:
        planes = to_planes(Image.new("RGB", (4, 4), colour))
        assert tuple(int(plane[0, 0]) for plane in planes) == expected

    @given(st.integers(-60, 100), st.integers(-60, 80))
    @settings(max_examples=30)
    def test_sprites_are_clipped_and_wiped(self, left: int, top: int) -> None:
        ground = to_planes(Image.new("RGB", (64, 48), (40, 90, 160)))
        canvas = Canvas(ground)
        canvas.lay(to_sprite(Image.new("RGBA", (33, 21), (255, 255, 255, 128))), left, top)
        canvas.wipe()
        assert copied(canvas.planes) == copied(ground)

    def test_a_transparent_edge_changes_nothing_and_an_opaque_sprite_everything(self) -> None:
        picture = Image.new("RGBA", (32, 32), (0, 0, 0, 0))
        picture.paste((200, 30, 60, 255), (8, 8, 24, 24))
        canvas = Canvas(to_planes(Image.new("RGB", (64, 48), (40, 90, 160))))
        canvas.lay(to_sprite(picture), 16, 8)
        expected = Image.new("RGB", (64, 48), (40, 90, 160))
        expected.paste((200, 30, 60), (24, 16, 40, 32))
        for plane, reference in zip(canvas.planes, to_planes(expected), strict=True):
            assert np.abs(plane.astype(int) - reference).max() <= 1

    def test_neutral_light_changes_nothing(self) -> None:
        planes = to_planes(Image.effect_noise((32, 32), 60).convert("RGB"))
        assert copied(Light().on(planes)) == copied(planes)

    def test_an_empty_picture_is_no_sprite(self) -> None:
        with pytest.raises(ValueError, match="empty"):
            to_sprite(Image.new("RGBA", (4, 4)))


def test_an_actor_crosses_and_comes_back() -> None:
    way = crossing(width=100, y=5, speed=100, poses=4, pose_ms=100, pause_ms=2000)
    assert way(0) is not None
    assert [place.x for place in (way(0), way(1000)) if place] == [-100, 0]
    assert way(14_000) is None
    assert way(15_800) == way(0)


@pytest.mark.parametrize("size", [(1280, 721), (640, 480), (1, 1)])
def test_only_wide_pictures_can_be_drawn(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="16:9"):
        scale_for(*size)


@pytest.mark.parametrize("place", sorted(PLACES))
def test_there_is_something_to_see(place: str) -> None:
    assert len(np.unique(scene(place).draw(NOON_MS)[0])) > 100
