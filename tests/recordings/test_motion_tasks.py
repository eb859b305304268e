from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from cameras.models import Camera, Stream
from nvr.celery import app
from recordings import tasks
from recordings.models import Event, MotionTrace, MotionWatch, Segment
from recordings.rules.fragments import Fragment
from recordings.services import motion_analysis, motion_footage
from tests.support.filmed import filmed
from tests.support.motion_scenes import small
from tests.support.recorded import Archive

pytestmark = pytest.mark.django_db


@pytest.fixture
def camera(tmp_path: Path) -> Camera:
    """With somebody who walks through its newest footage."""
    camera = Camera.objects.create(name="Gate", slug="gate", detects_motion=True)
    Stream.objects.create(camera=camera, role="main", url="rtsp://cam/main")
    start_ms = time.time_ns() // 1_000_000 - 30_000
    MotionWatch.objects.create(camera=camera, since_ms=start_ms)
    archive = Archive(tmp_path / "disk")
    archive.add(camera, filmed(small.pictures(13, walks=(6, 11)), fps=small.FPS, start_ms=start_ms), segment_ms=300_000)
    return camera


def test_a_camera_with_new_footage_gets_one_task_on_a_queue_of_its_own(camera: Camera, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(tasks.look_for_motion, "apply_async", lambda arguments, **options: sent.append((arguments, options)))
    tasks.find_motion()
    ((arguments, options),) = sent
    assert arguments == ([camera.pk],)
    assert options["expires"] > 0
    assert app.amqp.router.route({}, tasks.look_for_motion.name)["queue"].name == "motion"
    tasks.look_for_motion(*arguments)
    tasks.find_motion()
    assert len(sent) == 1


def test_few_cameras_are_looked_through_by_the_task_that_finds_them(camera: Camera, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(motion_footage, "_LATE_MS", 60_000)
    monkeypatch.setattr(tasks.look_for_motion, "apply_async", lambda *_, **__: pytest.fail("one message too many"))
    tasks.find_motion()
    assert Event.objects.get().camera == camera


def test_tasks_take_some_cameras_together_but_late_ones_alone() -> None:
    def due(camera_id: int, begin_ms: int) -> motion_footage.Due:
        gop = Fragment(0, 1000, 0, 90_000, True)
        piece = motion_footage.Piece(Segment(started_at_ms=begin_ms), (gop,), 1000, begin_ms)
        return motion_footage.Due(motion_footage.Watched(Camera(pk=camera_id), 0, "main"), piece)

    def shared(*found: motion_footage.Due) -> list[list[int]]:
        return [[one.watched.camera.pk for one in together] for together in motion_footage.shared_out(found, now_ms=100_000)]

    assert shared() == [[]]
    assert shared(*(due(number, 98_000) for number in range(1, 6))) == [[1, 2, 3, 4], [5]]
    assert shared(due(1, 20_000), due(2, 98_000), due(3, 30_000)) == [[2], [1], [3]]
    assert shared(due(1, 20_000)) == [[], [1]]


def test_what_goes_wrong_with_one_camera_is_no_other_ones_matter(
    camera: Camera, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    other = Camera.objects.create(name="Broken", slug="broken", detects_motion=True, position=0)
    MotionWatch.objects.create(camera=other, since_ms=0)
    analyse = motion_analysis._analyse

    def only_one(due: motion_footage.Due, *rest: Any) -> bool:
        if due.watched.camera == other:
            raise ZeroDivisionError
        return analyse(due, *rest)

    monkeypatch.setattr(motion_analysis, "_analyse", only_one)
    tasks.look_for_motion([other.pk, camera.pk])
    assert Event.objects.get().camera == camera
    assert "Broken could not be looked through" in caplog.text


def test_what_moved_becomes_an_event(camera: Camera) -> None:
    tasks.look_for_motion([camera.pk])
    tasks.look_for_motion([camera.pk])
    event = Event.objects.get()
    assert (event.camera, event.kind) == (camera, "motion")
    assert event.peak_score > 0
    assert event.start_ms < event.seen_until_ms
    tasks.give_up_motion()
    assert sum(trace.not_analysed_ms for trace in MotionTrace.objects.all()) == 0


def test_a_locked_database_is_waited_for(camera: Camera, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object, **__: object) -> None:
        raise OperationalError("the disk is busy")

    with monkeypatch.context() as patch:
        patch.setattr(motion_analysis, "_commit", locked)
        tasks.look_for_motion([camera.pk])
    assert not MotionTrace.objects.exists()
    tasks.look_for_motion([camera.pk])
    assert Event.objects.exists()
