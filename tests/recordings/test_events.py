from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cameras.models import Camera
from recordings.models import Event, MotionRule, Segment
from recordings.rules.motion.activity import Activity
from recordings.services import event_hooks
from recordings.services.events import end_abandoned, note_again, note_motion
from tests.recordings.shelf import MIDNIGHT_MS, MINUTE_MS, Shelf
from tests.support.moving import BOX, activity, busy, still, trace

pytestmark = pytest.mark.django_db
T = MIDNIGHT_MS


@pytest.fixture
def camera() -> Camera:
    return Camera.objects.create(name="Yard", slug="yard", detects_motion=True)


@pytest.fixture
def rule(camera: Camera) -> MotionRule:
    return MotionRule.objects.create(camera=camera, ends_after_s=8, pre_roll_s=5, post_roll_s=10)


@pytest.fixture
def heard() -> Iterator[list[tuple[str, int | None, int]]]:
    """State, end and score of what is told."""
    found: list[tuple[str, int | None, int]] = []

    def hear(event: Event, state: event_hooks.State) -> None:
        found.append((state, event.end_ms, event.peak_score))

    event_hooks.HEARERS.append(hear)
    yield found
    event_hooks.HEARERS.remove(hear)


def note(camera: Camera, rule: MotionRule, activities: list[Activity], *, late_ms: int = 500) -> None:
    note_motion(camera, rule, activities, now_ms=(activities[-1].span.end_ms if activities else T) + late_ms)


def spans() -> list[tuple[int, int | None, int]]:
    """Begin, end and how far seen, after T."""
    rows = Event.objects.order_by("start_ms").values_list("start_ms", "end_ms", "seen_until_ms")
    return [(start_ms - T, None if end_ms is None else end_ms - T, seen_ms - T) for start_ms, end_ms, seen_ms in rows]


def test_motion_begins_goes_on_and_ends_after_a_rest(camera: Camera, rule: MotionRule) -> None:
    note(camera, rule, [activity(T, (500, 2000), score=30, zones=("Drive",))])
    assert spans() == [(500, None, 2000)]
    note(camera, rule, [activity(T + 2000, (0, 1000), score=70, zones=("Door",), best_ms=400)])
    note(camera, rule, still(T + 4000, T + 10_000))
    assert spans() == [(500, None, 3000)]
    note(camera, rule, [activity(T + 10_000, (900, 1000), score=20)])
    assert spans() == [(500, None, 11_000)], "a rest of less than eight seconds"
    note(camera, rule, still(T + 12_000, T + 20_000))
    assert spans() == [(500, 11_000, 11_000)]
    event = Event.objects.get()
    assert (event.camera, event.kind, event.peak_score, event.zones) == (camera, "motion", 70, ["Door", "Drive"])
    assert (event.best_at_ms, event.box) == (T + 2400, list(BOX))
    assert (event.footage_start_ms, event.footage_end_ms) == (T - 4500, T + 21_000)
    assert (event.is_late, event.needs_pictures) == (False, True)


def test_the_rolls_reach_as_far_as_the_rule_says_when_it_grows(camera: Camera, rule: MotionRule) -> None:
    note(camera, rule, [activity(T, (0, 2000))])
    rule.post_roll_s = 0
    note(camera, rule, [activity(T + 2000, (0, 500))])
    assert Event.objects.get().footage_end_ms == T + 12_000, "what was promised stays"


