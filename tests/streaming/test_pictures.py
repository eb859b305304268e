from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from PIL import Image
from pytest_django import Settings

from cameras.models import Camera
from nvr.celery import app
from streaming import pictures
from streaming.bus.redis import RedisPublisher
from streaming.media.packet import Role, StreamKey
from streaming.render.still import Still, StillShelf
from streaming.tasks import keep_last_pictures
from tests.support.on_air import on_air
from tests.support.packets import new_stream

WINDOW_MS = 5_000


@pytest.fixture(autouse=True)
def pictures_dir(settings: Settings, redis_url: str, tmp_path: Path) -> Path:
    settings.REDIS_URL = redis_url
    settings.CAMERA_PICTURES_DIR = tmp_path / "pictures"
    return tmp_path / "pictures"


@pytest.fixture
def eager_tasks() -> Iterator[None]:
    app.conf.task_always_eager = app.conf.task_eager_propagates = True
    yield
    app.conf.task_always_eager = app.conf.task_eager_propagates = False


async def put_on_bus(redis_url: str, stream: StreamKey, clip: str) -> None:
    publisher = RedisPublisher(redis_url, WINDOW_MS)
    await publisher.start()
    async with on_air(publisher, stream, clip):
        pass
    await publisher.aclose()


@pytest.mark.parametrize("clip", ["h264", "h264_b", "h265", "mjpeg"])
async def test_current_picture_is_the_newest_keyframe(redis_url: str, clip: str) -> None:
    stream = new_stream()
    await put_on_bus(redis_url, stream, clip)
    picture = await pictures.current_picture(stream.camera_id)
    assert picture is not None
    assert Image.open(io.BytesIO(picture.jpeg)).size == (picture.width_px, picture.height_px) == (640, 360)
    assert 0 <= time.time_ns() // 1_000_000 - picture.captured_at_ms < 3_000
    smaller = await pictures.current_picture(stream.camera_id, at_most_px=320)
    assert smaller is not None
    assert Image.open(io.BytesIO(smaller.jpeg)).size == (320, 180)


async def test_sub_stream_is_shown_when_there_is_no_main_stream(redis_url: str) -> None:
    stream = new_stream(Role.SUB)
    await put_on_bus(redis_url, stream, "h264_sub")
    picture = await pictures.current_picture(stream.camera_id)
    assert picture is not None
    assert picture.width_px == 320


async def test_camera_that_sends_nothing_has_no_current_picture(settings: Settings) -> None:
    assert await pictures.current_picture(new_stream().camera_id) is None
    settings.REDIS_URL = "unix:///nowhere/r.sock"
    assert await pictures.current_picture(new_stream().camera_id) is None


@pytest.mark.django_db
def test_a_round_keeps_the_last_picture_of_every_enabled_camera_and_of_no_other(
    redis_url: str, pictures_dir: Path, eager_tasks: None
) -> None:
    up, down, disabled = (Camera.objects.create(name=name, slug=name) for name in ("up", "down", "disabled"))
    Camera.objects.filter(pk=disabled.pk).update(is_enabled=False)
    StillShelf(pictures_dir).put(down.pk, Still(small_jpeg(), 1_000_000_000_000, 16, 8))
    StillShelf(pictures_dir).put(999_999_999, Still(small_jpeg(), 1_000_000_000_000, 16, 8))
    for camera in (up, disabled):
        async_to_sync(put_on_bus)(redis_url, StreamKey(camera.pk, Role.MAIN), "h264")

    keep_last_pictures()
    keep_last_pictures()

    kept = pictures.last_picture(up.pk)
    assert kept is not None
    assert (kept.width_px, kept.height_px) == (640, 360)
    assert abs(kept.captured_at_ms - time.time() * 1000) < 5_000
    assert pictures.last_picture(down.pk) == Still(small_jpeg(), 1_000_000_000_000, 16, 8)
    assert pictures.last_picture(disabled.pk) is None
    assert sorted(path.name for path in pictures_dir.iterdir()) == sorted([f"{up.pk}.jpg", f"{down.pk}.jpg"])


async def test_keeping_the_same_picture_again_changes_nothing(redis_url: str, pictures_dir: Path) -> None:
    stream = new_stream()
    await put_on_bus(redis_url, stream, "h264")
    assert await pictures.keep_last_picture(stream.camera_id)
    before = (pictures_dir / f"{stream.camera_id}.jpg").stat()
    assert not await pictures.keep_last_picture(stream.camera_id)
    assert (pictures_dir / f"{stream.camera_id}.jpg").stat().st_ino == before.st_ino


def test_kept_pictures_are_for_this_user_only(pictures_dir: Path) -> None:
    StillShelf(pictures_dir).put(1, Still(small_jpeg(), 1_000, 16, 8))
    assert pictures_dir.stat().st_mode & 0o077 == 0
    assert (pictures_dir / "1.jpg").stat().st_mode & 0o077 == 0
    assert [path.name for path in pictures_dir.iterdir()] == ["1.jpg"]


def test_a_damaged_file_is_no_picture(pictures_dir: Path) -> None:
    pictures_dir.mkdir()
    (pictures_dir / "1.jpg").write_bytes(b"\xff\xd8")
    assert pictures.last_picture(1) is None
    assert pictures.last_picture(2) is None


def test_a_picture_a_camera_sent_broken_is_given_as_it_is(pictures_dir: Path) -> None:
    broken = Still(small_jpeg(640)[:-20], 1_000_000, 640, 8)
    StillShelf(pictures_dir).put(1, broken)
    assert pictures.last_picture(1, at_most_px=320) == broken


def test_a_picture_that_claims_an_absurd_size_is_none(pictures_dir: Path) -> None:
    jpeg = small_jpeg()
    at = jpeg.index(b"\xff\xc0") + 5
    StillShelf(pictures_dir).put(1, Still(jpeg[:at] + b"\xff\xff" * 2 + jpeg[at + 4 :], 1_000_000, 16, 8))
    assert pictures.last_picture(1) is None


def test_the_clock_names_jobs_that_exist() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


def small_jpeg(width_px: int = 16) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width_px, 8), "teal").save(file, "JPEG")
    return file.getvalue()
