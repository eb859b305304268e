from __future__ import annotations

import re
import shutil
import time
from io import StringIO
from pathlib import Path

import pytest
import pytest_django
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cameras.models import Camera
from recordings.exclusive import alone
from recordings.models import Deletion, Event, Protection, RecordingRule, Segment, Volume
from recordings.rules.cutting import Cutting
from recordings.rules.retention import Decision, Rule
from recordings.services.catalogue import catalogue_file, sweep
from recordings.services.deletion import doom
from recordings.services.discovery import find_files
from recordings.services.outlook import outlook
from recordings.services.retention import enforce, is_urgent, planned
from recordings.services.survey import survey, write_rates
from streaming.media.packet import Role
from tests.support.camcorder import Camcorder, make_volume

pytestmark = pytest.mark.django_db
PIECE_MS = 6000
NOW_MS = time.time_ns() // 1_000_000 // PIECE_MS * PIECE_MS
DAY_MS = 86_400_000


@pytest.fixture
def volume(tmp_path: Path) -> Volume:
    return make_volume(tmp_path / "disk")


@pytest.fixture
def camera() -> Camera:
    return Camera.objects.create(name="Yard", slug="yard")


def record(volume: Volume, camera: Camera | int, pieces: int, *, start_ms: int, role: Role = Role.MAIN) -> list[str]:
    camcorder = Camcorder(volume, camera, role, Cutting(PIECE_MS)).record(pieces * PIECE_MS / 1000, start_ms=start_ms).stop()
    for path in camcorder.paths:
        catalogue_file(volume, path, is_finished=True)
    return camcorder.paths


def rule(camera: Camera, **fields: object) -> None:
    RecordingRule.objects.update_or_create(camera=camera, defaults={"keep_days": None} | fields)


def paths() -> set[str]:
    return set(Segment.objects.values_list("path", flat=True))


def size() -> int:
    return sum(Segment.objects.values_list("size_bytes", flat=True))


def test_footage_older_than_its_camera_keeps_it_goes(volume: Volume, camera: Camera) -> None:
    old = record(volume, camera, 3, start_ms=NOW_MS - 8 * DAY_MS)
    record(volume, camera, 2, start_ms=NOW_MS - 6 * DAY_MS)
    sub = record(volume, camera, 2, start_ms=NOW_MS - 9 * DAY_MS, role=Role.SUB)
    rule(camera, keep_days="7.00")
    outcome = enforce(now_ms=NOW_MS)
    assert outcome.segments == {Rule.AGE: 5}
    assert outcome.is_complete
    assert not paths() & {*old, *sub}
    assert Segment.objects.count() == 2
    assert {row.rule for row in Deletion.objects.all()} == {"age"}
    assert len(list(Path(volume.path).rglob("*.mp4"))) == 2