def test_told_again_nothing_changes_and_nothing_is_written(
    camera: Camera, rule: MotionRule, django_assert_num_queries: Any, heard: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    first, second = busy(T, T + 6000, score=50), still(T + 6000, T + 16_000)
    note(camera, rule, first)
    note(camera, rule, second)
    before = list(Event.objects.values())
    with django_capture_on_commit_callbacks(execute=True):
        note(camera, rule, first, late_ms=900_000)
        note(camera, rule, [*first, *second], late_ms=900_000)
        note(camera, rule, first[1:2], late_ms=900_000)
    assert list(Event.objects.values()) == before
    assert heard == []
    with django_assert_num_queries(1):
        note(camera, rule, second)
    note_motion(camera, rule, [], now_ms=T)


def test_all_who_are_to_hear_do_and_of_changes_once_a_second(
    camera: Camera, rule: MotionRule, heard: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        note_motion(camera, rule, [activity(T, (0, 2000), score=10)], now_ms=T)
        for number, now_ms in enumerate((T + 400, T + 800, T + 1200, T + 1600), start=1):
            note_motion(camera, rule, [activity(T + 2000 * number, (0, 2000), score=10 + number)], now_ms=now_ms)
        note_motion(camera, rule, still(T + 10_000, T + 18_000), now_ms=T + 1700)
    assert heard == [("begun", None, 10), ("changed", None, 13), ("ended", T + 10_000, 14)]


def test_one_who_fails_to_hear_does_not_undo_what_happened(
    camera: Camera, rule: MotionRule, heard: list[Any], django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(event: Event, state: event_hooks.State) -> None:
        raise ConnectionError("no broker")

    event_hooks.HEARERS.append(fail)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            note(camera, rule, [activity(T, (0, 2000))])
    finally:
        event_hooks.HEARERS.remove(fail)
    assert spans() == [(0, None, 2000)]
    assert [state for state, _, _ in heard] == ["begun"]
    assert "no broker" in caplog.text


def test_after_an_outage_a_batch_with_much_in_it_becomes_events_in_order_none_of_them_news(
    camera: Camera, rule: MotionRule, heard: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    batch = [*busy(T, T + 4000), *still(T + 4000, T + 40_000), *busy(T + 40_000, T + 46_000), *still(T + 46_000, T + 60_000)]
    with django_capture_on_commit_callbacks(execute=True):
        note(camera, rule, batch, late_ms=3_600_000)
    assert spans() == [(0, 4000, 4000), (40_000, 46_000, 46_000)]
    assert all(Event.objects.values_list("is_late", flat=True))
    assert [state for state, _, _ in heard] == ["begun", "ended", "begun", "ended"]


def test_a_camera_that_was_down_ends_its_event_with_the_next_picture(camera: Camera, rule: MotionRule) -> None:
    note(camera, rule, busy(T, T + 4000))
    note(camera, rule, busy(T + 300_000, T + 304_000))
    assert spans() == [(0, 4000, 4000), (300_000, None, 304_000)]


def test_what_nobody_looked_at_does_not_keep_an_event_going(camera: Camera, rule: MotionRule) -> None:
    note(camera, rule, busy(T, T + 4000))
    note(camera, rule, [activity(T + 4000 + 2000 * number, skipped="too much to do") for number in range(4)])
    assert spans() == [(0, 4000, 4000)]


def test_old_footage_beside_what_goes_on_now_becomes_events_that_are_over(camera: Camera, rule: MotionRule) -> None:
    note(camera, rule, busy(T + 600_000, T + 604_000))
    note(camera, rule, busy(T, T + 4000), late_ms=600_000)
    assert spans() == [(0, 4000, 4000), (600_000, None, 604_000)]
    note(camera, rule, [*busy(T + 4000, T + 6000), *still(T + 6000, T + 20_000)], late_ms=600_000)
    assert spans() == [(0, 6000, 6000), (600_000, None, 604_000)]
    assert list(Event.objects.order_by("start_ms").values_list("is_late", flat=True)) == [True, False]


def test_an_event_whose_detector_died_is_ended_and_gone_on_with_when_it_is_back(camera: Camera, rule: MotionRule) -> None:
    note(camera, rule, busy(T, T + 4000), late_ms=0)
    assert end_abandoned(now_ms=T + 100_000) == 0
    assert end_abandoned(now_ms=T + 125_000) == 1
    assert spans() == [(0, 4000, 4000)]
    note(camera, rule, busy(T + 4000, T + 8000), late_ms=300_000)
    assert spans() == [(0, None, 8000)]
    note(camera, rule, still(T + 8000, T + 18_000), late_ms=300_000)
    assert spans() == [(0, 8000, 8000)]


def test_a_long_rest_that_the_detector_watches_is_no_death(camera: Camera, rule: MotionRule) -> None:
    rule.ends_after_s = 300
    note(camera, rule, busy(T, T + 4000))
    for start_ms in range(T + 4000, T + 250_000, 10_000):
        note(camera, rule, still(start_ms, start_ms + 10_000))
        assert end_abandoned(now_ms=start_ms + 10_500) == 0


def test_what_a_crash_kept_from_being_noted_is_found_in_the_traces(camera: Camera, rule: MotionRule, tmp_path: Path) -> None:
    segments = Shelf(tmp_path).put(camera, T, T + 3 * MINUTE_MS)
    for segment in segments:
        start_ms = segment.started_at_ms
        trace(
            segment,
            [
                *still(start_ms, start_ms + 20_000),
                *busy(start_ms + 20_000, start_ms + 30_000),
                *still(start_ms + 30_000, start_ms + 60_000),
            ],
        )
    note(camera, rule, busy(T + 20_000, T + 30_000))
    note_again(now_ms=T + 3 * MINUTE_MS)
    assert spans() == [(at, at + 10_000, at + 10_000) for at in (20_000, 80_000, 140_000)]
    before = list(Event.objects.values())
    note_again(now_ms=T + 4 * MINUTE_MS)
    assert list(Event.objects.values()) == before


def test_footage_that_is_being_deleted_makes_no_event_again(camera: Camera, rule: MotionRule, tmp_path: Path) -> None:
    (segment,) = Shelf(tmp_path).put(camera, T, T + MINUTE_MS)
    trace(segment, busy(T, T + 4000))
    Segment.objects.update(doomed_by="age")
    note_again(now_ms=T + MINUTE_MS)
    assert not Event.objects.exists()


def test_the_database_refuses_a_second_event_that_goes_on(camera: Camera) -> None:
    fields = {"start_ms": T, "seen_until_ms": T, "footage_start_ms": T, "footage_end_ms": T}
    for camera_of_it, kind in ((camera, "motion"), (None, "storage")):
        Event.objects.create(camera=camera_of_it, kind=kind, subject="disk", **fields)
        with pytest.raises(IntegrityError), transaction.atomic():
            Event.objects.create(camera=camera_of_it, kind=kind, subject="disk", **fields)
        Event.objects.create(camera=camera_of_it, kind=kind, subject="disk", end_ms=T, **fields)
        Event.objects.create(camera=camera_of_it, kind=kind, subject="other", **fields)


def test_motion_of_a_camera_that_was_deleted_meanwhile_is_forgotten(camera: Camera, rule: MotionRule) -> None:
    Camera.objects.all().delete()
    note(camera, rule, busy(T, T + 4000))
    assert not Event.objects.exists()
