from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cameras.models import Camera
from recordings.models import Segment
from recordings.rules.accounting import JOIN_MS, Entry, Kind
from recordings.rules.spans import Span
from recordings.services.calendar import days_of, midnight_ms
from recordings.services.timeline import NOT_ADDED_YET, NOT_BEGUN_YET, account_of, newest_ms, recorded_spans, segments_in
from tests.recordings.shelf import DAY_MS, HOUR_MS, MIDNIGHT_MS, MINUTE_MS, Shelf

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
LATER_MS = MIDNIGHT_MS + 400 * DAY_MS


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def camera() -> Camera:
    return added(MIDNIGHT_MS - 100 * DAY_MS)


def added(at_ms: int, name: str = "Yard") -> Camera:
    camera = Camera.objects.create(name=name, slug=name.lower())
    Camera.objects.update(created_at=datetime.fromtimestamp(at_ms / 1000, UTC))
    camera.refresh_from_db()
    return camera


def at(hours: float) -> int:
    return MIDNIGHT_MS + round(hours * HOUR_MS)


def between(start: float, end: float) -> Span:
    return Span(at(start), at(end))


def test_what_overlaps_a_window_even_with_its_last_millisecond(shelf: Shelf, camera: Camera) -> None:
    long = shelf.put(camera, at(0), at(8), length_ms=8 * HOUR_MS)
    short = shelf.put(camera, at(8), at(8.1))
    shelf.put(camera, at(0), at(9), role="sub")
    assert list(segments_in(camera, "main", Span(at(8) - 1, at(8) + 1))) == [*long, short[0]]
    assert list(segments_in(camera, "main", Span(at(8), at(8) + MINUTE_MS))) == [short[0]]
    Segment.objects.filter(pk=short[0].pk).update(doomed_by="age")
    assert list(segments_in(camera, "main", Span(at(8), at(8) + MINUTE_MS))) == []


def test_newest_is_the_growing_file_of_that_stream(shelf: Shelf, camera: Camera) -> None:
    assert newest_ms(camera, "main") is None
    shelf.put(camera, at(0), at(1))
    shelf.growing(camera, at(1), at(1.01))
    shelf.put(camera, at(0), at(2), role="sub")
    assert newest_ms(camera, "main") == at(1.01)


def test_a_week_read_by_days_is_the_week_read_by_segments(shelf: Shelf, camera: Camera) -> None:
    """Whole days, days with a gap, an empty day, a gap over midnight, a camera that records eight hours a day."""
    shelf.put(camera, at(-24), at(30), length_ms=5 * MINUTE_MS)
    shelf.put(camera, at(31), at(47.5), length_ms=5 * MINUTE_MS)
    shelf.put(camera, at(50), at(120), length_ms=5 * MINUTE_MS)
    for day in range(6, 9):
        shelf.put(camera, at(day * 24 + 9), at(day * 24 + 17), length_ms=5 * MINUTE_MS)
    window = between(3, 9 * 24 + 3)
    expected = [between(3, 30), between(31, 47.5), between(50, 120), *(between(day * 24 + 9, day * 24 + 17) for day in range(6, 9))]
    assert recorded_spans(camera, "main", window) == expected
    assert recorded_spans(camera, "main", window, tolerance_ms=HOUR_MS) == [between(3, 47.5), *expected[2:]]
    by_hour = [span for hour in range(3, 219) for span in recorded_spans(camera, "main", between(hour, hour + 1))]
    assert sum(span.length_ms for span in by_hour) == sum(span.length_ms for span in expected)


def test_days_whose_sum_says_enough_are_not_read(shelf: Shelf, camera: Camera) -> None:
    shelf.put(camera, at(0), at(24 * 30), length_ms=HOUR_MS)
    Segment.objects.all().delete()  # the sums stay
    assert recorded_spans(camera, "main", between(0, 24 * 30)) == [between(0, 24 * 30)]


def test_account_covers_the_window_up_to_now(shelf: Shelf, camera: Camera) -> None:
    shelf.note(camera, at(-1), "recording")
    shelf.put(camera, at(0), at(1))
    shelf.note(camera, at(1) + 4000, "camera_down", "connection refused")
    shelf.note(camera, at(2), "recording")
    shelf.put(camera, at(2), at(3))
    shelf.deletion(camera, at(-2), at(0), "age")
    entries = account_of(camera, "main", between(-2, 10), at(3) + 4000)
    assert entries == [
        Entry(between(-2, 0), Kind.DELETED, "age"),
        Entry(between(0, 1), Kind.RECORDED),
        Entry(between(1, 2), Kind.CAMERA_DOWN, "connection refused"),
        Entry(between(2, 3), Kind.RECORDED),
    ]
    assert account_of(camera, "main", between(5, 6), at(3)) == []


def test_catalogue_that_is_behind_is_not_blamed_on_the_recorder(shelf: Shelf, camera: Camera) -> None:
    shelf.note(camera, at(0), "recording")
    shelf.put(camera, at(0), at(1))
    (_, late) = account_of(camera, "main", between(0, 5), at(2))
    assert (late.kind, late.span) == (Kind.PENDING, Span(at(1), at(2) - 5000))


def test_reason_noted_behind_the_window_explains_its_end(shelf: Shelf, camera: Camera) -> None:
    shelf.note(camera, at(0), "recording")
    shelf.put(camera, at(0), at(1))
    shelf.note(camera, at(1) + 20_000, "camera_down", "timeout")
    (_, gap) = account_of(camera, "main", Span(at(0), at(1) + 10_000), LATER_MS)
    assert (gap.kind, gap.reason, gap.span) == (Kind.CAMERA_DOWN, "timeout", Span(at(1), at(1) + 10_000))


