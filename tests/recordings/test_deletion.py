from __future__ import annotations

import errno
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction

from cameras.models import Camera
from recordings.models import CoverageDay, Deletion, Protection, Segment, Volume, VolumeDay
from recordings.rules.cutting import Cutting
from recordings.services.catalogue import catalogue_file, sweep
from recordings.services.coverage import wrong_days
from recordings.services.deletion import BY_HAND, Swept, doom, on_deleted, steps, sweep_doomed
from recordings.services.discovery import find_files
from tests.support.camcorder import Camcorder, make_volume
from tests.support.footage import START_MS

pytestmark = pytest.mark.django_db
PIECE_MS = 6000
FIRST_MS = START_MS - START_MS % PIECE_MS


@pytest.fixture
def volume(tmp_path: Path) -> Volume:
    return make_volume(tmp_path / "disk")


@pytest.fixture
def camera() -> Camera:
    return Camera.objects.create(name="Yard", slug="yard")


@pytest.fixture
def pieces(volume: Volume, camera: Camera) -> Camcorder:
    """Ten catalogued segments of six seconds each."""
    camcorder = Camcorder(volume, camera, cutting=Cutting(PIECE_MS)).record(60, start_ms=FIRST_MS).stop()
    for path in camcorder.paths:
        catalogue_file(volume, path, is_finished=True)
    assert len(camcorder.paths) == 10
    return camcorder


def piece(number: int) -> int:
    return FIRST_MS + number * PIECE_MS


def files(volume: Volume) -> list[str]:
    root = Path(volume.path)
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*.mp4"))


def sums_are_right() -> bool:
    days = {*CoverageDay.objects.values_list("day", flat=True), *VolumeDay.objects.values_list("day", flat=True)}
    return not any(wrong_days(day) for day in days)


def test_what_is_doomed_no_longer_counts_but_is_accounted_for(pieces: Camcorder, camera: Camera) -> None:
    doomed = doom(Segment.objects.filter(started_at_ms__lt=piece(3)), "age")
    assert (doomed.segments, doomed.spared) == (3, 0)
    assert CoverageDay.objects.get().recorded_ms == 7 * PIECE_MS
    assert VolumeDay.objects.get().size_bytes == CoverageDay.objects.get().size_bytes
    deletion = Deletion.objects.get()
    assert (deletion.camera, deletion.role, deletion.start_ms, deletion.end_ms, deletion.rule) == (
        camera,
        "main",
        piece(0),
        piece(3),
        "age",
    )
    assert sums_are_right()


def test_then_files_and_rows_go(pieces: Camcorder, volume: Volume) -> None:
    paths = pieces.paths
    doom(Segment.objects.filter(started_at_ms__lt=piece(3)), "age")
    swept = sweep_doomed()
    assert (swept.segments, swept.failures) == (3, [])
    assert files(volume) == paths[3:]
    assert list(Segment.objects.order_by("path").values_list("path", flat=True)) == paths[3:]
    doom(Segment.objects.all(), "age")
    sweep_doomed()
    assert not (Path(volume.path) / paths[0]).parent.exists(), "an empty day is removed"


@pytest.mark.parametrize("stop_after", range(14))
def test_a_crash_at_any_step_is_gone_on_with(pieces: Camcorder, volume: Volume, stop_after: int) -> None:
    forgotten: list[int] = []

    def forget(ids: Sequence[int]) -> None:
        forgotten.extend(ids)

    on_deleted.append(forget)
    try:
        doomed_ids = set(Segment.objects.values_list("pk", flat=True))
        doom(Segment.objects.all(), "age")
        rows = list(Segment.objects.order_by("pk"))
        with volume.directory().opened() as root:
            running = steps(root, rows, Swept(0, 0, []))
            for _ in range(stop_after):
                next(running, None)
            running.close()
        # What else runs after a crash takes none of it for footage.
        sweep()
        find_files(budget_s=30)
        assert CoverageDay.objects.get().recorded_ms == 0
        assert not sweep_doomed().failures
    finally:
        on_deleted.remove(forget)
    assert not Segment.objects.exists()
    assert files(volume) == []
    assert set(forgotten) == doomed_ids
    assert sums_are_right()


