"""From segment files to traces: in order, once, whatever happens to files, workers, Redis, the database and the camera."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from av import VideoFrame
from django.db import OperationalError

from cameras.models import Camera, Stream
from recordings.frames import PictureDecoder
from recordings.models import MotionRule, MotionTrace, MotionWatch, Segment, Volume, Zone
from recordings.rules.fragments import from_bytes as gops_from_bytes
from recordings.rules.fragments import to_bytes
from recordings.rules.motion import traces
from recordings.rules.motion.activity import OFF_BY_SCHEDULE, Activity
from recordings.rules.motion.pace import Level, Pace
from recordings.rules.spans import Span
from recordings.services import motion, motion_analysis, motion_footage, motion_looking, motion_memory
from recordings.services.catalogue import catalogue_file
from recordings.services.motion_replay import replay
from streaming.bus.keepsakes import Keepsakes
from streaming.media.packet import Codec, MediaPacket, Role, Tracks
from tests.support.filmed import filmed, later
from tests.support.motion_scenes import small
from tests.support.recorded import Archive

pytestmark = pytest.mark.django_db
SECONDS, WALK = 16, (7.0, 13.0)
DEAD_REDIS = "redis://127.0.0.1:9"


@cache
def film(codec: Codec = Codec.H264, seconds: float = SECONDS, is_walked: bool = True) -> tuple[Tracks, list[MediaPacket]]:
    return filmed(small.pictures(seconds, walks=WALK if is_walked else None), fps=small.FPS, start_ms=0, codec=codec)


def footage(start_ms: int, **kind: Any) -> tuple[Tracks, list[MediaPacket]]:
    return later(film(**kind), start_ms)


class Told:
    """Whoever is told. `fails`: so many times."""

    def __init__(self, fails: int = 0) -> None:
        self.calls: list[list[Activity]] = []
        self.fails = fails

    def __call__(self, camera: Camera, rule: MotionRule, activities: Sequence[Activity], *, now_ms: int) -> None:
        if self.fails:
            self.fails -= 1
            raise OperationalError("database is locked")
        self.calls.append(list(activities))

    @property
    def activities(self) -> list[Activity]:
        return [activity for call in self.calls for activity in call]

    @property
    def moving(self) -> list[Span]:
        return [span for activity in self.activities for span in activity.moving]


@pytest.fixture
def start_ms() -> int:
    return time.time_ns() // 1_000_000 - 120_000


@pytest.fixture
def camera(start_ms: int) -> Iterator[Camera]:
    camera = Camera.objects.create(name="Yard", slug="yard", detects_motion=True)
    Stream.objects.create(camera=camera, role="main", url="rtsp://cam/main")
    MotionWatch.objects.create(camera=camera, since_ms=start_ms - 1000)
    forget(camera)
    yield camera
    forget(camera)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "disk")


@pytest.fixture
def told() -> Told:
    return Told()


def forget(camera: Camera) -> None:
    """Redis outlives the database of a test."""
    for role in ("main", "sub", "report"):
        Keepsakes(os.environ["REDIS_URL"]).forget(f"nvr:motion:{camera.pk}:{role}")


def analyse(camera: Camera, told: Told) -> None:
    assert not motion_analysis.analyse(camera.pk, tell=told, budget_s=60)


def due() -> list[int]:
    return [one.watched.camera.pk for one in motion_footage.due(motion_footage.reachable_roots())]


def spans_are_whole(activities: Sequence[Activity], start_ms: int, end_ms: int) -> bool:
    """Each moment once, in order."""
    at = start_ms
    for activity in activities:
        if activity.span.start_ms != at:
            return False
        at = activity.span.end_ms
    return at == end_ms


def test_what_moved_is_told_and_kept(camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    rows = archive.add(camera, footage(start_ms), segment_ms=10_000)
    assert len(rows) >= 2
    assert due() == [camera.pk]
    analyse(camera, told)
    assert spans_are_whole(told.activities, start_ms, start_ms + SECONDS * 1000)
    assert min(told.moving).start_ms - start_ms == pytest.approx(WALK[0] * 1000, abs=800)
    assert max(span.end_ms for span in told.moving) - start_ms == pytest.approx(WALK[1] * 1000, abs=800)
    kept = list(MotionTrace.objects.order_by("started_at_ms"))
    assert [(trace.started_at_ms, trace.analysed_until_ms) for trace in kept] == [(row.started_at_ms, row.ended_at_ms) for row in rows]
    assert sum(trace.not_analysed_ms for trace in kept) == 0
    assert max(trace.peak_score for trace in kept) == max(activity.score for activity in told.activities) > 30
    seen = [activity for trace in kept for activity in traces.from_bytes(bytes(trace.entries))]
    assert {activity.moving for activity in seen if activity.moving} == {activity.moving for activity in told.activities if activity.moving}
    assert all(activity.counts and activity.observed and activity.box for activity in seen if activity.moving)
    assert due() == []


def test_nothing_moves_where_nobody_walks(camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    archive.add(camera, footage(start_ms, is_walked=False))
    analyse(camera, told)
    assert told.activities and not told.moving
    assert all(len(trace.entries) < 100 for trace in MotionTrace.objects.all())


def test_doing_it_again_does_nothing(camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    archive.add(camera, footage(start_ms))
    analyse(camera, told)
    known = len(told.activities)
    analyse(camera, told)
    assert len(told.activities) == known


@pytest.mark.parametrize("codec", [Codec.H265, Codec.MJPEG])
def test_other_codecs_are_looked_through_too(codec: Codec, camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    archive.add(camera, footage(start_ms, codec=codec))
    analyse(camera, told)
    assert told.moving
    assert not any(activity.skipped for activity in told.activities)


def test_a_growing_file_is_looked_through_before_the_catalogue_grows(camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    """The row says two groups of pictures, the file has all."""
    (row,) = archive.add(camera, footage(start_ms), segment_ms=300_000, is_finished=False)[:1]
    gops = gops_from_bytes(bytes(row.index))
    known = gops[:2]
    Segment.objects.filter(pk=row.pk).update(
        index=to_bytes(known), size_bytes=known[-1].offset_bytes + known[-1].size_bytes, ended_at_ms=row.started_at_ms + 4000
    )
    analyse(camera, told)
    assert max(activity.span.end_ms for activity in told.activities) == row.ended_at_ms > row.started_at_ms + 4000


def test_groups_of_pictures_longer_than_a_fragment_are_looked_at_once(camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    tracks, packets = filmed(small.pictures(12, walks=(5, 10)), fps=small.FPS, start_ms=start_ms, gop_s=6)
    archive.add(camera, (tracks, packets), segment_ms=300_000)
    analyse(camera, told)
    assert spans_are_whole(told.activities, start_ms, start_ms + 12_000)
    assert max(activity.span.length_ms for activity in told.activities) <= 4000
    assert told.moving


def test_only_what_leads_to_a_picture_to_be_looked_at_is_decoded(
    camera: Camera, archive: Archive, told: Told, start_ms: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one look a second and groups of two, the second half of each."""
    decoded: list[int] = []

    class Counting(PictureDecoder):
        def pictures(self, samples: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, VideoFrame]]:
            given = list(samples)
            decoded.append(len(given))
            return super().pictures(given)

    monkeypatch.setattr(motion_looking, "PictureDecoder", Counting)
    MotionRule.objects.create(camera=camera, analyses_per_s=1)
    archive.add(camera, footage(start_ms), segment_ms=300_000)
    analyse(camera, told)
    assert set(decoded) == {small.FPS + 1}
    assert not any(activity.skipped for activity in told.activities)
    assert motion.status_of(camera).analyses_per_s == 1


