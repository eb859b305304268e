from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_django

from cameras.models import Camera
from recordings.models import Event, Volume
from recordings.rules.retention import Rule, Shortfall
from recordings.services.system_events import look, note_node_back, note_node_lost, note_shortfalls
from tests.recordings.shelf import MIDNIGHT_MS, Shelf

pytestmark = pytest.mark.django_db
T = MIDNIGHT_MS


@pytest.fixture
def camera() -> Camera:
    return Camera.objects.create(name="Yard", slug="yard", created_at=datetime.fromtimestamp(T / 1000 - 1e6, UTC))


class Recorder:
    """The traces it leaves."""

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        journal.mkdir()

    def is_there(self, at_ms: int, *, was_stopped: bool = False, started_at_ms: int = T - 3_600_000) -> None:
        words = {"at_ms": at_ms, "was_stopped": was_stopped, "started_at_ms": started_at_ms}
        (self._journal / "alive").write_text(json.dumps(words))


@pytest.fixture
def recorder(tmp_path: Path, settings: pytest_django.Settings) -> Recorder:
    settings.RECORDINGS_JOURNAL_DIR = tmp_path / "journal"
    return Recorder(settings.RECORDINGS_JOURNAL_DIR)


def be(camera: Camera, state: str, at_ms: int, reason: str = "") -> None:
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    Camera.objects.filter(pk=camera.pk).update(state=state, state_reason=reason, state_changed_at=moment)


def look_at(recorder: Recorder, *moments_s: int) -> None:
    for moment_s in moments_s:
        recorder.is_there(T + moment_s * 1000 - 500)
        look(now_ms=T + moment_s * 1000)


def told(**where: Any) -> list[tuple[str, int, int | None]]:
    """What it is about, begin and end in seconds after T."""
    rows = Event.objects.filter(**where).order_by("start_ms", "pk").select_related("camera")
    return [(row.camera.slug if row.camera else row.subject, seconds(row.start_ms), row.end_ms and seconds(row.end_ms)) for row in rows]


def seconds(at_ms: int) -> int:
    return (at_ms - T) // 1000


def test_a_camera_goes_down_and_comes_back_and_flapping_is_one_event(camera: Camera, recorder: Recorder) -> None:
    be(camera, "down", T, "The camera can't be reached.")
    look_at(recorder, 5, 25)
    assert told() == []
    look_at(recorder, 31, 36, 95)
    assert told() == [("yard", 0, None)]
    event = Event.objects.get()
    assert (event.kind, event.reason) == ("camera_down", "The camera can't be reached.")
    assert (event.footage_start_ms, event.seen_until_ms) == (T - 10_000, T + 95_000)
    be(camera, "live", T + 100_000)
    look_at(recorder, 105)
    be(camera, "down", T + 108_000)
    look_at(recorder, 110, 150)
    be(camera, "live", T + 160_000)
    look_at(recorder, 165)
    assert told() == [("yard", 0, None)]
    look_at(recorder, 171, 176)
    assert told() == [("yard", 0, 160)]


def test_a_restart_of_the_nvr_tells_nobody_anything(camera: Camera, recorder: Recorder) -> None:
    others = [Camera.objects.create(name=f"{number}", slug=f"{number}") for number in range(5)]
    be(camera, "down", T)
    for other in others:
        be(other, "live", T)
    look_at(recorder, 40)
    assert told() == [("yard", 0, None)]
    for stopped in (camera, *others):
        be(stopped, "off", T + 50_000, "the ingest process is stopped")
    recorder.is_there(T + 50_000, was_stopped=True)
    look(now_ms=T + 60_000)
    for other in others:
        be(other, "down", T + 70_000)  # written by nobody: a machine that lost its power has such memories
    look(now_ms=T + 4000_000)
    recorder.is_there(T + 4001_000, started_at_ms=T + 4000_500)
    look(now_ms=T + 4002_000)
    be(camera, "down", T + 4003_000)
    for other in others:
        be(other, "live", T + 4003_000)
    recorder.is_there(T + 4060_000, started_at_ms=T + 4000_500)
    look(now_ms=T + 4060_000)
    assert told() == [("yard", 0, None)], "the one that was down still is"


def test_a_camera_that_is_switched_off_ends_its_event(camera: Camera, recorder: Recorder) -> None:
    be(camera, "down", T)
    look_at(recorder, 40)
    Camera.objects.update(is_enabled=False)
    be(camera, "off", T + 45_000)
    look_at(recorder, 46)
    assert told() == [("yard", 0, 45)]