def test_a_crash_while_dooming_dooms_nothing(pieces: Camcorder) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        doom(Segment.objects.all(), "age")
        raise RuntimeError("the power went")
    assert not Deletion.objects.exists()
    assert not Segment.objects.exclude(doomed_by="").exists()
    assert sums_are_right()


def test_nobody_dooms_what_is_protected_or_being_written(pieces: Camcorder, volume: Volume, camera: Camera) -> None:
    Protection.objects.create(camera=camera, start_ms=piece(2) + 1, end_ms=piece(4) - 1, note="evidence")
    growing = pieces.record(5)
    catalogue_file(volume, growing.paths[-1])
    alice = get_user_model().objects.create_user("alice")
    doomed = doom(Segment.objects.all(), BY_HAND, alice)
    assert (doomed.segments, doomed.spared) == (8, 3)
    left = [*Segment.objects.filter(doomed_by="").order_by("started_at_ms").values_list("started_at_ms", flat=True)]
    assert left == [piece(2), piece(3), piece(10)]
    spans = list(Deletion.objects.order_by("start_ms").values_list("start_ms", "end_ms", "by"))
    assert spans == [(piece(0), piece(2), alice.pk), (piece(4), piece(10), alice.pk)]
    pieces.stop()


def test_neighbours_of_one_rule_are_one_entry_in_the_account(pieces: Camcorder) -> None:
    for number in (0, 1, 4, 3, 2, 7):
        doom(Segment.objects.filter(started_at_ms=piece(number)), "age")
    doom(Segment.objects.filter(started_at_ms=piece(5)), BY_HAND)
    found = list(Deletion.objects.order_by("start_ms").values_list("start_ms", "end_ms", "rule"))
    assert found == [(piece(0), piece(5), "age"), (piece(5), piece(6), BY_HAND), (piece(7), piece(8), "age")]


def test_dooming_twice_counts_once(pieces: Camcorder) -> None:
    assert doom(Segment.objects.all(), "age").segments == 10
    assert doom(Segment.objects.all(), "age").segments == 0
    assert CoverageDay.objects.get().recorded_ms == 0
    assert sums_are_right()


def test_a_disk_that_is_away_keeps_its_doomed_until_it_is_back(pieces: Camcorder, volume: Volume) -> None:
    doom(Segment.objects.all(), "age")
    away = Path(f"{volume.path}-away")
    Path(volume.path).rename(away)
    swept = sweep_doomed()
    assert swept.segments == 0
    assert any("identity" in failure or "opened" in failure for failure in swept.failures)
    away.rename(volume.path)
    assert sweep_doomed().segments == 10


def test_what_can_not_be_deleted_is_told_and_does_not_stop_the_rest(pieces: Camcorder, volume: Volume) -> None:
    path = pieces.paths[4]
    stubborn = Path(volume.path) / path
    stubborn.unlink()
    stubborn.mkdir()  # unlink(2) refuses a directory
    doom(Segment.objects.all(), "age")
    swept = sweep_doomed()
    assert swept.segments == 9
    assert len(swept.failures) == 1
    assert path in swept.failures[0]
    assert [row.path for row in Segment.objects.all()] == [path]


def test_pictures_that_can_not_be_removed_are_tried_again(pieces: Camcorder) -> None:
    is_broken = True

    def forget(_: Sequence[int]) -> None:
        if is_broken:
            raise OSError(errno.EROFS, "read-only")

    on_deleted.append(forget)
    try:
        doom(Segment.objects.all(), "age")
        assert sweep_doomed().segments == 0
        is_broken = False
        assert sweep_doomed().segments == 10
    finally:
        on_deleted.remove(forget)


def test_the_directory_of_today_stays(volume: Volume, camera: Camera) -> None:
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    camcorder = Camcorder(volume, camera, cutting=Cutting(turn_ms=now_ms % 60_000)).record(2, start_ms=now_ms).stop()
    (path,) = camcorder.paths
    catalogue_file(volume, path, is_finished=True)
    doom(Segment.objects.all(), BY_HAND)
    assert sweep_doomed().segments == 1
    assert (Path(volume.path) / path).parent.is_dir()
