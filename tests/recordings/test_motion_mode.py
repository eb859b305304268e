"""Recording on motion, from what the catalogue, the traces and the events say to what is deleted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from cameras.models import Camera
from cameras.services import add_camera, change_camera
from recordings.models import Deletion, Event, MotionRule, MotionTrace, RecordingRule, Segment, TrustedClock
from recordings.rules.motion.activity import TURNED, TURNED_BY_ITSELF
from recordings.rules.retention import Decision, Rule
from recordings.rules.spans import Span
from recordings.services.events import note_motion
from recordings.services.motion_mode import kept_shares, watches
from recordings.services.outlook import outlook
from recordings.services.retention import enforce, planned
from recordings.services.survey import survey
from recordings.services.timeline import account_of
from tests.recordings.shelf import DAY_MS, HOUR_MS, MIDNIGHT_MS, MINUTE_MS, Shelf
from tests.support.moving import activity, busy, still, trace

pytestmark = pytest.mark.django_db
T = MIDNIGHT_MS


@pytest.fixture
def camera() -> Camera:
    """Recorded on motion since T."""
    made = add_camera(name="Yard", url="rtsp://cam/main", record="motion")
    moment = datetime.fromtimestamp(T / 1000, UTC)
    Camera.objects.filter(pk=made.pk).update(record_changed_at=moment, created_at=moment)
    RecordingRule.objects.create(camera=made, keep_days=None, hold_minutes=15)
    return Camera.objects.get(pk=made.pk)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def watch(segments: list[Segment], *motion: tuple[int, int], skipped: str = "") -> None:
    """The detector looks at them: something moves in these spans (seconds after T), or it skips them."""
    for segment in segments:
        start_ms, end_ms = segment.started_at_ms, segment.ended_at_ms
        if skipped:
            trace(segment, [activity(start_ms, length_ms=end_ms - start_ms, skipped=skipped)])
            continue
        told = still(start_ms, end_ms)
        for first_ms, last_ms in ((T + first_s * 1000, T + last_s * 1000) for first_s, last_s in motion):
            if start_ms <= first_ms < end_ms:
                told = [*still(start_ms, first_ms), *busy(first_ms, last_ms), *still(last_ms, end_ms)]
        trace(segment, told)


def minutes(**where: Any) -> list[int]:
    """Begins of the segments that are left, in minutes after T."""
    rows = Segment.objects.filter(doomed_by="", **where).order_by("started_at_ms").values_list("started_at_ms", flat=True)
    return [(start_ms - T) // MINUTE_MS for start_ms in rows]


def run(minute: float) -> dict[Rule, int]:
    TrustedClock.objects.all().delete()  # time goes on in leaps here, which it otherwise would not believe
    return dict(enforce(now_ms=T + round(minute * MINUTE_MS)).segments)


def test_what_nobody_moved_in_goes_after_a_while_and_motion_stays_with_its_rolls(camera: Camera, shelf: Shelf) -> None:
    watch(shelf.put(camera, T, T + 40 * MINUTE_MS), (300, 310), (662, 664), (1195, 1199))
    assert run(14) == {}
    assert run(15.5) == {}
    assert run(18) == {Rule.NO_MOTION: 3}
    assert minutes()[:3] == [3, 4, 5]
    run(60)
    assert minutes() == [4, 5, 10, 11, 19, 20, 39], "five seconds before and ten after; of the last minute what follows is not known"
    assert {(row.rule, row.role) for row in Deletion.objects.all()} == {("no motion", "main")}
    assert MotionRule.objects.get().judged_until_ms == T + 39 * MINUTE_MS
    assert run(70) == {}


def test_what_is_decided_is_not_decided_again(camera: Camera, shelf: Shelf) -> None:
    segments = shelf.put(camera, T, T + 10 * MINUTE_MS)
    watch(segments, (130, 140))
    note_motion(camera, MotionRule(camera=camera), [*busy(T + 130_000, T + 140_000), *still(T + 140_000, T + 160_000)], now_ms=T + 160_000)
    run(30)
    assert minutes() == [2, 9]
    Event.objects.all().delete()
    MotionTrace.objects.filter(segment=segments[2]).update(peak_score=0, entries=b"")
    run(31)
    assert minutes() == [2, 9], "it is left to the other rules"


def test_events_keep_their_footage_whoever_made_them(camera: Camera, shelf: Shelf) -> None:
    watch(shelf.put(camera, T, T + 10 * MINUTE_MS))
    moments = {"start_ms": T + 200_000, "end_ms": T + 400_000, "seen_until_ms": T + 400_000}
    Event.objects.create(camera=camera, kind="camera_down", footage_start_ms=T + 175_000, footage_end_ms=T + 200_000, **moments)
    run(30)
    assert minutes() == [2, 3, 9]


def test_on_its_tour_a_camera_shows_nothing_that_stays_and_in_somebody_s_hands_it_does(camera: Camera, shelf: Shelf) -> None:
    segments = shelf.put(camera, T, T + 10 * MINUTE_MS)
    watch(segments[:3])
    watch(segments[3:5], skipped=TURNED_BY_ITSELF)
    watch(segments[5:7], skipped=TURNED)
    watch(segments[7:])
    run(60)
    assert minutes() == [5, 6, 9]


def test_what_nobody_looked_at_is_never_lost(camera: Camera, shelf: Shelf) -> None:
    segments = shelf.put(camera, T, T + 12 * MINUTE_MS)
    watch(segments[:3])
    watch(segments[3:5], skipped="the machine did not get to it in time")
    assert run(600) == {Rule.NO_MOTION: 2}, "the detector may still come to the rest, and to what follows the third"
    watch(segments[6:])
    run(601)
    assert minutes() == [3, 4, 5, 11]
    Segment.objects.update(has_pictures=False)
    RecordingRule.objects.update(keep_days=1)
    assert run(3000)[Rule.AGE] == 4, "then it goes as any footage does"


def test_with_no_detector_all_stays(camera: Camera, shelf: Shelf) -> None:
    shelf.put(camera, T, T + 5 * MINUTE_MS)
    assert run(6000) == {}
    assert minutes() == [0, 1, 2, 3, 4]
    assert not MotionRule.objects.exists()


def test_the_other_stream_goes_with_the_one_that_is_looked_at(camera: Camera, shelf: Shelf) -> None:
    shelf.put(camera, T, T + 10 * MINUTE_MS)
    watch(shelf.put(camera, T - 20_000, T + 10 * MINUTE_MS + 40_000, role="sub"), (200, 205))
    run(40)
    assert minutes(role="main") == [3]
    assert minutes(role="sub") == [-1, 2, 9], "the first began before it was recorded on motion"


def test_what_was_recorded_in_another_way_is_none_of_its_business(camera: Camera, shelf: Shelf) -> None:
    root = get_user_model()(is_superuser=True)
    watch(shelf.put(camera, T - HOUR_MS, T + 5 * MINUTE_MS))
    run(30)
    assert minutes() == [*range(-60, 0), 4]
    change_camera(camera, record="continuous", by=root)
    assert run(60) == {}
    change_camera(camera, record="motion", by=root)
    Camera.objects.update(record_changed_at=datetime.fromtimestamp((T + HOUR_MS) / 1000, UTC))
    watch(shelf.put(camera, T + 50 * MINUTE_MS, T + 70 * MINUTE_MS))
    run(120)
    assert [minute for minute in minutes() if minute >= 0] == [4, *range(50, 60), 69]


def test_how_long_all_is_held_is_said_for_each_camera(camera: Camera, shelf: Shelf) -> None:
    watch(shelf.put(camera, T, T + 10 * MINUTE_MS))
    RecordingRule.objects.update(hold_minutes=1440)
    assert run(1000) == {}
    RecordingRule.objects.update(hold_minutes=1)
    MotionRule.objects.create(camera=camera, pre_roll_s=300)
    assert watches(T + 10 * MINUTE_MS)[camera.pk].until_ms == T + 3 * MINUTE_MS, "as long as a pre-roll may still be wanted"


def test_protected_footage_stays(camera: Camera, shelf: Shelf) -> None:
    watch(shelf.put(camera, T, T + 10 * MINUTE_MS))
    shelf.protection(camera, T + 125_000, T + 190_000)
    run(30)
    assert minutes() == [2, 3, 9]


def test_a_disk_that_is_away_is_told_and_gone_on_with_when_it_is_back(camera: Camera, shelf: Shelf) -> None:
    watch(shelf.put(camera, T, T + 5 * MINUTE_MS))
    path = Path(shelf.volume.path)
    path.rename(f"{path}-away")
    outcome = enforce(now_ms=T + HOUR_MS)
    assert (dict(outcome.segments), [one.rule for one in outcome.shortfalls]) == ({}, [Rule.NO_MOTION])
    Path(f"{path}-away").rename(path)
    assert run(61) == {Rule.NO_MOTION: 4}


def test_the_dry_run_tells_what_the_run_then_deletes_and_changes_nothing(camera: Camera, shelf: Shelf) -> None:
    watch(shelf.put(camera, T, T + 30 * MINUTE_MS), (300, 310))
    told = {item.candidate.id for item in planned(survey(now_ms=T + HOUR_MS)) if isinstance(item, Decision)}
    assert not MotionRule.objects.exists()
    before = set(Segment.objects.values_list("pk", flat=True))
    run(60)
    assert before - set(Segment.objects.values_list("pk", flat=True)) == told
    assert len(told) == 27


def test_one_far_behind_is_caught_up_with_in_parts(camera: Camera, shelf: Shelf) -> None:
    watch(shelf.put(camera, T, T + 10 * HOUR_MS, length_ms=5 * MINUTE_MS))
    assert run(660) == {Rule.NO_MOTION: 72}
    assert run(661) == {Rule.NO_MOTION: 47}


def test_the_account_says_that_nothing_moved(camera: Camera, shelf: Shelf) -> None:
    watch(shelf.put(camera, T, T + 5 * MINUTE_MS), (130, 135))
    run(30)
    entries = account_of(camera, "main", Span(T, T + 5 * MINUTE_MS), T + DAY_MS)
    assert [(entry.kind.value, entry.reason) for entry in entries] == [
        ("deleted", "no motion"),
        ("recorded", ""),
        ("deleted", "no motion"),
        ("recorded", ""),
    ]


@pytest.fixture
def busy_hour(camera: Camera, shelf: Shelf) -> int:
    """Something moves in one minute of ten. What it is when it is over."""
    now_ms = T + HOUR_MS
    watch(shelf.put(camera, T, now_ms), *((600 * number + 10, 600 * number + 15) for number in range(6)))
    return now_ms


def test_the_forecast_knows_that_most_does_not_stay(camera: Camera, busy_hour: int) -> None:
    assert kept_shares(busy_hour) == {}
    enforce(now_ms=busy_hour)
    assert kept_shares(busy_hour) == {camera.pk: pytest.approx(20 / 60)}, "five minutes with motion, a quarter of an hour that is held"
    assert kept_shares(busy_hour + 9 * DAY_MS) == {}
    view = outlook(now_ms=busy_hour)
    assert (view.due, view.shortfalls) == ((), ())
    Camera.objects.update(record="continuous")
    assert kept_shares(busy_hour) == {}


def test_what_goes_for_want_of_motion_is_no_full_disk(camera: Camera, busy_hour: int) -> None:
    view = outlook(now_ms=busy_hour)
    assert {one.rule for one in view.due} == {Rule.NO_MOTION}
    assert view.full_at_ms is None or view.full_at_ms > busy_hour
    assert view.cameras[0].next_rule is None, "what stays is kept as long as there is room"
