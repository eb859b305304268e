from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from cameras.models import Camera
from cameras.services import add_camera
from recordings.directory import IDENTITY_FILE, DirectoryError
from recordings.models import RecordingRule, Volume, VolumeDay
from recordings.plans import Planner, read_facts
from recordings.recorder import NotRecorded, Plan
from recordings.services.demo import detect_motion, keep_briefly
from recordings.services.volumes import add_volume, ensure_first_volume, note_state
from streaming.media.packet import Role, StreamKey

pytestmark = pytest.mark.django_db
FRIDAY_NOON_MS = int(datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()) * 1000
HOUR_MS = 3_600_000


@pytest.fixture
def volume(tmp_path: Path) -> Volume:
    return add_volume(name="first", path=str(tmp_path / "first"))


@pytest.fixture
def camera(volume: Volume) -> Camera:
    return add_camera(name="Gate", url="rtsp://cam/main", sub_url="rtsp://cam/sub")


def plan(camera: Camera, role: Role = Role.MAIN, now_ms: int = FRIDAY_NOON_MS) -> Plan | NotRecorded:
    return Planner().plans(read_facts(), now_ms)[StreamKey(camera.pk, role)]


def test_the_main_stream_is_recorded_always_unless_told_otherwise(camera: Camera, volume: Volume) -> None:
    found = plan(camera)
    assert isinstance(found, Plan)
    assert found.directories == (volume.directory(),)
    assert found.cutting.longest_segment_ms == 60_000
    assert plan(camera, Role.SUB) == NotRecorded("off", "this stream is not to be recorded")


def test_a_camera_recorded_on_motion_is_recorded_always_and_what_stays_is_decided_later(camera: Camera) -> None:
    always = plan(camera)
    Camera.objects.filter(pk=camera.pk).update(record="motion")
    assert plan(camera) == always


@pytest.mark.parametrize(("streams", "recorded"), [("main", [Role.MAIN]), ("sub", [Role.SUB]), ("both", [Role.MAIN, Role.SUB])])
def test_the_rule_says_which_streams(camera: Camera, streams: str, recorded: list[Role]) -> None:
    RecordingRule.objects.create(camera=camera, streams=streams)
    assert [role for role in Role if isinstance(plan(camera, role), Plan)] == recorded


@pytest.mark.parametrize("change", [{"detects_motion": True}, {"record": "motion"}])
def test_with_motion_detection_the_sub_stream_is_recorded_too(camera: Camera, change: dict[str, Any]) -> None:
    Camera.objects.filter(pk=camera.pk).update(**change)
    assert isinstance(plan(camera), Plan)
    assert isinstance(plan(camera, Role.SUB), Plan)
    RecordingRule.objects.create(camera=camera, streams="sub")
    assert plan(camera) == NotRecorded("off", "this stream is not to be recorded")
    Camera.objects.filter(pk=camera.pk).update(record="off")
    assert plan(camera, Role.SUB) == NotRecorded("off", "recording is switched off")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"record": "off"}, NotRecorded("off", "recording is switched off")),
        ({"is_enabled": False}, NotRecorded("off", "switched off")),
        ({"record": "schedule"}, NotRecorded("schedule_off", "off by schedule")),
    ],
)
def test_why_a_camera_is_not_recorded(camera: Camera, change: dict[str, Any], expected: NotRecorded) -> None:
    Camera.objects.filter(pk=camera.pk).update(**change)
    assert plan(camera) == expected


def test_a_schedule_is_followed_in_its_own_time_zone_and_without_the_database(camera: Camera) -> None:
    Camera.objects.filter(pk=camera.pk).update(record="schedule")
    RecordingRule.objects.create(camera=camera, time_zone="Asia/Tokyo", schedule={"4": [["08:00", "22:00"]]})
    facts, planner, stream = read_facts(), Planner(), StreamKey(camera.pk, Role.MAIN)
    plans = [planner.plans(facts, FRIDAY_NOON_MS + hours * HOUR_MS)[stream] for hours in (-14, -13, 0, 1)]  # 12:00 UTC is 21:00 in Tokyo
    assert [isinstance(found, Plan) for found in plans] == [False, True, True, False]
    assert plans[0] == NotRecorded("schedule_off", "off by schedule until 2026-11-20 08:00")
    assert plans[3] == NotRecorded("schedule_off", "off by schedule until 2026-11-27 08:00")


