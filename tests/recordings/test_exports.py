"""Exports from wish to file: what is in them, and that nothing is left of those that were cancelled, failed or killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from django.utils import timezone

from recordings import remux
from recordings.exclusive import alone
from recordings.models import Export, Segment
from recordings.rules.spans import Span
from recordings.services import export_work, exports
from recordings.services.deletion import doom, sweep_doomed
from recordings.services.exports import ExportRefused, Wish
from streaming.media.packet import Codec, Role
from tests.support.numbered import FPS, beeps, footage, shown
from tests.support.people import House
from tests.support.recorded import Archive

START_MS = 1_000_000_020_000


@pytest.fixture(autouse=True)
def directories(settings: pytest_django.Settings, tmp_path: Path) -> Path:
    settings.EXPORTS_DIR = tmp_path / "exports"
    settings.DATA_DIR = tmp_path / "data"
    return tmp_path / "exports"


@pytest.fixture
def archive(db: None, tmp_path: Path) -> Archive:
    return Archive(tmp_path / "footage")


def wish(house: House, first_ms: int = 2_000, last_ms: int = 8_000, **changes: Any) -> Wish:
    return replace(Wish((house.camera,), "main", Span(START_MS + first_ms, START_MS + last_ms)), **changes)


def made(house: House, what: Wish) -> Export:
    export = exports.make_export(what, by=house.alice)
    export_work.work()
    export.refresh_from_db()
    return export


def path_of(export: Export) -> Path:
    path = exports.file_of(export)
    assert path is not None, (export.state, export.error)
    return path


def test_one_camera_becomes_one_film_of_about_the_size_that_was_said(house: House, archive: Archive) -> None:
    archive.add(house.camera, footage(12, start_ms=START_MS, audio=Codec.PCMA))
    export = made(house, wish(house))
    path = path_of(export)
    assert path.name == "front-door_2001-09-09T01-47-02Z.mp4"
    assert [number for _, number in shown(path)] == list(range(50, 200))
    assert [at for at in beeps(path) if 0.3 < at < 5.5] == pytest.approx([1, 2, 3, 4, 5], abs=0.04)
    assert export.size_bytes == path.stat().st_size <= export.expected_bytes < export.size_bytes + 30_000
    assert export.result["files"][0]["start_ms"] == START_MS + 2_000
    assert export.result["gaps"] == []
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_several_cameras_come_in_a_zip_that_says_what_is_in_it(house: House, archive: Archive) -> None:
    archive.add(house.camera, footage(12, start_ms=START_MS))
    archive.add(house.other, footage(12, start_ms=START_MS, codec=Codec.H265, first=1000))
    export = made(house, wish(house, cameras=(house.camera, house.other)))
    with zipfile.ZipFile(path_of(export)) as archive_file:
        assert archive_file.testzip() is None
        assert archive_file.namelist() == ["contents.txt", "front-door_2001-09-09T01-47-02Z.mp4", "garden_2001-09-09T01-47-02Z.mp4"]
        film = path_of(export).with_name("film.mp4")
        film.write_bytes(archive_file.read("garden_2001-09-09T01-47-02Z.mp4"))
        assert "front-door_2001-09-09T01-47-02Z.mp4: 2001-09-09" in archive_file.read("contents.txt").decode()
    assert [number for _, number in shown(film)] == list(range(1050, 1200))


def test_gaps_are_told_and_cut_out(house: House, archive: Archive) -> None:
    archive.add(house.camera, footage(5, start_ms=START_MS))
    archive.add(house.camera, footage(5, start_ms=START_MS + 20_000, first=500))
    export = made(house, wish(house, 1_000, 24_000))
    assert [(gap["start_ms"] - START_MS, gap["end_ms"] - START_MS) for gap in export.result["gaps"]] == [(5_000, 20_000)]
    assert export.result["gaps"][0]["text"]
    assert [number for _, number in shown(path_of(export))] == [*range(25, 125), *range(500, 600)]


def test_other_parameters_in_the_span_make_several_films_and_say_so(house: House, archive: Archive) -> None:
    archive.add(house.camera, footage(5, start_ms=START_MS))
    archive.add(house.camera, footage(5, start_ms=START_MS + 5_000, first=500, width=480))
    expected = exports.estimate(wish(house))
    export = made(house, wish(house))
    assert len(export.result["files"]) == expected.files == 2
    assert "picture format changed" in export.result["notes"][0]
    with zipfile.ZipFile(path_of(export)) as archive_file:
        assert len([name for name in archive_file.namelist() if name.endswith(".mp4")]) == 2


@pytest.mark.parametrize("codec", [Codec.H264, Codec.MJPEG])
@pytest.mark.parametrize(("speed", "step"), [(4, 4 * FPS / 30), (120, 4 * FPS)])
def test_a_timelapse_shows_every_instant_once(house: House, archive: Archive, speed: int, step: float, codec: Codec) -> None:
    archive.add(house.camera, footage(24, start_ms=START_MS, codec=codec, b_frames=2))
    export = made(house, wish(house, 0, 24_000, kind=Export.Kind.TIMELAPSE, speed=speed))
    numbers = [number for _, number in shown(path_of(export))]
    assert len(numbers) == 24 * 30 // speed
    # Single ones are keyframes, up to a group of pictures early.
    tolerance = 50 if speed > 60 else 3
    assert all(abs(number - index * step) <= tolerance for index, number in enumerate(numbers))
    assert numbers == sorted(numbers)


def test_of_a_camera_recorded_by_its_sub_stream_that_one_is_exported(house: House, archive: Archive) -> None:
    archive.add(house.camera, footage(12, start_ms=START_MS), role=Role.SUB)
    assert [number for _, number in shown(path_of(made(house, wish(house))))] == list(range(50, 200))


def test_without_footage_nothing_is_begun(house: House, archive: Archive) -> None:
    with pytest.raises(ExportRefused, match="no footage"):
        exports.make_export(wish(house), by=house.alice)
    assert not Export.objects.exists()


def test_quotas_and_room_are_minded_before(house: House, archive: Archive, settings: pytest_django.Settings) -> None:
    archive.add(house.camera, footage(12, start_ms=START_MS))
    settings.EXPORT_BYTES_PER_USER = 20_000
    exports.make_export(wish(house), by=house.alice)
    with pytest.raises(ExportRefused, match="left for exports"):
        exports.make_export(wish(house), by=house.alice)
    exports.make_export(wish(house), by=house.bob)
    settings.EXPORT_BYTES_PER_USER = 10**12
    for _ in range(4):
        exports.make_export(wish(house), by=house.alice)
    with pytest.raises(ExportRefused, match="still being made"):
        exports.make_export(wish(house), by=house.alice)
    with pytest.raises(ExportRefused, match="at most 24 hours"):
        exports.estimate(wish(house, 0, 90_000_000))
    with pytest.raises(ExportRefused, match="greater speed"):
        exports.estimate(wish(house, 0, 31 * 86_400_000, kind=Export.Kind.TIMELAPSE, speed=2))


def after_bytes(monkeypatch: pytest.MonkeyPatch, do: Callable[[], object]) -> None:
    """Does something in the middle of writing, once."""
    write, done = remux.write, list[bool]()

    def interrupted(movie: remux.Movie, out: Any, on_bytes: Callable[[int], None]) -> None:
        def told(count: int) -> None:
            if not done:
                done.append(True)
                do()
            on_bytes(count)

        write(movie, out, told)

    monkeypatch.setattr(remux, "write", interrupted)


def test_cancelled_in_the_middle_leaves_nothing(house: House, archive: Archive, directories: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.add(house.camera, footage(12, start_ms=START_MS))
    export = exports.make_export(wish(house), by=house.alice)
    after_bytes(monkeypatch, lambda: exports.cancel(export))
    export_work.work()
    export.refresh_from_db()
    assert export.state == Export.State.CANCELLED
    assert not exports.cancel(export)
    assert list(directories.rglob("*.*")) == []
    assert exports.retry(export)
    export_work.work()
    export.refresh_from_db()
    assert export.state == Export.State.DONE


def test_footage_deleted_in_the_middle_is_left_out_and_told(
    house: House, archive: Archive, directories: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = archive.add(house.camera, footage(24, start_ms=START_MS))

    def delete() -> None:
        doom(Segment.objects.exclude(pk=first.pk), "by hand")
        sweep_doomed()

    export = exports.make_export(wish(house, 2_000, 22_000), by=house.alice)
    after_bytes(monkeypatch, delete)
    export_work.work()
    export.refresh_from_db()
    assert export.state == Export.State.DONE
    assert [number for _, number in shown(path_of(export))] == list(range(50, 250))
    assert [gap["kind"] for gap in export.result["gaps"]] == ["deleted"]


def test_a_full_disk_is_said_in_words(house: House, archive: Archive, directories: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.add(house.camera, footage(12, start_ms=START_MS))
    export = exports.make_export(wish(house), by=house.alice)

    def full() -> None:
        raise OSError(28, os.strerror(28))

    after_bytes(monkeypatch, full)
    export_work.work()
    export.refresh_from_db()
    assert (export.state, export.error) == (Export.State.FAILED, "the disk is full")
    assert list(directories.rglob("*.*")) == []


KILLED = """
import os, signal, sys, uuid
import django
django.setup()
from django.conf import settings
from pathlib import Path
directory = Path(settings.EXPORTS_DIR) / sys.argv[1]
from recordings.exclusive import alone
with alone(Path(settings.DATA_DIR) / "locks" / ("export-" + sys.argv[1])) as is_alone:
    assert is_alone
    directory.mkdir(parents=True)
    (directory / "half.mp4.part").write_bytes(b"half")
    print("writing", flush=True)
    signal.pause()
