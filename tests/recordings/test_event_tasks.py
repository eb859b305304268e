from __future__ import annotations

from pathlib import Path

import pytest
import pytest_django
from celery import current_app

from nvr.celery import app
from recordings import event_tasks
from recordings.exclusive import alone
from recordings.models import Event, MotionRule
from recordings.services.event_pictures import PICTURE, PREVIEW, path_of
from recordings.services.events import note_motion
from tests.support.moving import activity, still
from tests.support.numbered import footage
from tests.support.people import House
from tests.support.recorded import Archive

START_MS = 1_000_000_020_000


@pytest.fixture
def going_on(house: House, tmp_path: Path, settings: pytest_django.Settings) -> Event:
    settings.PREVIEWS_DIR = tmp_path / "previews"
    settings.RECORDINGS_JOURNAL_DIR = tmp_path / "journal"
    Archive(tmp_path / "footage").add(house.camera, footage(14, start_ms=START_MS), segment_ms=60_000)
    note_motion(house.camera, MotionRule(camera=house.camera), [activity(START_MS, (500, 2000))], now_ms=START_MS + 2500)
    return Event.objects.get()


def test_they_are_found_by_the_worker() -> None:
    app.loader.import_default_modules()
    names = {entry["task"] for entry in app.conf.beat_schedule.values()} & set(current_app.tasks)
    assert {"recordings.watch_events", "recordings.first_event_pictures", "recordings.event_pictures", "recordings.expire_events"} <= names


def test_an_event_gets_its_pictures_and_is_left_alone_as_long_as_it_has_footage(house: House, going_on: Event) -> None:
    event_tasks.make_first_event_pictures()
    assert path_of(going_on, PICTURE).is_file()
    note_motion(house.camera, MotionRule(camera=house.camera), still(START_MS + 2000, START_MS + 12_000), now_ms=START_MS + 12_500)
    event_tasks.finish_event_pictures()
    assert path_of(going_on, PREVIEW).is_file()
    event_tasks.note_motion_again()
    event_tasks.expire_events()
    event_tasks.sweep_event_pictures()
    assert Event.objects.get().has_preview
    assert path_of(going_on, PREVIEW).is_file()


def test_what_nobody_goes_on_with_is_ended(going_on: Event) -> None:
    event_tasks.watch_events()
    assert Event.objects.get().end_ms == START_MS + 2000


def test_one_at_a_time(going_on: Event, settings: pytest_django.Settings) -> None:
    with alone(Path(settings.DATA_DIR) / "locks" / "first_event_pictures"):
        event_tasks.make_first_event_pictures()
        assert not path_of(going_on, PICTURE).exists()
