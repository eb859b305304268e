"""Strips, thumbnails and snapshots: the right picture under each moment, made once, gone with its footage."""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import av
import numpy as np
import pytest
import pytest_django
from PIL import Image

from recordings.models import RecordingRule, Segment
from recordings.rules.fragments import Fragment
from recordings.rules.spans import Span
from recordings.rules.strips import gop_at, moments_in, strip_of
from recordings.services import pictures, snapshots, strips
from recordings.services.deletion import doom, sweep_doomed
from streaming.media.packet import Codec
from tests.support.numbered import FPS, GOP, footage, number_in
from tests.support.people import House
from tests.support.recorded import Archive

START_MS = 1_795_000_020_000  # where a minute begins


@pytest.fixture(autouse=True)
def previews(settings: pytest_django.Settings, tmp_path: Path) -> Path:
    settings.PREVIEWS_DIR = tmp_path / "previews"
    return tmp_path / "previews"


@pytest.fixture
def archive(db: None, tmp_path: Path) -> Archive:
    return Archive(tmp_path / "footage")


def number_of(image: Image.Image) -> int:
    return number_in(av.VideoFrame.from_ndarray(np.asarray(image.convert("RGB").resize((320, 180))), format="rgb24"))


def test_tiles_are_where_the_plan_says() -> None:
    strip = strip_of(Span(START_MS, START_MS + 125_000), 1920, 1080)
    assert (strip.tiles, strip.columns, strip.rows, strip.tile_width, strip.tile_height) == (13, 10, 2, 160, 90)
    assert strip.tile_at(START_MS + 110_500) == 11
    assert strip.corner_of(11) == (160, 90)
    assert strip.tile_at(START_MS - 5) == 0 and strip.tile_at(START_MS + 999_999) == 12
    assert strip_of(Span(0, 30_000_000), 640, 480).tiles <= 400


def test_the_picture_under_a_moment_is_the_last_keyframe_before_it() -> None:
    gops = [Fragment(100 * n, 100, 180_000 * n, 180_000, True) for n in range(5)]
    assert [gop_at(gops, at).start_90k for at in (-1, 0, 1_999, 2_000, 99_000)] == [0, 0, 0, 180_000, 720_000]