def test_a_change_of_size_in_mid_stream_is_no_end(camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    tracks, packets = footage(start_ms, is_walked=False)
    large = filmed(
        (picture.repeat(2, 0).repeat(2, 1) for picture in small.pictures(SECONDS, walks=WALK)),
        fps=small.FPS,
        start_ms=start_ms + SECONDS * 1000,
        generation=2,
    )
    archive.add(camera, (tracks, packets), large)
    analyse(camera, told)
    assert told.moving
    assert min(told.moving).start_ms > start_ms + SECONDS * 1000


def test_nothing_is_done_for_a_camera_that_is_gone_or_not_watched(camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    archive.add(camera, footage(start_ms))
    Camera.objects.update(detects_motion=False)
    assert due() == []
    analyse(camera, told)
    assert not MotionWatch.objects.exists(), "what is recorded from here on nobody asked to look through"
    assert not motion_analysis.analyse(camera.pk + 1000, tell=told, budget_s=1)
    assert not told.calls


def test_what_was_recorded_before_somebody_asked_is_left_alone(camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    archive.add(camera, footage(start_ms))
    MotionWatch.objects.all().delete()
    assert due() == []
    assert MotionWatch.objects.get().since_ms > start_ms + 60_000
    analyse(camera, told)
    assert not told.calls


def test_the_rest_of_a_camera_that_was_switched_off_is_looked_through(camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    archive.add(camera, footage(start_ms))
    Camera.objects.update(is_enabled=False)
    assert due() == [camera.pk]
    analyse(camera, told)
    assert told.moving
    assert "switched off" in motion.status_of(Camera.objects.get()).why_not


def test_the_smallest_stream_is_looked_through(camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    Stream.objects.create(camera=camera, role="sub", url="rtsp://cam/sub")
    archive.add(camera, footage(start_ms))
    archive.add(camera, footage(start_ms + 2000), role=Role.SUB)
    analyse(camera, told)
    assert set(MotionTrace.objects.values_list("segment__role", flat=True)) == {"sub"}
    sub = MotionTrace.objects.filter(segment__role="sub")
    assert sub.count() == Segment.objects.filter(role="sub").count()


def test_the_main_stream_helps_out_while_the_sub_stream_is_missing(camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    Stream.objects.create(camera=camera, role="sub", url="rtsp://cam/sub")
    archive.add(camera, footage(start_ms))
    analyse(camera, told)
    assert told.moving
    assert set(MotionTrace.objects.values_list("segment__role", flat=True)) == {"main"}


def test_off_by_schedule_is_no_lack(camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    MotionRule.objects.create(camera=camera, schedule={"0": []})
    archive.add(camera, footage(start_ms))
    analyse(camera, told)
    assert {activity.skipped for activity in told.activities} == {OFF_BY_SCHEDULE}
    assert {trace.not_analysed_ms for trace in MotionTrace.objects.all()} == {0}
    assert "schedule" in motion.status_of(camera).why_not


def test_what_waited_too_long_is_noted_and_what_did_not_is_looked_through(
    camera: Camera, archive: Archive, told: Told, start_ms: int, settings: pytest_django.Settings
) -> None:
    old_ms = start_ms - 3_600_000
    MotionWatch.objects.update(since_ms=old_ms)
    archive.add(camera, footage(old_ms))
    archive.add(camera, footage(start_ms))
    settings.MOTION_QUEUE_MINUTES = 10
    assert motion_analysis.give_up_old(camera.pk) > 0
    analyse(camera, told)
    assert spans_are_whole(told.activities, start_ms, start_ms + SECONDS * 1000)
    assert MotionTrace.objects.filter(started_at_ms__lt=start_ms).count() == Segment.objects.filter(started_at_ms__lt=start_ms).count()
    assert sum(trace.not_analysed_ms for trace in MotionTrace.objects.all()) == SECONDS * 1000
    assert motion_analysis.give_up_old(camera.pk) == 0


def test_with_keyframes_alone_a_walker_is_still_found(camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    tracks, packets = filmed(small.pictures(24, walks=(8, 20)), fps=small.FPS, start_ms=start_ms, gop_s=1)
    archive.add(camera, (tracks, packets), segment_ms=300_000)
    motion_memory.save(camera.pk, "main", motion_memory.Memory(pace=Pace(level=Level.KEYS)))
    analyse(camera, told)
    assert told.moving
    memory = motion_memory.load(camera.pk, "main")
    assert memory.pace.level is Level.KEYS
    assert memory.pace.costs[Level.KEYS] > 0


def test_damage_in_the_middle_is_left_out_and_noted(camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    (row, *_) = archive.add(camera, footage(start_ms), segment_ms=300_000)
    third = gops_from_bytes(bytes(row.index))[2]
    with (Path(archive.volume.path) / row.path).open("r+b") as file:
        file.seek(third.offset_bytes + 8)
        file.write(os.urandom(third.size_bytes - 8))
    analyse(camera, told)
    assert told.activities[-1].span.end_ms == row.ended_at_ms or len(told.calls) > 1
    assert any(activity.skipped for activity in told.activities)
    assert MotionTrace.objects.get(segment=row).not_analysed_ms > 0
    assert due() == []


def test_a_file_that_is_gone_holds_nothing_up(camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    first, *_ = archive.add(camera, footage(start_ms))
    archive.add(camera, footage(start_ms + 30_000))
    (Path(archive.volume.path) / first.path).unlink()
    analyse(camera, told)
    assert told.moving
    trace = MotionTrace.objects.get(segment=first)
    assert trace.not_analysed_ms == first.ended_at_ms - first.started_at_ms
    assert due() == []


def test_footage_deleted_under_the_task_is_forgotten(camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    archive.add(camera, footage(start_ms))

    def delete_all(*_: object, **__: object) -> None:
        Segment.objects.all().delete()

    assert not motion_analysis.analyse(camera.pk, tell=delete_all, budget_s=60)
    assert not MotionTrace.objects.exists()


def test_a_camera_deleted_under_the_task_leaves_nothing(camera: Camera, archive: Archive, start_ms: int) -> None:
    archive.add(camera, footage(start_ms))

    def delete_camera(camera: Camera, *_: object, **__: object) -> None:
        Camera.objects.filter(pk=camera.pk).delete()

    assert not motion_analysis.analyse(camera.pk, tell=delete_camera, budget_s=60)
    assert not MotionTrace.objects.exists()


def test_an_unmounted_disk_is_waited_for(camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    archive.add(camera, footage(start_ms))
    path = Path(archive.volume.path)
    path.rename(f"{path}-away")
    assert due() == []
    analyse(camera, told)
    assert not MotionTrace.objects.exists()
    Path(f"{path}-away").rename(path)
    analyse(camera, told)
    assert told.moving


def test_without_redis_all_is_looked_through(
    camera: Camera, archive: Archive, told: Told, start_ms: int, settings: pytest_django.Settings
) -> None:
    settings.REDIS_URL = DEAD_REDIS
    archive.add(camera, footage(start_ms))
    analyse(camera, told)
    assert told.moving
    status = motion.status_of(camera)
    assert (status.is_on, status.analysed_until_ms) == (True, start_ms + SECONDS * 1000)


@pytest.mark.parametrize("garbage", [b"", b"\x00", b"\x10\x00\x00\x00{}", b"\x02\x00\x00\x00{}" + bytes(500), os.urandom(4000)])
def test_garbage_in_redis_is_as_good_as_nothing(garbage: bytes, camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    Keepsakes(os.environ["REDIS_URL"]).put(f"nvr:motion:{camera.pk}:main", garbage, expires_s=60)
    Keepsakes(os.environ["REDIS_URL"]).put(f"nvr:motion:{camera.pk}:report", garbage, expires_s=60)
    assert motion.status_of(camera).is_on
    archive.add(camera, footage(start_ms))
    analyse(camera, told)
    assert told.moving


def test_what_was_not_told_is_told_the_next_time(camera: Camera, archive: Archive, start_ms: int) -> None:
    archive.add(camera, footage(start_ms))
    told = Told(fails=1)
    with pytest.raises(OperationalError):
        motion_analysis.analyse(camera.pk, tell=told, budget_s=60)
    archive.add(camera, footage(start_ms + 20_000, is_walked=False))
    analyse(camera, told)
    assert min(activity.span.start_ms for activity in told.activities) == start_ms
    assert told.moving


def test_a_segment_that_another_worker_did_is_not_done_twice(
    camera: Camera, archive: Archive, told: Told, start_ms: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.add(camera, footage(start_ms), segment_ms=300_000)
    look, faster = motion_analysis._look_through, Told()

    def slowly(*arguments: Any) -> Any:
        monkeypatch.setattr(motion_analysis, "_look_through", look)
        found = look(*arguments)
        analyse(camera, faster)
        return found

    monkeypatch.setattr(motion_analysis, "_look_through", slowly)
    analyse(camera, told)
    assert not told.calls
    assert spans_are_whole(faster.activities, start_ms, start_ms + SECONDS * 1000)
    seen = [activity for trace in MotionTrace.objects.all() for activity in traces.from_bytes(bytes(trace.entries))]
    assert sum(activity.span.length_ms for activity in seen) == SECONDS * 1000


def test_zones_decide_what_is_motion(camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    Zone.objects.create(camera=camera, name="Sky", points=[[0, 0], [1, 0], [1, 0.3], [0, 0.3]])
    Zone.objects.create(camera=camera, name="Broken", points="nonsense")
    archive.add(camera, footage(start_ms))
    analyse(camera, told)
    assert not told.moving
    rule = motion.rule_of(camera)
    window = Span(start_ms, start_ms + SECONDS * 1000)
    ground = Zone(camera=camera, name="Ground", points=[[0, 0.5], [1, 0.5], [1, 1], [0, 1]])
    found = replay(camera, window, rule=rule, zones=[ground])
    assert [event.zones for event in found.events] == [("Ground",)]
    assert (found.analysed_ms, found.not_analysed_ms) == (SECONDS * 1000, 0)
    assert not replay(camera, window, rule=rule, zones=motion.zones_of(camera)).events


def test_a_replay_by_the_same_settings_finds_the_same(camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    archive.add(camera, footage(start_ms))
    analyse(camera, told)
    window = Span(start_ms, start_ms + SECONDS * 1000)
    (event,) = replay(camera, window, rule=motion.rule_of(camera), zones=[]).events
    assert event.span.start_ms == min(told.moving).start_ms
    assert event.span.end_ms == max(span.end_ms for span in told.moving)
    assert event.peak_score == max(activity.score for activity in told.activities)
    assert event.best_at_ms is not None and window.start_ms <= event.best_at_ms < window.end_ms
    assert not replay(camera, window, rule=MotionRule(camera=camera, smallest_percent=50), zones=[]).events
    assert not replay(camera, Span(start_ms - 99_000, start_ms - 50_000), rule=motion.rule_of(camera), zones=[]).analysed_ms


def test_how_it_goes_is_told(camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    before = motion.status_of(camera)
    assert (before.is_on, before.analysed_until_ms, before.role) == (True, None, "main")
    archive.add(camera, footage(start_ms))
    analyse(camera, told)
    after = motion.status_of(camera)
    assert (after.is_on, after.why_not, after.reason) == (True, "", "")
    assert after.analysed_until_ms == start_ms + SECONDS * 1000
    assert after.analyses_per_s == pytest.approx(5, abs=0.6)
    Camera.objects.update(record="off")
    assert "not recorded" in motion.status_of(Camera.objects.get()).why_not


def test_a_clock_that_was_set_back_stops_nothing(camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    archive.add(camera, footage(start_ms + 7_200_000))
    archive.add(camera, footage(start_ms))
    analyse(camera, told)
    assert spans_are_whole(told.activities, start_ms, start_ms + SECONDS * 1000)


def test_a_row_without_a_volume_of_ours_is_no_trouble(camera: Camera, archive: Archive, told: Told, start_ms: int) -> None:
    (row, *_) = archive.add(camera, footage(start_ms), segment_ms=300_000)
    assert catalogue_file(Volume.objects.get(), row.path) is not None
    Segment.objects.filter(pk=row.pk).update(doomed_by="age")
    analyse(camera, told)
    assert not told.calls
