from __future__ import annotations

import os
from io import StringIO
from pathlib import Path

import av
import pytest
from django.core.management import CommandError, call_command

from cameras.models import Camera
from recordings.models import CoverageDay, Deletion, Protection, Segment, Volume, VolumeDay
from recordings.rules.cutting import Cutting
from recordings.segment_file import is_being_written
from recordings.services.catalogue import catalogue_file
from recordings.services.check import Trouble, check, take_up
from recordings.services.coverage import wrong_days
from recordings.services.deletion import doom
from recordings.services.inspection import Kind
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
def paths(volume: Volume, camera: Camera) -> list[str]:
    """Six catalogued segments of six seconds each."""
    camcorder = Camcorder(volume, camera, cutting=Cutting(PIECE_MS)).record(36, start_ms=FIRST_MS).stop()
    for path in camcorder.paths:
        catalogue_file(volume, path, is_finished=True)
    assert len(camcorder.paths) == 6
    return camcorder.paths


def found() -> dict[Kind, int]:
    report = check()
    return {kind: number for volume in report.volumes for kind, number in volume.counts.items()}


def run(*words: str) -> tuple[int, str]:
    """The command's exit code and words."""
    out = StringIO()
    try:
        call_command("check_recordings", *words, stdout=out, stderr=StringIO())
    except CommandError as error:
        return error.returncode, out.getvalue()
    return 0, out.getvalue()


def all_is_well(volume: Volume) -> bool:
    """By other means than the check's own."""
    root = Path(volume.path)
    on_disk = {path.relative_to(root).as_posix(): path.stat().st_size for path in root.rglob("camera-*/*/*/*.mp4")}
    rows = dict(Segment.objects.values_list("path", "size_bytes"))
    if on_disk != rows or Segment.objects.filter(is_finished=False).exists():
        return False
    for row in Segment.objects.all():
        with av.open(str(root / row.path)) as container:
            times = [packet.dts for packet in container.demux(video=0) if packet.dts is not None]
        if row.ended_at_ms - row.started_at_ms != (times[-1] + 3600) // 90:
            return False
    days = {*CoverageDay.objects.values_list("day", flat=True), *VolumeDay.objects.values_list("day", flat=True)}
    return not any(wrong_days(day) for day in days)


def test_nothing_is_found_where_nothing_is_wrong(volume: Volume, paths: list[str]) -> None:
    assert found() == {}
    code, words = run()
    assert code == 0
    assert "6 segments" in words
    assert "agree" in words
    assert all_is_well(volume)


def test_files_that_are_gone_are_given_up_and_accounted_for(volume: Volume, camera: Camera, paths: list[str]) -> None:
    Protection.objects.create(camera=camera, start_ms=FIRST_MS, end_ms=FIRST_MS + 1)
    for path in paths[:2]:
        (Path(volume.path) / path).unlink()
    assert found() == {Kind.ROW_WITHOUT_FILE: 2}
    code, words = run()
    assert code == 1
    assert paths[0] in words
    assert Segment.objects.count() == 6, "without --repair nothing is changed"
    assert run("--repair")[0] == 0
    assert all_is_well(volume)
    deletion = Deletion.objects.get()
    assert (deletion.rule, deletion.start_ms, deletion.end_ms) == ("file lost", FIRST_MS, FIRST_MS + 2 * PIECE_MS)


def test_a_row_is_made_from_the_file_alone(volume: Volume, camera: Camera, paths: list[str]) -> None:
    before = list(Segment.objects.order_by("path").values_list("path", "started_at_ms", "ended_at_ms", "index", "camera", "role"))
    Segment.objects.all().delete()
    CoverageDay.objects.all().delete()
    VolumeDay.objects.all().delete()
    assert found() == {Kind.FILE_WITHOUT_ROW: 6}
    assert run("--repair")[0] == 0
    after = list(Segment.objects.order_by("path").values_list("path", "started_at_ms", "ended_at_ms", "index", "camera", "role"))
    assert after == before
    assert all_is_well(volume)


