from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from cameras.models import Camera
from recordings.journal import Note, append_notes
from recordings.models import RecordingNote
from recordings.services.notes import parse_lines, read_journal
from tests.support.footage import START_MS

pytestmark = pytest.mark.django_db
DAY_MS = 86_400_000


@pytest.fixture
def camera() -> Camera:
    return Camera.objects.create(name="Yard", slug="yard")


def note(camera: Camera, at_ms: int, kind: str = "recording", reason: str = "") -> Note:
    return Note(at_ms, camera.pk, "main", kind, reason)


def kinds() -> list[str]:
    return list(RecordingNote.objects.order_by("at_ms").values_list("kind", flat=True))


def test_each_line_is_read_once_however_often(tmp_path: Path, camera: Camera) -> None:
    append_notes(tmp_path, [note(camera, START_MS), note(camera, START_MS + 1, "camera_down", "no route to host")])
    assert read_journal(tmp_path) == 2
    assert read_journal(tmp_path) == 0
    append_notes(tmp_path, [note(camera, START_MS + 2)])
    assert read_journal(tmp_path) == 1
    assert kinds() == ["recording", "camera_down", "recording"]
    assert RecordingNote.objects.get(kind="camera_down").reason == "no route to host"


def test_lines_written_during_an_outage_are_read_after_it(tmp_path: Path, camera: Camera) -> None:
    append_notes(tmp_path, [note(camera, START_MS + day * DAY_MS, "off") for day in range(5)])
    for path in tmp_path.glob("*.jsonl"):
        os.utime(path, (0, 0))
    read_journal(tmp_path)
    assert RecordingNote.objects.count() == 2, "the newest two files"
    assert read_journal(tmp_path, everything=True) == 3


def test_a_clock_set_back_writes_to_an_older_day(tmp_path: Path, camera: Camera) -> None:
    append_notes(tmp_path, [note(camera, START_MS + day * DAY_MS) for day in range(4)])
    read_journal(tmp_path, everything=True)
    append_notes(tmp_path, [note(camera, START_MS + 5, "off")])
    assert read_journal(tmp_path) == 1


def test_a_line_that_is_not_whole_yet_is_read_when_it_is(tmp_path: Path, camera: Camera) -> None:
    append_notes(tmp_path, [note(camera, START_MS)])
    (path,) = tmp_path.glob("*.jsonl")
    whole = path.read_bytes()
    append_notes(tmp_path, [note(camera, START_MS + 1, "off")])
    both = path.read_bytes()
    path.write_bytes(both[: len(whole) + 20])
    assert read_journal(tmp_path) == 1
    path.write_bytes(both)
    assert read_journal(tmp_path) == 1
    assert kinds() == ["recording", "off"]


def test_what_a_power_cut_left_hides_nothing_behind_it() -> None:
    good = b'{"at_ms":1,"camera_id":2,"role":"main","kind":"off","reason":""}\n'
    bad = [b'{"at_ms":1,"cam\n', b"[]\n", b'{"at_ms":"x","camera_id":2,"role":"main","kind":"off"}\n']
    lines = parse_lines(b"\0" * 30 + good + b"".join(bad) + good, 1000)
    assert [line.offset_bytes for line in lines] == [1000, 1000 + 30 + len(good) + sum(map(len, bad))]


def test_notes_of_a_camera_that_is_gone_are_left_out(tmp_path: Path, camera: Camera) -> None:
    append_notes(tmp_path, [Note(START_MS, camera.pk + 1, "main", "off"), note(camera, START_MS, "recording", "x" * 1000)])
    assert read_journal(tmp_path) == 1
    assert len(RecordingNote.objects.get().reason) == 300
    assert not read_journal(tmp_path / "nowhere")


def test_a_long_journal_is_read_in_pieces(tmp_path: Path, camera: Camera) -> None:
    append_notes(tmp_path, [note(camera, START_MS + number, "camera_down", "y" * 200) for number in range(3000)])
    assert read_journal(tmp_path) == 3000
    assert RecordingNote.objects.filter(line__startswith=f"{date(2026, 11, 18)}:").count() == 3000