"""


def test_what_a_killed_worker_left_is_taken_up_again(
    house: House, archive: Archive, directories: Path, settings: pytest_django.Settings
) -> None:
    """The worker's lock dies with it; as long as it lives, nobody else touches its export."""
    archive.add(house.camera, footage(12, start_ms=START_MS))
    export = exports.make_export(wish(house), by=house.alice)
    Export.objects.filter(pk=export.pk).update(state=Export.State.RUNNING, progress=0.4)
    code = KILLED.replace("settings.EXPORTS_DIR", repr(str(directories))).replace("settings.DATA_DIR", repr(str(settings.DATA_DIR)))
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "nvr.settings"}
    with subprocess.Popen([sys.executable, "-c", code, str(export.pk)], env=environment, stdout=subprocess.PIPE) as worker:
        try:
            assert worker.stdout is not None and worker.stdout.readline() == b"writing\n"
            assert export_work.work() == 0
        finally:
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
    assert export_work.work() == 1
    export.refresh_from_db()
    assert export.state == Export.State.DONE
    assert [path.name for path in (directories / str(export.pk)).iterdir()] == [export.file]


def test_an_export_that_kills_its_worker_each_time_is_given_up(house: House, archive: Archive) -> None:
    archive.add(house.camera, footage(12, start_ms=START_MS))
    export = exports.make_export(wish(house), by=house.alice)
    Export.objects.filter(pk=export.pk).update(state=Export.State.RUNNING, result={"attempt": 3})
    export_work.work()
    export.refresh_from_db()
    assert export.state == Export.State.FAILED and "three times" in export.error


def test_only_so_many_are_made_at_once(house: House, archive: Archive, settings: pytest_django.Settings) -> None:
    archive.add(house.camera, footage(12, start_ms=START_MS))
    exports.make_export(wish(house), by=house.alice)
    with alone(Path(settings.DATA_DIR) / "locks" / "exports-0") as is_alone:
        assert is_alone
        assert export_work.work() == 0
        settings.EXPORTS_AT_ONCE = 2
        assert export_work.work() == 1


def test_expired_exports_go_with_their_files(house: House, archive: Archive, directories: Path) -> None:
    archive.add(house.camera, footage(12, start_ms=START_MS))
    old, young = made(house, wish(house)), made(house, wish(house))
    Export.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    (directories / "not-ours").mkdir()
    assert exports.expire() == 1
    assert {path.name for path in directories.iterdir()} == {str(young.pk), "not-ours"}
    exports.remove(young)
    assert {path.name for path in directories.iterdir()} == {"not-ours"}