def test_a_torn_tail_is_cut_and_what_is_before_it_kept(volume: Volume, camera: Camera, paths: list[str]) -> None:
    """Once in a file that is catalogued, once in one that is not."""
    root = Path(volume.path)
    for path in paths[:2]:
        file = root / path
        os.truncate(file, file.stat().st_size - 700)
    Segment.objects.filter(path=paths[1]).delete()
    assert found() == {Kind.TORN_TAIL: 2, Kind.WRONG_ROW: 1, Kind.FILE_WITHOUT_ROW: 1}
    assert run("--repair")[0] == 0
    assert all_is_well(volume)
    assert all(row.ended_at_ms == row.started_at_ms + 5000 for row in Segment.objects.filter(path__in=paths[:2]))


def test_a_killed_recorder_s_segment_is_finished_and_one_that_lives_is_left_alone(volume: Volume, camera: Camera, paths: list[str]) -> None:
    dead = Camcorder(volume, camera).record(3.5, start_ms=FIRST_MS + 100_000)
    (dead_path,) = dead.paths
    catalogue_file(volume, dead_path)
    torn = dead.crash(torn=b"\0\0\x40\0moof" + bytes(500))
    alive = Camcorder(volume, camera, cutting=Cutting(turn_ms=FIRST_MS % 60_000)).record(3.5, start_ms=FIRST_MS + 200_000)
    (alive_path,) = alive.paths
    catalogue_file(volume, alive_path)
    assert is_being_written(Path(volume.path) / alive_path)
    size_bytes = torn.stat().st_size
    assert found() == {Kind.LEFT_UNFINISHED: 1, Kind.TORN_TAIL: 1}
    take_up(Path(volume.path) / "no journal")
    assert torn.stat().st_size == size_bytes - 508
    assert Segment.objects.get(path=dead_path).is_finished
    assert not Segment.objects.get(path=alive_path).is_finished
    alive.record(2).stop()
    catalogue_file(volume, alive_path, is_finished=True)
    assert all_is_well(volume)


@pytest.mark.parametrize("content", [b"a note that somebody left here", b"\x00\x00\x00\x18abcd", b"PK\x03\x04 and more"])
def test_what_the_recorder_never_began_is_nobodys_to_remove(volume: Volume, paths: list[str], content: bytes) -> None:
    """Though it is called as a segment is, and is too small to hold one."""
    other = (Path(volume.path) / paths[0]).parent / "23-00-00.000Z.mp4"
    other.write_bytes(content)
    assert found() == {Kind.FOREIGN: 1}
    run("--repair")
    assert other.read_bytes() == content


def test_zeros_that_a_power_cut_left_are_removed(volume: Volume, paths: list[str]) -> None:
    other = (Path(volume.path) / paths[0]).parent / "23-00-00.000Z.mp4"
    other.write_bytes(bytes(4096))
    assert found() == {Kind.NO_FOOTAGE: 1}
    assert run("--repair")[0] == 0
    assert not other.exists()


def test_files_without_footage_are_removed(volume: Volume, camera: Camera, paths: list[str]) -> None:
    root = Path(volume.path)
    init_bytes = Segment.objects.get(path=paths[0]).init_bytes
    day = (root / paths[0]).parent
    (day / "23-00-00.000Z.mp4").write_bytes(b"")
    (day / "23-01-00.000Z.mp4").write_bytes((root / paths[0]).read_bytes()[:init_bytes])
    (day / "23-02-00.000Z.mp4").write_bytes((root / paths[0]).read_bytes()[: init_bytes - 10])
    assert found() == {Kind.NO_FOOTAGE: 3}
    assert run("--repair")[0] == 0
    assert len(list(day.iterdir())) == 6
    assert all_is_well(volume)


@pytest.mark.parametrize("left", ["nothing", "part of the head", "the head"])
def test_a_file_that_lost_its_footage_is_given_up_as_lost(volume: Volume, paths: list[str], left: str) -> None:
    row = Segment.objects.get(path=paths[0])
    os.truncate(Path(volume.path) / row.path, {"nothing": 0, "part of the head": row.init_bytes - 10, "the head": row.init_bytes}[left])
    assert found() == {Kind.LOST_FOOTAGE: 1}
    assert run("--repair")[0] == 0
    assert all_is_well(volume)
    assert Deletion.objects.get().rule == "file lost"


