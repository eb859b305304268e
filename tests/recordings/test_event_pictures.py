"""The right picture of an event, soon; the very one and a preview when it is over; and all gone with it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import pytest_django
from PIL import Image

from recordings.models import Event
from recordings.rules.event_preview import moments_of
from recordings.rules.spans import Span
from recordings.services import event_hooks, event_pictures
from recordings.services.event_pictures import PICTURE, PREVIEW, path_of
from streaming.codec.jpeg import EncodedPicture, PictureMaker
from streaming.media.packet import Codec, Role
from tests.support.numbered import FPS, GOP, footage, number_in
from tests.support.people import House
from tests.support.recorded import Archive

START_MS = 1_795_000_020_000
NOW_MS = START_MS + 30_000


@pytest.fixture(autouse=True)
def previews(settings: pytest_django.Settings, tmp_path: Path) -> Path:
    settings.PREVIEWS_DIR = tmp_path / "previews"
    return tmp_path / "previews"


@pytest.fixture
def archive(db: None, tmp_path: Path) -> Archive:
    return Archive(tmp_path / "footage")


@pytest.fixture
def heard() -> Iterator[list[tuple[str, bool, bool]]]:
    """State, and which pictures there are."""
    found: list[tuple[str, bool, bool]] = []

    def hear(event: Event, state: event_hooks.State) -> None:
        found.append((state, event.has_picture, event.has_preview))

    event_hooks.HEARERS.append(hear)
    yield found
    event_hooks.HEARERS.remove(hear)


def event(house: House, start_ms: int, end_ms: int | None, *, best_ms: int, seen_ms: int | None = None) -> Event:
    """Times are after START_MS."""
    seen_until_ms = START_MS + (seen_ms or end_ms or start_ms)
    return Event.objects.create(
        camera=house.camera,
        kind="motion",
        start_ms=START_MS + start_ms,
        end_ms=None if end_ms is None else START_MS + end_ms,
        seen_until_ms=seen_until_ms,
        footage_start_ms=START_MS + start_ms - 5000,
        footage_end_ms=seen_until_ms + 10_000,
        best_at_ms=START_MS + best_ms,
        needs_pictures=True,
        told_at_ms=NOW_MS - 100,
    )


def number_of(image: Image.Image) -> int:
    return number_in(av.VideoFrame.from_ndarray(np.asarray(image.convert("RGB").resize((320, 180))), format="rgb24"))


def picture(of: Event) -> Image.Image:
    return Image.open(io.BytesIO(path_of(of, PICTURE).read_bytes()))


def preview_numbers(of: Event) -> list[int]:
    numbers = []
    with Image.open(path_of(of, PREVIEW)) as film:
        for at in range(getattr(film, "n_frames", 1)):
            film.seek(at)
            assert film.width <= 320
            numbers.append(number_of(film))
    return numbers


def test_a_preview_has_twelve_pictures_at_most_and_none_too_close() -> None:
    assert moments_of(Span(0, 12_000)) == list(range(0, 12_000, 1000))
    assert moments_of(Span(0, 1000)) == [0, 250, 500, 750]
    assert moments_of(Span(5, 6)) == [5]
    assert len(moments_of(Span(0, 86_400_000))) == 12


def test_while_it_goes_on_the_keyframe_before_its_best_moment_is_shown(
    house: House, archive: Archive, heard: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    archive.add(house.camera, footage(12, start_ms=START_MS), is_finished=False)
    going_on = event(house, 5000, None, best_ms=7320)
    with django_capture_on_commit_callbacks(execute=True):
        assert event_pictures.make_first(budget_s=5, now_ms=NOW_MS) == 1
        assert event_pictures.make_first(budget_s=5, now_ms=NOW_MS) == 0
        assert event_pictures.finish(budget_s=5, now_ms=NOW_MS) == 0
    assert number_of(picture(going_on)) == 7320 * FPS // 1000 // GOP * GOP
    assert heard == [("changed", True, False)], "whatever was told a moment ago"
    going_on.refresh_from_db()
    assert (going_on.has_picture, going_on.needs_pictures) == (True, True)


@pytest.mark.parametrize(("codec", "b_frames"), [(Codec.H264, 0), (Codec.H264, 2), (Codec.H265, 2)])
def test_when_it_is_over_the_very_picture_of_its_best_moment_is_shown(house: House, archive: Archive, codec: Codec, b_frames: int) -> None:
    archive.add(house.camera, footage(14, start_ms=START_MS, codec=codec, b_frames=b_frames), segment_ms=10_000)
    over = event(house, 8000, 12_000, best_ms=9160)
    assert event_pictures.finish(budget_s=20, now_ms=NOW_MS) == 1
    assert number_of(picture(over)) == 9160 * FPS // 1000
    numbers = preview_numbers(over)
    assert len(numbers) == 12 and numbers == sorted(numbers), "across two files"
    assert numbers[0] in range(7000 * FPS // 1000 - GOP, 7000 * FPS // 1000 + 1)
    assert numbers[-1] in range(12_500 * FPS // 1000 - GOP, 12_500 * FPS // 1000 + 1)
    over.refresh_from_db()
    assert (over.has_picture, over.has_preview, over.needs_pictures) == (True, True, False)


def test_the_picture_is_of_the_largest_stream_and_the_preview_of_the_smallest_that_will_do(house: House, archive: Archive) -> None:
    archive.add(house.camera, footage(8, start_ms=START_MS, width=640))
    archive.add(house.camera, footage(8, start_ms=START_MS, first=1000), role=Role.SUB)
    over = event(house, 2000, 4000, best_ms=3000)
    assert event_pictures.finish(budget_s=20, now_ms=NOW_MS) == 1
    assert picture(over).size == (640, 360)
    assert min(preview_numbers(over)) >= 1000


def test_a_stream_that_has_not_come_yet_is_done_without_or_waited_for(house: House, archive: Archive) -> None:
    archive.add(house.camera, footage(3, start_ms=START_MS + 5000, first=1000), role=Role.SUB)
    early, late = event(house, 1000, 2000, best_ms=1500), event(house, 6000, 7000, best_ms=6500)
    assert event_pictures.make_first(budget_s=5, now_ms=NOW_MS) == 1
    assert event_pictures.finish(budget_s=5, now_ms=NOW_MS) == 1
    late.refresh_from_db()
    assert not late.needs_pictures
    archive.add(house.camera, footage(4, start_ms=START_MS))
    assert event_pictures.finish(budget_s=5, now_ms=NOW_MS) == 1
    assert path_of(early, PICTURE).is_file()


def test_what_never_gets_footage_is_given_up_in_the_end(house: House) -> None:
    hopeless = event(house, 1000, 2000, best_ms=1500)
    assert event_pictures.finish(budget_s=5, now_ms=NOW_MS) == 0
    assert event_pictures.finish(budget_s=5, now_ms=START_MS + 1_000_000) == 1
    hopeless.refresh_from_db()
    assert (hopeless.has_picture, hopeless.has_preview, hopeless.needs_pictures) == (False, False, False)


def test_one_that_went_on_while_it_was_drawn_is_drawn_again(house: House, archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.add(house.camera, footage(14, start_ms=START_MS), segment_ms=60_000)
    over = event(house, 2000, 4000, best_ms=3000)

    class Slow(PictureMaker):
        def jpeg(self, *words: Any) -> EncodedPicture:
            Event.objects.filter(pk=over.pk).update(seen_until_ms=START_MS + 6000, end_ms=START_MS + 6000)
            return super().jpeg(*words)

    monkeypatch.setattr(event_pictures, "PictureMaker", Slow)
    assert event_pictures.finish(budget_s=20, now_ms=NOW_MS) == 0
    over.refresh_from_db()
    assert over.needs_pictures
    assert event_pictures.finish(budget_s=20, now_ms=NOW_MS) == 1


def test_damaged_footage_has_no_picture_and_does_no_harm(house: House, archive: Archive) -> None:
    (segment,) = archive.add(house.camera, footage(8, start_ms=START_MS), segment_ms=60_000)
    path = Path(archive.volume.path) / segment.path
    data = path.read_bytes()
    path.write_bytes(data[: segment.init_bytes + 600] + bytes(len(data) - segment.init_bytes - 600))
    event(house, 2000, 4000, best_ms=3000)
    assert event_pictures.make_first(budget_s=5, now_ms=NOW_MS) == 0
    assert event_pictures.finish(budget_s=5, now_ms=NOW_MS) == 0


def test_pictures_go_with_their_event_and_orphans_are_swept(house: House, archive: Archive, previews: Path) -> None:
    archive.add(house.camera, footage(8, start_ms=START_MS))
    first, second = event(house, 1000, 2000, best_ms=1500), event(house, 4000, 5000, best_ms=4500)
    assert event_pictures.finish(budget_s=20, now_ms=NOW_MS) == 2
    event_pictures.forget([first])
    event_pictures.forget([first])
    assert {file.stem for file in previews.rglob("*.*")} == {str(second.pk)}
    second.delete()  # as if a crash had come between
    first.delete()
    assert event_pictures.sweep_orphans(budget_s=5) == 2
    assert list(previews.rglob("*.*")) == []