def test_the_dry_run_tells_exactly_what_the_run_then_deletes(volume: Volume, camera: Camera, tmp_path: Path) -> None:
    other = Camera.objects.create(name="Door", slug="door")
    second = make_volume(tmp_path / "second", "second")
    record(volume, camera, 4, start_ms=NOW_MS - 5 * DAY_MS)
    record(second, other, 4, start_ms=NOW_MS - 4 * DAY_MS)
    record(volume, other, 4, start_ms=NOW_MS - 3 * DAY_MS)
    Protection.objects.create(camera=camera, start_ms=NOW_MS - 5 * DAY_MS, end_ms=NOW_MS - 5 * DAY_MS + 1)
    rule(camera, keep_days="4.50")
    rule(other, keep_bytes=size() // 2)
    Volume.objects.filter(pk=volume.pk).update(max_bytes=size() // 4)
    before = paths()
    told = {item.candidate.id for item in planned(survey(now_ms=NOW_MS)) if isinstance(item, Decision)}
    told_paths = set(Segment.objects.filter(pk__in=told).values_list("path", flat=True))
    assert paths() == before, "a plan changes nothing"
    outcome = enforce(now_ms=NOW_MS)
    assert before - paths() == told_paths
    assert len(told) == sum(outcome.segments.values()) > 5
    assert set(outcome.segments) == {Rule.AGE, Rule.CAMERA_BYTES, Rule.VOLUME_BYTES}


def test_the_total_counts_footage_of_cameras_that_are_gone(volume: Volume, camera: Camera, settings: pytest_django.Settings) -> None:
    gone = record(volume, 777, 3, start_ms=NOW_MS - DAY_MS)
    record(volume, camera, 3, start_ms=NOW_MS - DAY_MS // 2)
    settings.RECORDINGS_MAX_BYTES = size() // 2 + 1
    assert enforce(now_ms=NOW_MS).segments[Rule.TOTAL_BYTES] == 3
    assert not paths() & set(gone)


def test_too_little_room_makes_it_urgent_and_deletes_the_oldest(volume: Volume, camera: Camera) -> None:
    record(volume, camera, 3, start_ms=NOW_MS - DAY_MS)
    assert not is_urgent()
    free = shutil.disk_usage(volume.path).free
    Volume.objects.update(keep_free_bytes=free + 10**12)  # as if the disk were full
    assert is_urgent()
    outcome = enforce(now_ms=NOW_MS)
    assert outcome.segments == {Rule.FREE_SPACE: 3}
    assert [(one.rule, one.what) for one in outcome.shortfalls] == [(Rule.FREE_SPACE, volume.name)]
    assert list(Event.objects.values_list("kind", "subject")) == [("storage", volume.name)]
    Volume.objects.update(keep_free_bytes=0)
    assert not is_urgent()


def test_what_is_being_deleted_already_makes_room(volume: Volume, camera: Camera) -> None:
    record(volume, camera, 3, start_ms=NOW_MS - DAY_MS)
    before = survey(now_ms=NOW_MS)
    doomed = doom(Segment.objects.all(), "age")
    after = survey(now_ms=NOW_MS)
    (disk,) = after.free_bytes
    assert after.free_bytes[disk] - before.free_bytes[disk] == pytest.approx(doomed.size_bytes, abs=2**26)
    assert after.stores[0].used_bytes == 0


def test_a_disk_that_is_away_is_told_and_nothing_is_changed(volume: Volume, camera: Camera) -> None:
    record(volume, camera, 3, start_ms=NOW_MS - 40 * DAY_MS)
    Path(volume.path).rename(f"{volume.path}-away")
    outcome = enforce(now_ms=NOW_MS)
    assert not outcome.segments
    assert [one.rule for one in outcome.shortfalls] == [Rule.AGE]
    assert Segment.objects.filter(doomed_by="").count() == 3


def test_one_at_a_time(volume: Volume, camera: Camera, settings: pytest_django.Settings) -> None:
    record(volume, camera, 1, start_ms=NOW_MS - 40 * DAY_MS)
    with alone(Path(settings.DATA_DIR) / "locks" / "retention") as is_alone:
        assert is_alone
        outcome = enforce(now_ms=NOW_MS)
        assert outcome.failures
        assert not outcome.is_complete
    assert enforce(now_ms=NOW_MS).segments == {Rule.AGE: 1}


def test_the_write_rate_is_that_of_the_last_minutes(volume: Volume, camera: Camera) -> None:
    record(volume, camera, 5, start_ms=NOW_MS - DAY_MS)
    record(volume, camera, 20, start_ms=NOW_MS - 120_000)
    rates = write_rates(NOW_MS)
    new = sum(Segment.objects.filter(started_at_ms__gte=NOW_MS - 600_000).values_list("size_bytes", flat=True))
    assert rates.cameras == {camera.pk: pytest.approx(new / 120)}
    assert rates.volumes == {str(volume.pk): pytest.approx(new / 120)}


def test_the_outlook_tells_what_goes_next_and_when_there_is_no_room(volume: Volume, camera: Camera) -> None:
    record(volume, camera, 3, start_ms=NOW_MS - 8 * DAY_MS)
    record(volume, camera, 10, start_ms=NOW_MS - 60_000)
    rule(camera, keep_days="10.00")
    view = outlook(days=14, now_ms=NOW_MS)
    (one,) = view.cameras
    assert (one.oldest_ms, one.next_rule, one.used_bytes) == (NOW_MS - 8 * DAY_MS, Rule.AGE, size())
    assert one.next_at_ms is not None
    assert 2 <= (one.next_at_ms - NOW_MS) / DAY_MS <= 3
    assert view.due == ()
    assert view.full_at_ms is None, "ten days of it fit"
    rule(camera)
    later = outlook(now_ms=NOW_MS)
    rate = later.cameras[0].bytes_per_s
    if later.room_bytes < rate * 86_400 * 3650:
        assert later.full_at_ms == pytest.approx(NOW_MS + later.room_bytes / rate * 1000, rel=0.01, abs=DAY_MS)


def test_the_command_tells_deletes_and_answers_by_its_exit_code(volume: Volume, camera: Camera) -> None:
    record(volume, camera, 3, start_ms=NOW_MS - 40 * DAY_MS)
    out = StringIO()
    call_command("retention", "--dry-run", stdout=out)
    assert "would delete by age: Yard: 3 segments" in out.getvalue()
    assert Segment.objects.count() == 3
    out = StringIO()
    call_command("retention", stdout=out)
    assert "deleted by age: 3 segments" in out.getvalue()
    assert not Segment.objects.exists()
    Path(volume.path).rename(f"{volume.path}-away")
    Segment.objects.all().delete()
    call_command("retention", stdout=StringIO())
    Volume.objects.update(max_bytes=0, path=f"{volume.path}-away")
    record(Volume.objects.get(), camera, 1, start_ms=NOW_MS)
    Protection.objects.create(camera=camera, start_ms=NOW_MS, end_ms=NOW_MS + 1)
    with pytest.raises(CommandError, match="protected") as error:
        call_command("retention", "--dry-run", stdout=StringIO())
    assert error.value.returncode == 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="words of SQLite's planner")
def test_no_question_of_every_few_seconds_reads_the_whole_catalogue(volume: Volume, camera: Camera) -> None:
    record(volume, camera, 3, start_ms=NOW_MS - 40 * DAY_MS)
    record(volume, camera, 1, start_ms=NOW_MS)
    Protection.objects.create(camera=camera, start_ms=1, end_ms=2)
    Volume.objects.update(max_bytes=1)
    with CaptureQueriesContext(connection) as captured:
        sweep(now_ms=NOW_MS)
        find_files(budget_s=10)
        outlook(now_ms=NOW_MS)
        enforce(now_ms=NOW_MS)
    ways = set()
    for query in captured.captured_queries:
        if '"recordings_segment"' in query["sql"] and not query["sql"].startswith(("EXPLAIN", "INSERT")):
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                ways |= {row[3] for row in cursor.fetchall() if "recordings_segment" in row[3] or "segment_" in row[3]}
    allowed = re.compile(
        # few rows: those that grow, are doomed, or one
        r".*(segment_growing|segment_doomed|INTEGER PRIMARY KEY|one_row_per_file|sqlite_autoindex).*"
        # a range of time
        r"|.*segment_by_volume \(volume_id=\? AND started_at_ms[<>].*"
        r"|.*segment_by_time \(camera_id=\? AND role=\? AND started_at_ms[<>].*"
        # one stream's oldest
        r"|.*segment_by_time \(camera_id=\? AND role=\?\)"
    )
    assert len(ways) > 5
    assert not {way for way in ways if not allowed.fullmatch(way)}
