from __future__ import annotations

import json
from pathlib import Path

import pytest
import pytest_django
from celery import current_app
from django.db import OperationalError

from cameras.models import Camera
from nvr.celery import app
from recordings import tasks
from recordings.journal import Note, append_notes
from recordings.models import RecordingNote, Segment, Volume
from recordings.rules.cutting import Cutting
from recordings.services.database_away import while_the_database_answers
from tests.support.camcorder import Camcorder, make_volume
from tests.support.footage import START_MS

pytestmark = pytest.mark.django_db


@pytest.fixture
def volume(tmp_path: Path, settings: pytest_django.Settings) -> Volume:
    settings.RECORDINGS_JOURNAL_DIR = tmp_path / "journal"
    return make_volume(tmp_path / "disk")


@pytest.fixture
def camcorder(volume: Volume) -> Camcorder:
    camera = Camera.objects.create(name="Yard", slug="yard")
    return Camcorder(volume, camera, cutting=Cutting(turn_ms=START_MS % 60_000)).record(3, start_ms=START_MS)


def test_every_periodic_task_exists_and_says_when_it_is_too_late() -> None:
    app.loader.import_default_modules()
    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in current_app.tasks
        assert entry["options"]["expires"] > 0


def test_a_segment_is_told_about_with_what_json_can_say(volume: Volume, camcorder: Camcorder) -> None:
    (path,) = camcorder.paths
    volume_id, path = json.loads(json.dumps([str(volume.pk), path]))
    tasks.catalogue_file(volume_id, path)
    assert not Segment.objects.get().is_finished
    camcorder.stop()
    tasks.catalogue_file(volume_id, path, is_finished=True)
    assert Segment.objects.get().is_finished


def test_the_sweep_finds_what_nobody_told_and_reads_the_journal(
    volume: Volume, camcorder: Camcorder, settings: pytest_django.Settings
) -> None:
    append_notes(settings.RECORDINGS_JOURNAL_DIR, [Note(START_MS, Camera.objects.get().pk, "main", "recording")])
    tasks.find_files()
    tasks.sweep()
    assert Segment.objects.count() == RecordingNote.objects.count() == 1
    tasks.catch_up()
    tasks.enforce_retention()
    tasks.check_on_start()
    assert Segment.objects.count() == 1


def test_news_of_an_unknown_volume_or_file_does_no_harm(volume: Volume, camcorder: Camcorder) -> None:
    tasks.catalogue_file("11111111-2222-3333-4444-555555555555", camcorder.paths[0])
    tasks.catalogue_file(str(volume.pk), "camera-1/main/2026-11-18/00-00-00.000Z.mp4")
    tasks.catalogue_file(str(volume.pk), "../outside.mp4")
    assert not Segment.objects.exists()


def test_a_database_that_is_locked_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise OperationalError("database is locked")

    with while_the_database_answers():
        fail()
    assert "waits for the database" in caplog.text