@pytest.mark.parametrize("wrong", [{"schedule": {"9": []}}, {"schedule": "always"}])
def test_a_schedule_that_cannot_be_read_rather_records_too_much(camera: Camera, wrong: dict[str, Any]) -> None:
    Camera.objects.filter(pk=camera.pk).update(record="schedule")
    RecordingRule.objects.create(camera=camera, **wrong)
    assert isinstance(plan(camera), Plan)


def test_volumes_come_in_order_without_those_switched_off_and_full_ones_last(camera: Camera, volume: Volume, tmp_path: Path) -> None:
    others = [add_volume(name=name, path=str(tmp_path / name), max_bytes=1000) for name in ("second", "third")]
    VolumeDay.objects.create(volume=others[0], day="2026-11-20", size_bytes=990)
    Volume.objects.filter(pk=volume.pk).update(is_enabled=False)
    found = plan(camera)
    assert isinstance(found, Plan)
    assert [directory.path.name for directory in found.directories] == ["third", "second"]


def test_without_any_directory_it_is_said(camera: Camera) -> None:
    Volume.objects.all().delete()
    assert plan(camera) == NotRecorded("write_failure", "there is no recording directory")


def test_reading_costs_the_same_for_many_cameras(volume: Volume, django_assert_num_queries: Any) -> None:
    for number in range(12):
        RecordingRule.objects.create(camera=add_camera(name=f"Camera {number}", url="rtsp://cam/main"))
    with django_assert_num_queries(4):
        read_facts()


def test_the_first_directory_is_made_once(tmp_path: Path) -> None:
    made = ensure_first_volume(tmp_path / "recordings")
    assert made is not None
    assert str(made.pk) in (tmp_path / "recordings" / IDENTITY_FILE).read_text()
    assert ensure_first_volume(tmp_path / "recordings") is None
    assert Volume.objects.count() == 1


def test_footage_of_another_database_is_left_alone(tmp_path: Path) -> None:
    ensure_first_volume(tmp_path / "recordings")
    Volume.objects.all().delete()
    made = ensure_first_volume(tmp_path / "recordings")
    assert made is not None
    assert Path(made.path).parent == tmp_path
    assert Path(made.path) != tmp_path / "recordings"
    made.directory().verify()


@pytest.mark.parametrize("path", ["footage", "/", "/etc/hostname", "{first}", "{first}/inside", "{above}"])
def test_directories_that_cannot_be_added_are_refused_in_words(volume: Volume, path: str) -> None:
    where = path.format(first=volume.path, above=Path(volume.path).parent)
    with pytest.raises(ValidationError, match=r"\w"):
        add_volume(name="second", path=where)
    assert Volume.objects.count() == 1


def test_a_directory_of_another_installation_is_refused(volume: Volume, tmp_path: Path) -> None:
    Volume(name="theirs", path=str(tmp_path / "theirs")).directory().claim()
    with pytest.raises(ValidationError, match="belongs to another"):
        add_volume(name="second", path=str(tmp_path / "theirs"))


def test_a_claim_that_was_cut_short_can_be_made_again(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / IDENTITY_FILE).touch()
    directory = Volume(name="disk", path=str(tmp_path / "disk")).directory()
    with pytest.raises(DirectoryError):
        directory.verify()
    directory.claim()
    directory.verify()


def test_news_of_a_volume_is_told_to_staff_once(
    volume: Volume, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    told: list[dict[str, Any]] = []
    monkeypatch.setattr("recordings.services.volumes.events.publish_to_staff", told.append)
    with django_capture_on_commit_callbacks(execute=True):
        assert note_state(volume.pk, "full", "less than 2 GB left")
        assert not note_state(volume.pk, "full", "less than 2 GB left")
    assert told == [{"type": "storage.state", "volume": "first", "state": "full", "reason": "less than 2 GB left"}]
    volume.refresh_from_db()
    assert (volume.state, volume.state_reason) == ("full", "less than 2 GB left")


def test_demo_footage_is_kept_for_a_day_unless_somebody_has_made_a_rule(camera: Camera) -> None:
    other = add_camera(name="Other", url="rtsp://cam/main")
    RecordingRule.objects.create(camera=other, keep_days=5)
    keep_briefly([camera.slug, other.slug])
    assert {rule.camera_id: rule.keep_days for rule in RecordingRule.objects.all()} == {camera.pk: 1, other.pk: 5}


def test_demo_cameras_are_watched_for_motion(camera: Camera) -> None:
    other = add_camera(name="Other", url="rtsp://cam/main")
    detect_motion([camera.slug])
    assert dict(Camera.objects.values_list("slug", "detects_motion")) == {camera.slug: True, other.slug: False}