def test_footage_that_can_not_be_written_is_missing_until_it_is_recorded_again(camera: Camera, recorder: Recorder, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.note(camera, T - 60_000, "recording")
    shelf.note(camera, T, "write_failure", "the disk refuses: no space")
    look_at(recorder, 3)
    assert told() == []
    look_at(recorder, 6, 11, 80, 300)
    assert told() == [("yard", 0, None)]
    shelf.note(camera, T + 305_000, "recording")
    look_at(recorder, 308)
    shelf.note(camera, T + 309_000, "write_failure")
    look_at(recorder, 310, 315)
    shelf.note(camera, T + 320_000, "recording")
    look_at(recorder, 325)
    assert told() == [("yard", 0, None)]
    look_at(recorder, 331, 336)
    assert told() == [("yard", 0, 320)]
    event = Event.objects.get()
    assert (event.kind, event.reason, event.seen_until_ms) == ("gap", "the disk refuses: no space", T + 320_000)


def test_a_gap_that_was_over_before_anybody_looked_is_told_late(camera: Camera, recorder: Recorder, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.note(camera, T, "overload", role="sub")
    shelf.note(camera, T + 20_000, "recording", role="sub")
    shelf.note(camera, T + 40_000, "write_failure")
    shelf.note(camera, T + 42_000, "recording")
    look_at(recorder, 600, 605)
    assert told() == [("yard", 0, 20)]
    assert Event.objects.get().is_late


def test_a_recorder_that_is_gone_does_not_make_a_gap_longer(camera: Camera, recorder: Recorder, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.note(camera, T, "write_failure")
    look_at(recorder, 20)
    recorder.is_there(T + 30_000)
    look(now_ms=T + 3_000_000)
    shelf.note(camera, T + 30_000, "not_running")
    shelf.note(camera, T + 3_100_000, "recording")
    look_at(recorder, 3_200)
    assert told() == [("yard", 0, 30)]


def test_a_directory_in_trouble_is_one_event_until_it_was_well_for_a_while(recorder: Recorder, tmp_path: Path) -> None:
    volume = Shelf(tmp_path).volume
    Volume.objects.update(state="failing", state_reason="the disk refuses: input/output error")
    look_at(recorder, 0, 5, 70)
    Volume.objects.update(state="well", state_reason="")
    look_at(recorder, 75, 100)
    Volume.objects.update(state="full")
    look_at(recorder, 135)
    Volume.objects.update(state="well")
    look_at(recorder, 300)
    assert told() == [(volume.name, 0, None)]
    look_at(recorder, 316)
    assert told() == [(volume.name, 0, 135)]
    assert Event.objects.get().reason == "the disk refuses: input/output error"


def test_nobody_knows_of_directories_while_nobody_records(recorder: Recorder, tmp_path: Path) -> None:
    Shelf(tmp_path)
    Volume.objects.update(state="full")
    recorder.is_there(T - 60_000)
    look(now_ms=T)
    Volume.objects.update(is_enabled=False)
    look_at(recorder, 5)
    assert told() == []


def test_a_disk_that_fills_up_with_what_may_not_be_deleted_is_trouble(recorder: Recorder) -> None:
    shortfalls = [Shortfall(Rule.FREE_SPACE, "disk", 10, "all that is left is protected"), Shortfall(Rule.CAMERA_BYTES, "Yard", 10, "")]
    for moment_s in (0, 30, 60):
        note_shortfalls(shortfalls, now_ms=T + moment_s * 1000)
    look_at(recorder, 200)
    assert told(kind="storage") == [("disk", 0, None)]
    look_at(recorder, 300)
    assert told(kind="storage") == [("disk", 0, 60)]


def test_a_machine_is_lost_and_back(recorder: Recorder) -> None:
    note_node_lost("cellar", "it does not answer", now_ms=T)
    note_node_lost("cellar", "it does not answer", now_ms=T + 5000)
    note_node_lost("attic", "it does not answer", now_ms=T + 5000)
    note_node_back("cellar", now_ms=T + 9000)
    assert told(kind="node") == [("cellar", 0, 9), ("attic", 5, None)]


def test_a_look_costs_a_few_queries(camera: Camera, recorder: Recorder, django_assert_max_num_queries: Any) -> None:
    recorder.is_there(T)
    be(camera, "live", T)
    with django_assert_max_num_queries(6):
        look(now_ms=T + 1000)