def test_snapshots_fall_on_the_same_moments_however_footage_is_cut() -> None:
    whole = moments_in(Span(START_MS + 1, START_MS + 600_000), 60_000)
    cuts = [*range(START_MS + 1, START_MS + 600_000, 7_000), START_MS + 600_000]
    parts = [at for first, last in itertools.pairwise(cuts) for at in moments_in(Span(first, last), 60_000)]
    assert parts == whole and len(whole) == 9


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265, Codec.MJPEG])
def test_every_tile_shows_its_moment(house: House, archive: Archive, codec: Codec) -> None:
    (segment,) = archive.add(house.camera, footage(25, start_ms=START_MS + 1_000, codec=codec, b_frames=2), segment_ms=60_000)
    assert pictures.make_pictures(segment.pk)
    strip = pictures.strip_for(segment)
    with Image.open(pictures.picture_path(segment, pictures.STRIP)) as sheet:
        assert sheet.size == (3 * 160, 90)
        numbers = []
        for tile in range(strip.tiles):
            left, top = strip.corner_of(tile)
            numbers.append(number_of(sheet.crop((left, top, left + 160, top + 90))))
    if codec is Codec.MJPEG:  # where any picture could begin a group, a group is half a second
        assert all(0 <= tile * 10 * FPS - number < FPS for tile, number in enumerate(numbers))
    else:
        assert numbers == [tile * 10 * FPS // GOP * GOP for tile in range(3)]
    with Image.open(pictures.picture_path(segment, pictures.THUMBNAIL)) as thumbnail:
        assert thumbnail.size == (320, 180)
    assert not pictures.make_pictures(segment.pk)


def test_a_preview_is_cut_from_the_strip_or_decoded_and_of_growing_footage_too(house: House, archive: Archive) -> None:
    done = archive.add(house.camera, footage(25, start_ms=START_MS), segment_ms=60_000)
    archive.add(house.camera, footage(5, start_ms=START_MS + 60_000, first=1500), is_finished=False)
    pictures.make_pictures(done[0].pk)
    for at_ms, width_px, number, picture_ms, is_final in [
        (12_000, 160, 250, 10_000, True),
        (12_000, 320, 300, 12_000, True),
        (40_000, 160, 500, 20_000, True),  # in the gap: the last one there was
        (63_999, 160, 1550, 62_000, True),
        (64_500, 320, 1600, 64_000, False),
    ]:
        preview = strips.preview_at(house.camera, "main", START_MS + at_ms, width_px=width_px)
        assert preview is not None
        assert (preview.at_ms - START_MS, preview.is_final) == (picture_ms, is_final)
        assert number_of(Image.open(io.BytesIO(preview.jpeg))) == number
    assert strips.preview_at(house.other, "main", START_MS) is None


def test_catching_up_begins_with_the_newest(house: House, archive: Archive) -> None:
    for minute in range(3):
        archive.add(house.camera, footage(4, start_ms=START_MS + minute * 60_000))
    growing = archive.add(house.camera, footage(4, start_ms=START_MS + 200_000), is_finished=False)
    assert pictures.catch_up(budget_s=0) == 0
    assert pictures.catch_up(budget_s=20) == 3
    done = Segment.objects.filter(has_pictures=True).order_by("started_at_ms")
    made_at = [pictures.picture_path(row, pictures.STRIP).stat().st_mtime_ns for row in done]
    assert made_at == sorted(made_at, reverse=True) and len(set(made_at)) == 3
    assert list(Segment.objects.filter(has_pictures=False)) == growing


def test_broken_keyframes_leave_grey_tiles(house: House, archive: Archive) -> None:
    (segment,) = archive.add(house.camera, footage(8, start_ms=START_MS))
    path = Path(archive.volume.path) / segment.path
    data = path.read_bytes()
    path.write_bytes(data[: segment.init_bytes + 600] + bytes(len(data) - segment.init_bytes - 600))
    assert pictures.make_pictures(segment.pk)
    with Image.open(pictures.picture_path(segment, pictures.STRIP)) as sheet:
        assert sheet.size == (160, 90)


def test_snapshots_are_kept_as_the_rule_says(house: House, archive: Archive) -> None:
    RecordingRule.objects.create(camera=house.camera, snapshot_every_s=5)
    for segment in archive.add(house.camera, footage(22, start_ms=START_MS)):
        pictures.make_pictures(segment.pk)
    found = snapshots.snapshots_in(house.camera, "main", Span(START_MS, START_MS + 20_000))
    assert [snapshot.at_ms - START_MS for snapshot in found] == [0, 5_000, 10_000, 15_000]
    path = snapshots.snapshot_file(house.camera, "main", START_MS + 10_000)
    assert path is not None and number_of(Image.open(path)) == 250
    assert snapshots.snapshot_file(house.camera, "main", START_MS + 10_001) is None


def test_pictures_go_with_their_footage_and_orphans_are_swept(house: House, archive: Archive, previews: Path) -> None:
    rows = archive.add(house.camera, footage(22, start_ms=START_MS))
    for segment in rows:
        pictures.make_pictures(segment.pk)
    doom(Segment.objects.filter(pk=rows[0].pk), "test")
    sweep_doomed()
    left = {path.name.split(".strip")[0].split(".thumb")[0] for path in previews.rglob("*.jpg")}
    assert left == {Path(row.path).stem for row in rows[1:]}
    Segment.objects.filter(pk=rows[1].pk).delete()  # as if a crash had come between
    assert pictures.sweep_orphans(budget_s=5) == 1
    Segment.objects.all().delete()
    pictures.sweep_orphans(budget_s=5)
    assert list(previews.rglob("*.*")) == []
