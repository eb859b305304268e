from __future__ import annotations

import os
import time
from datetime import date
from pathlib import Path

import av
import pytest

from cameras.models import Camera
from recordings.models import CoverageDay, Segment, Volume, VolumeDay
from recordings.rules.cutting import Cutting
from recordings.rules.days import shares
from recordings.rules.fragments import from_bytes
from recordings.rules.growth import is_over
from recordings.rules.spans import Span
from recordings.services.catalogue import ForeignFileError, catalogue_file, sweep
from recordings.services.coverage import rebuild, wrong_days
from recordings.services.discovery import catch_up, find_files
from recordings.tasks import catalogue_file as catalogue_file_task
from tests.support.camcorder import MINUTE_MS, Camcorder, make_volume
from tests.support.footage import START_MS

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 18)  # of START_MS
MIDNIGHT_MS = 1_795_046_400_000  # the end of it


@pytest.fixture
def volume(tmp_path: Path) -> Volume:
    return make_volume(tmp_path / "disk")


@pytest.fixture
def camera() -> Camera:
    return Camera.objects.create(name="Yard", slug="yard")


@pytest.fixture
def camcorder(volume: Volume, camera: Camera) -> Camcorder:
    return Camcorder(volume, camera)


def only_row() -> Segment:
    return Segment.objects.get()


def sums() -> tuple[int, int, int]:
    """Milliseconds and bytes per camera and day, bytes per volume and day, all added up."""
    days = list(CoverageDay.objects.all())
    volumes = sum(row.size_bytes for row in VolumeDay.objects.all())
    return sum(row.recorded_ms for row in days), sum(row.size_bytes for row in days), volumes


def sums_are_right() -> bool:
    days = {row.day for row in CoverageDay.objects.all()} | {row.day for row in VolumeDay.objects.all()}
    return not any(wrong_days(day) for day in days)


def test_a_row_says_what_its_file_says(volume: Volume, camera: Camera, camcorder: Camcorder) -> None:
    (path,) = camcorder.record(5, start_ms=START_MS).stop().paths
    row = catalogue_file(volume, path, is_finished=True)
    assert row == only_row()
    row.refresh_from_db()
    file = Path(volume.path) / path
    assert (row.camera, row.role, row.started_at_ms, row.ended_at_ms) == (camera, "main", START_MS, START_MS + 5000)
    assert (row.size_bytes, row.width_px, row.height_px, row.is_finished) == (file.stat().st_size, 320, 180, True)
    gops = from_bytes(bytes(row.index))
    assert [gop.duration_90k for gop in gops] == [90_000] * 5
    assert all(gop.is_key for gop in gops)
    assert sums() == (5000, row.size_bytes, row.size_bytes)


def test_a_growing_file_is_seen_to_within_its_last_fragment(volume: Volume, camera: Camera) -> None:
    camcorder = Camcorder(volume, camera, cutting=Cutting(turn_ms=START_MS % MINUTE_MS))
    camcorder.record(1.5, start_ms=START_MS)
    catalogue_file(volume, camcorder.paths[0])
    recorded_s = 1.5
    for seconds in (2.5, 12.5, 40.5):
        camcorder.record(seconds - recorded_s)
        recorded_s = seconds
        assert sweep(now_ms=START_MS + round(seconds * 1000)) == 1
        row = only_row()
        assert not row.is_finished
        assert START_MS + seconds * 1000 - row.ended_at_ms <= 1000
        assert sums() == (row.ended_at_ms - START_MS, row.size_bytes, row.size_bytes)
    assert sweep(now_ms=START_MS + 40_500) == 0


def test_every_byte_range_of_the_index_plays(volume: Volume, camcorder: Camcorder, tmp_path: Path) -> None:
    camcorder.record(3.2, start_ms=START_MS)
    catalogue_file(volume, camcorder.paths[0])
    camcorder.record(3.2)
    sweep(now_ms=START_MS + 6400)
    row, data = only_row(), (Path(volume.path) / camcorder.paths[0]).read_bytes()
    for gop in from_bytes(bytes(row.index)):
        part = tmp_path / "part.mp4"
        part.write_bytes(data[: row.init_bytes] + data[gop.offset_bytes : gop.offset_bytes + gop.size_bytes])
        with av.open(str(part)) as container:
            pictures = list(container.decode(video=0))
        assert len(pictures) == gop.duration_90k // 3600
        assert pictures[0].key_frame


