"""The recorder as ingest runs it: with the database and Redis there, and with either of them away."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from django.db import OperationalError
from redis import Redis

from cameras.models import Camera
from cameras.services import add_camera
from nvr import recording as nvr_recording
from nvr.catalogue_teller import CatalogueTeller
from nvr.recording import Recording
from recordings.journal import read_notes
from recordings.lane_writer import SegmentNews
from recordings.models import Volume
from recordings.services.volumes import add_volume
from recordings.tasks import catalogue_file
from streaming.ingest.supervisor import STOPPED
from streaming.media.packet import Codec, Role, StreamKey
from tests.support import footage
from tests.support.recording_rig import Rig
from tests.support.stamps import stamped, stamps_in

STREAM = StreamKey(1, Role.MAIN)
NEWS = SegmentNews(STREAM, "11111111-2222-3333-4444-555555555555", "camera-1/main/2026-11-18/11-06-40.000Z.mp4", True)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[SegmentNews]:
    """Instead of a Celery worker."""
    told: list[SegmentNews] = []
    monkeypatch.setattr(CatalogueTeller, "tell", lambda self, news: told.append(news))
    return told


@pytest.fixture
def recording(
    transactional_db: None, tmp_path: Path, settings: pytest_django.Settings, monkeypatch: pytest.MonkeyPatch, told: list[SegmentNews]
) -> Iterator[Recording]:
    settings.RECORDINGS_JOURNAL_DIR = tmp_path / "journal"
    monkeypatch.setattr(nvr_recording, "LOOK_EVERY_S", 0.05)
    recording = Recording()
    recording.start()
    yield recording
    recording.close()


@pytest.fixture
def camera(transactional_db: None, tmp_path: Path) -> Camera:
    add_volume(name="first", path=str(tmp_path / "footage"), keep_free_bytes=0)
    return add_camera(name="Gate", url="rtsp://cam/main")


def wait_until(is_so: Callable[[], bool]) -> None:
    Rig.wait_until(is_so, 15)


def is_planned(recording: Recording, camera: Camera) -> bool:
    return any(report.directory for report in recording.recorder.reports())


def send(recording: Recording, camera: Camera, seconds: float = 4, at_s: float = 0) -> None:
    of, stream = footage.tracks(), StreamKey(camera.pk, Role.MAIN)
    recording.recorder.announce(stream, of)
    for packet in stamped(footage.packets(seconds, of=of, start_ms=footage.START_MS + round(at_s * 1000)), Codec.H264):
        recording.recorder.write(stream, packet)


def test_what_is_received_is_recorded_told_and_accounted_for(
    recording: Recording, camera: Camera, told: list[SegmentNews], tmp_path: Path
) -> None:
    stream = StreamKey(camera.pk, Role.MAIN)
    recording.report(stream, "connecting", "")
    wait_until(lambda: is_planned(recording, camera))
    recording.report(stream, "live", "")
    send(recording, camera)
    recording.report(stream, "down", "The camera closed the connection.")
    wait_until(lambda: any(news.is_finished for news in told))
    assert [stamp for path in files(tmp_path) for stamp in stamps_in(path)] == list(range(100))
    catalogue_file(told[-1].directory_id, told[-1].path, told[-1].is_finished)
    assert camera.segments.get().is_finished
    recording.report(stream, "off", STOPPED)
    recording.close()
    assert {note.kind for note in notes(tmp_path, stream)} == {"camera_down", "not_running", "recording"}


def test_a_database_that_is_away_leaves_the_last_plans_in_place(
    recording: Recording, camera: Camera, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wait_until(lambda: is_planned(recording, camera))

    def away() -> Any:
        raise OperationalError("database is locked")

    monkeypatch.setattr(nvr_recording, "read_facts", away)
    monkeypatch.setattr(nvr_recording, "note_state", lambda *_: away())
    wait_until(lambda: "the last plans go on" in caplog.text)
    send(recording, camera)
    recording.close()
    assert [stamp for path in files(tmp_path) for stamp in stamps_in(path)] == list(range(100))
    assert caplog.text.count("the last plans go on") == 1


def test_a_directory_that_fails_is_told_to_people_and_its_recovery_too(
    recording: Recording, camera: Camera, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wait_until(lambda: Volume.objects.get().state == "well")
    identity = tmp_path / "footage" / ".nvr-recordings.json"
    hidden = identity.rename(tmp_path / "hidden")
    wait_until(lambda: Volume.objects.get().state == "failing")
    assert "not mounted" in Volume.objects.get().state_reason
    hidden.rename(identity)
    wait_until(lambda: Volume.objects.get().state == "well")
    assert [record.levelname for record in caplog.records if "recording directory" in record.getMessage()] == ["ERROR", "WARNING"]


def test_recording_can_be_switched_off_and_on_again_while_it_runs(recording: Recording, camera: Camera, tmp_path: Path) -> None:
    wait_until(lambda: is_planned(recording, camera))
    send(recording, camera)
    wait_until(lambda: bool(files(tmp_path)))
    Camera.objects.filter(pk=camera.pk).update(record="off")
    stream = StreamKey(camera.pk, Role.MAIN)
    wait_until(lambda: any(note.kind == "off" for note in notes(tmp_path, stream)))
    send(recording, camera, at_s=4)
    Camera.objects.filter(pk=camera.pk).update(record="continuous")
    moments = iter(range(8, 2000, 4))

    def is_resumed() -> bool:
        send(recording, camera, at_s=next(moments))
        return len(files(tmp_path)) > before

    before = len(files(tmp_path))
    wait_until(is_resumed)
    recording.close()
    written = [stamp for path in files(tmp_path)[:before] for stamp in stamps_in(path)]
    assert written == list(range(len(written)))
    assert len(written) >= 75  # what had come in the moment it was switched off may be left out
    assert files(tmp_path)[before].name >= "11-06-48"


def files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "footage").rglob("*.mp4"))


def notes(tmp_path: Path, stream: StreamKey) -> list[Any]:
    days = [date.fromisoformat(path.stem) for path in sorted((tmp_path / "journal").glob("*.jsonl"))]
    found = [note for day in days for note in read_notes(tmp_path / "journal", day)]
    return [note for note in found if note.camera_id == stream.camera_id]


def test_the_catalogue_is_told_by_a_task(redis_url: str) -> None:
    queue = f"told-{time.time_ns()}"
    teller = CatalogueTeller(queue=queue)
    teller.start()
    teller.tell(NEWS)
    with Redis.from_url(redis_url) as redis:
        Rig.wait_until(lambda: redis.llen(queue) == 1, 10)
        message = json.loads(redis.rpop(queue))
        redis.delete(queue, f"_kombu.binding.{queue}")
    teller.close(2)
    assert message["headers"]["task"] == catalogue_file.name == "recordings.catalogue_file"
    assert message["headers"]["argsrepr"] == repr([NEWS.directory_id, NEWS.path, True])


def test_redis_away_holds_nobody_up_and_news_waits(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    teller = CatalogueTeller(broker_url=f"redis+socket://{tmp_path}/nobody.sock")
    teller.start()
    begun_s = time.monotonic()
    for _ in range(20_000):
        teller.tell(NEWS)
    assert time.monotonic() - begun_s < 5
    Rig.wait_until(lambda: "tried again until it can" in caplog.text, 15)
    assert teller.waiting == 10_000
    teller.close(3)