def test_foreign_and_unreadable_files_are_told_and_never_touched(volume: Volume, camera: Camera, paths: list[str]) -> None:
    root = Path(volume.path)
    day = (root / paths[0]).parent
    foreign = [root / "holiday.jpg", root / "camera-1b", day.parent / "notes.txt", day / "23-00-00.mp4", root / "x" / "y.mp4"]
    for path in foreign:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"something")
    unreadable = day / "22-00-00.000Z.mp4"
    unreadable.write_bytes(bytes(100_000))
    assert found() == {Kind.FOREIGN: 5, Kind.UNREADABLE: 1}
    code, words = run("--repair")
    assert code == 0
    assert "holiday.jpg" in words
    assert "but 1 can't be read" in words
    assert all(path.read_bytes() == b"something" for path in foreign)
    assert unreadable.exists()


@pytest.mark.parametrize("what", ["size_bytes", "ended_at_ms", "index"])
def test_a_row_that_is_wrong_is_made_right(volume: Volume, paths: list[str], what: str) -> None:
    row = Segment.objects.get(path=paths[0])
    right = {name: getattr(row, name) for name in ("size_bytes", "ended_at_ms", "index")}
    Segment.objects.filter(pk=row.pk).update(**{what: {"size_bytes": 10, "ended_at_ms": FIRST_MS + 1, "index": b"\x80"}[what]})
    assert found() == {Kind.WRONG_ROW: 1}
    assert run("--repair")[0] == 0
    row.refresh_from_db()
    assert {name: getattr(row, name) for name in right} == right
    assert all_is_well(volume)


def test_a_disk_that_is_not_there_is_said_and_nothing_is_changed(volume: Volume, paths: list[str], tmp_path: Path) -> None:
    healthy = make_volume(tmp_path / "healthy", "healthy")
    Path(volume.path).rename(f"{volume.path}-away")
    Path(volume.path).mkdir()  # the empty mount point
    code, words = run("--repair", "--force")
    assert code == 3
    assert "identity" in words
    assert Segment.objects.filter(doomed_by="").count() == 6
    assert not Deletion.objects.exists()
    assert [one.trouble for one in check().volumes] == [Trouble.NOT_THERE, None]
    assert Path(healthy.path).exists()


def test_more_than_half_is_only_given_up_by_force(volume: Volume, paths: list[str]) -> None:
    for path in paths[:4]:
        (Path(volume.path) / path).unlink()
    code, words = run("--repair")
    assert code == 2
    assert "--force" in words
    assert Segment.objects.filter(doomed_by="").count() == 6
    assert run("--repair", "--force")[0] == 0
    assert Segment.objects.count() == 2
    assert all_is_well(volume)


def test_what_was_doomed_before_a_crash_is_deleted_to_the_end(volume: Volume, paths: list[str]) -> None:
    doom(Segment.objects.filter(path__in=paths[:2]), "age")
    (Path(volume.path) / paths[0]).unlink()
    assert found() == {Kind.DOOMED: 2}
    assert run("--repair")[0] == 0
    assert all_is_well(volume)
    assert Segment.objects.count() == 4


def test_wrong_sums_are_told_and_mended(volume: Volume, paths: list[str]) -> None:
    CoverageDay.objects.update(recorded_ms=5)
    VolumeDay.objects.update(size_bytes=5)
    code, words = run()
    assert code == 1
    assert "sums" in words
    assert run("--repair")[0] == 0
    assert run()[0] == 0
    assert all_is_well(volume)


def test_deep_reads_what_looks_right(volume: Volume, paths: list[str]) -> None:
    """A fragment's head was damaged in place: only reading the file tells."""
    file = Path(volume.path) / paths[0]
    data = file.read_bytes()
    at = data.rindex(b"moof")
    file.write_bytes(data[:at] + b"mXXf" + data[at + 4 :])
    assert found() == {}
    code, _ = run("--deep", "--repair")
    assert code == 0
    assert all_is_well(volume)