def test_doing_it_again_changes_nothing(volume: Volume, camcorder: Camcorder) -> None:
    (path,) = camcorder.record(3, start_ms=START_MS).stop().paths
    for _ in range(3):
        catalogue_file_task(str(volume.pk), path, is_finished=True)
    row = only_row()
    assert sums() == (3000, row.size_bytes, row.size_bytes)


def test_footage_over_midnight_counts_for_both_days(volume: Volume, camera: Camera) -> None:
    camcorder = Camcorder(volume, camera, cutting=Cutting(turn_ms=MINUTE_MS // 2))
    camcorder.record(10, start_ms=MIDNIGHT_MS - 4000)
    row = catalogue_file(volume, camcorder.paths[0])
    camcorder.record(10)
    sweep(now_ms=MIDNIGHT_MS + 16_000)
    camcorder.stop()
    assert row is not None
    catalogue_file(volume, row.path, is_finished=True)
    days = list(CoverageDay.objects.order_by("day"))
    assert [(row.day, row.recorded_ms) for row in days] == [(DAY, 4000), (date(2026, 11, 19), 16_000)]
    row.refresh_from_db()
    assert sum(row.size_bytes for row in days) == row.size_bytes
    assert sums_are_right()


@pytest.mark.parametrize("size_bytes", [0, 1, 1001, 10**7])
def test_the_shares_of_days_add_up(size_bytes: int) -> None:
    found = shares(Span(MIDNIGHT_MS - 90_000_000, MIDNIGHT_MS + 86_400_001), size_bytes)
    assert [share.recorded_ms for share in found] == [3_600_000, 86_400_000, 86_400_000, 1]
    assert sum(share.size_bytes for share in found) == size_bytes


def test_a_lost_message_is_made_up_for(volume: Volume, camera: Camera) -> None:
    """Of 50 files some are of the day before; of the newest every second was told about."""
    camcorder = Camcorder(volume, camera, cutting=Cutting(2000)).record(100, start_ms=MIDNIGHT_MS - 40_000).stop()
    paths = camcorder.paths
    assert len(paths) == 50
    for path in paths[40::2]:
        catalogue_file(volume, path, is_finished=True)
    assert find_files(budget_s=60)
    newest = set(Segment.objects.values_list("path", flat=True))
    assert newest == set(paths)
    Segment.objects.filter(path__in=[paths[3], paths[25]]).delete()
    assert catch_up(budget_s=60) is None
    assert set(Segment.objects.values_list("path", flat=True)) == set(paths)


def test_catching_up_goes_on_where_the_time_was_over(volume: Volume, camcorder: Camcorder) -> None:
    for days_ago in (3, 2, 1):
        camcorder.record(2, start_ms=START_MS - days_ago * 86_400_000).stop()
    before: date | None = date.max
    rounds = 0
    while (before := catch_up(before=before, budget_s=0 if rounds == 0 else 60)) is not None:
        rounds += 1
        assert rounds < 5
    assert rounds == 1
    assert Segment.objects.count() == 3


def test_a_finished_row_whose_file_went_on_growing_is_caught_up_with(volume: Volume, camcorder: Camcorder) -> None:
    camcorder.record(5, start_ms=START_MS)
    row = catalogue_file(volume, camcorder.paths[0], is_finished=True)
    camcorder.record(5).stop()
    catch_up(budget_s=60)
    assert row is not None
    row.refresh_from_db()
    assert row.ended_at_ms == START_MS + 10_000
    assert sums_are_right()


def test_a_file_nobody_writes_to_is_finished_after_15_s(volume: Volume, camera: Camera) -> None:
    now_ms = time.time_ns() // 1_000_000
    camcorder = Camcorder(volume, camera, cutting=Cutting(turn_ms=(now_ms - 5000) % MINUTE_MS))
    camcorder.record(5, start_ms=now_ms - 5000)
    catalogue_file(volume, camcorder.paths[0])
    sweep(now_ms=now_ms + 16_000)
    assert not only_row().is_finished, "its writer has it open"
    camcorder.crash()
    sweep(now_ms=now_ms + 14_000)
    assert not only_row().is_finished
    sweep(now_ms=now_ms + 17_000)
    assert only_row().is_finished


def test_a_clock_set_back_finishes_no_file_that_grows(volume: Volume, camera: Camera) -> None:
    now_ms = time.time_ns() // 1_000_000
    cutting = Cutting(turn_ms=(now_ms - 5000) % MINUTE_MS)
    old = Camcorder(volume, camera, cutting=cutting).record(5, start_ms=now_ms + 3_600_000).stop()
    catalogue_file(volume, old.paths[0], is_finished=True)
    new = Camcorder(volume, camera, cutting=cutting).record(2, start_ms=now_ms - 2000)  # an hour "before" the other
    (path,) = new.paths
    catalogue_file(volume, path)
    sweep(now_ms=now_ms)
    assert not Segment.objects.get(path=path).is_finished
    assert sums_are_right()


@pytest.mark.parametrize(
    ("modified_ago_ms", "ended_ago_ms", "has_successor", "expected"),
    [
        (0, 0, False, False),
        (20_000, 20_000, False, True),
        (20_000, 1000, False, False),  # a file server's clock is behind
        (1000, 40_000, False, False),  # the disk is slow
        (-3_600_000, -3_600_000, False, True),  # the clock was set back since
        (4000, 4000, True, True),
        (1000, 1000, True, False),  # has a successor by name only
    ],
)
def test_when_a_file_is_over(modified_ago_ms: int, ended_ago_ms: int, has_successor: bool, expected: bool) -> None:
    now_ms = START_MS
    found = is_over(now_ms=now_ms, modified_at_ms=now_ms - modified_ago_ms, ended_at_ms=now_ms - ended_ago_ms, has_successor=has_successor)
    assert found is expected


def test_a_file_cut_short_takes_its_row_with_it(volume: Volume, camcorder: Camcorder) -> None:
    """After a power cut the disk may hold less than was catalogued."""
    camcorder.record(10, start_ms=START_MS)
    catalogue_file(volume, camcorder.paths[0])
    path = camcorder.crash()
    os.truncate(path, path.stat().st_size // 2)
    sweep(now_ms=START_MS + 60_000)
    row = only_row()
    assert START_MS < row.ended_at_ms < START_MS + 6000
    assert row.size_bytes <= path.stat().st_size
    assert sums_are_right()


def test_what_is_not_ours_is_left_alone(volume: Volume, camcorder: Camcorder, tmp_path: Path) -> None:
    (path,) = camcorder.record(3, start_ms=START_MS).stop().paths
    with pytest.raises(ForeignFileError):
        catalogue_file(volume, "../../etc/passwd")
    elsewhere = make_volume(tmp_path / "other", "other")
    (tmp_path / "other" / path).parent.mkdir(parents=True)
    (Path(volume.path) / path).rename(tmp_path / "other" / path)
    assert catalogue_file(elsewhere, path) is not None, "moved from a disk of ours to another of ours"
    Segment.objects.all().delete()
    volume.delete()
    with pytest.raises(ForeignFileError):
        catalogue_file(elsewhere, path)
    assert not Segment.objects.exists()


def test_footage_of_a_camera_that_is_gone_still_counts_for_its_disk(volume: Volume, camera: Camera, camcorder: Camcorder) -> None:
    (path,) = camcorder.record(3, start_ms=START_MS).stop().paths
    camera.delete()
    row = catalogue_file(volume, path)
    assert row is not None
    assert row.camera is None
    assert sums() == (0, 0, row.size_bytes)
    assert sums_are_right()


def test_an_unmounted_disk_changes_nothing(volume: Volume, camcorder: Camcorder) -> None:
    camcorder.record(3, start_ms=START_MS)
    catalogue_file(volume, camcorder.paths[0])
    Path(volume.path).rename(f"{volume.path}-away")
    assert sweep(now_ms=START_MS + 100_000) == 0
    assert not only_row().is_finished
    assert find_files(budget_s=5)


def test_wrong_sums_are_found_and_rebuilt(volume: Volume, camcorder: Camcorder) -> None:
    for path in camcorder.record(90, start_ms=MIDNIGHT_MS - 70_000).stop().paths:
        catalogue_file(volume, path, is_finished=True)
    right = sums()
    CoverageDay.objects.filter(day=DAY).update(recorded_ms=1)
    VolumeDay.objects.all().delete()
    CoverageDay.objects.filter(day=date(2026, 11, 19)).delete()
    wrong = wrong_days(DAY) + wrong_days(date(2026, 11, 19))
    assert len(wrong) >= 3
    for one in wrong:
        rebuild(one)
    assert sums() == right
    assert sums_are_right()