def test_before_it_was_added_a_camera_was_off(shelf: Shelf) -> None:
    camera = added(at(5))
    shelf.note(camera, at(6), "camera_down")
    assert account_of(camera, "main", between(0, 8), LATER_MS) == [
        Entry(between(0, 5), Kind.OFF, NOT_ADDED_YET),
        Entry(between(5, 6), Kind.NOT_RUNNING, NOT_BEGUN_YET),
        Entry(between(6, 8), Kind.CAMERA_DOWN),
    ]


def test_notes_of_a_lost_database_outlive_the_day_the_camera_was_added_again(shelf: Shelf) -> None:
    camera = added(at(5))
    shelf.note(camera, at(1), "camera_down")
    assert [entry.kind for entry in account_of(camera, "main", between(2, 8), LATER_MS)] == [Kind.CAMERA_DOWN]


def test_from_afar_small_gaps_and_short_reasons_are_left_out(shelf: Shelf, camera: Camera) -> None:
    for hour in range(48):
        shelf.put(camera, at(hour), at(hour + 0.98), length_ms=HOUR_MS)
    shelf.put(camera, at(54), at(100), length_ms=HOUR_MS)
    for number in range(600):
        shelf.note(camera, at(48) + number * 36_000, "camera_down", ("timeout", "connection refused")[number % 2])
    entries = account_of(camera, "main", between(0, 100), LATER_MS, tolerance_ms=5 * MINUTE_MS)
    assert [(entry.kind, round(entry.span.length_ms / HOUR_MS)) for entry in entries] == [
        (Kind.RECORDED, 48),
        (Kind.CAMERA_DOWN, 6),
        (Kind.RECORDED, 46),
    ]
    assert entries[0].span.end_ms == entries[1].span.start_ms
    assert entries[1].span.end_ms == entries[2].span.start_ms


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (BERLIN, date(2026, 3, 29), 23),
        (BERLIN, date(2026, 10, 25), 25),
        (BERLIN, date(2026, 7, 1), 24),
        (ZoneInfo("America/Havana"), date(2026, 3, 8), 23),  # there the clocks jump over midnight
        (ZoneInfo("America/Havana"), date(2026, 11, 1), 25),
        (ZoneInfo("Australia/Lord_Howe"), date(2026, 4, 5), 24.5),
        (timezone(timedelta(hours=14)), date(2026, 1, 1), 24),
    ],
)
def test_days_are_as_long_as_their_clocks_say(camera: Camera, shelf: Shelf, zone: ZoneInfo | timezone, day: date, hours: float) -> None:
    (found,) = days_of(camera, "main", day, day, zone, LATER_MS)
    assert found.span.length_ms == hours * HOUR_MS
    assert found.span.start_ms == midnight_ms(day, zone)
    local = datetime.fromtimestamp(found.span.start_ms / 1000, zone)
    assert local.date() == day
    assert datetime.fromtimestamp(found.span.start_ms / 1000 - 1, zone).date() == day - timedelta(days=1)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati"])
def test_coverage_of_local_days_is_what_lies_between_their_midnights(camera: Camera, shelf: Shelf, zone: str) -> None:
    """Over the night of 2026-10-25, with files across every midnight and a gap around one."""
    start_ms = midnight_ms(date(2026, 10, 22), BERLIN) + 12_345
    shelf.put(camera, start_ms, start_ms + 80 * HOUR_MS, length_ms=97_001)
    shelf.put(camera, start_ms + 90 * HOUR_MS, start_ms + 120 * HOUR_MS, length_ms=97_001)
    for day in days_of(camera, "main", date(2026, 10, 20), date(2026, 10, 30), ZoneInfo(zone), LATER_MS):
        rows = Segment.objects.filter(started_at_ms__lt=day.span.end_ms, ended_at_ms__gt=day.span.start_ms)
        parts = [min(row.ended_at_ms, day.span.end_ms) - max(row.started_at_ms, day.span.start_ms) for row in rows]
        assert day.recorded_ms == sum(parts)
        assert abs(day.size_bytes - sum(parts)) <= 4  # a file's bytes are as many as its milliseconds, whole ones
        assert day.share == (sum(parts) / day.span.length_ms if parts else 0)


def test_share_is_of_the_time_in_which_recording_was_on(shelf: Shelf) -> None:
    camera = added(at(6))
    shelf.put(camera, at(6), at(12), length_ms=HOUR_MS)
    shelf.note(camera, at(6), "recording")
    shelf.note(camera, at(12), "off")
    shelf.note(camera, at(18), "schedule_off")
    first, second, third = days_of(camera, "main", date(2026, 11, 19), date(2026, 11, 21), UTC, at(30) + 5000)
    assert (first.recorded_ms, first.enabled_ms, first.due_ms, first.share) == (6 * HOUR_MS, 12 * HOUR_MS, 6 * HOUR_MS, 0.5)
    assert (second.recorded_ms, second.enabled_ms, second.due_ms, second.share) == (0, 6 * HOUR_MS, 0, 0)
    assert (third.enabled_ms, third.share) == (0, None)


def test_files_of_a_clock_that_was_set_back_make_no_day_longer(camera: Camera, shelf: Shelf) -> None:
    shelf.put(camera, at(0), at(24), length_ms=HOUR_MS)
    shelf.put(camera, at(10) + JOIN_MS, at(12), length_ms=HOUR_MS)
    (day,) = days_of(camera, "main", date(2026, 11, 19), date(2026, 11, 19), UTC, LATER_MS)
    assert (day.recorded_ms, day.share) == (DAY_MS, 1.0)
    assert recorded_spans(camera, "main", between(0, 24)) == [between(0, 24)]
