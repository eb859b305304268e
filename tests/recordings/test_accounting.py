from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cameras.services import SWITCHED_OFF
from recordings.rules.accounting import CATALOGUE_DELAY_MS, JOIN_MS, Deletion, Entry, Fact, Kind, account, coarse, held, with_pending
from recordings.rules.days import DAY_MS
from recordings.rules.spans import Span, clipped, joined, total_ms, without
from recordings.rules.words import text_of
from recordings.services.timeline import NOT_ADDED_YET, NOT_BEGUN_YET

MINUTE_MS = 60_000
HOUR = Span(0, 60 * MINUTE_MS)
spans = st.builds(lambda start, length: Span(start, start + length), st.integers(-50_000, 200_000), st.integers(0, 60_000))
kinds = st.sampled_from(
    ["recording", "camera_down", "write_failure", "overload", "schedule_off", "not_running", "off", "of a later version"]
)
fact = st.builds(Fact, st.integers(-50_000, 250_000), kinds)
facts = st.lists(fact, max_size=12).map(lambda found: sorted(found, key=lambda fact: fact.at_ms))
deletions = st.lists(st.builds(Deletion, spans, st.sampled_from(["age", "by hand"])), max_size=5)


def minutes(*given: tuple[float, float, Kind] | tuple[float, float, Kind, str]) -> list[Entry]:
    return [Entry(Span(int(one[0] * MINUTE_MS), int(one[1] * MINUTE_MS)), *one[2:]) for one in given]


@given(st.lists(spans, max_size=12), deletions, facts, st.integers(0, 20_000))
def test_every_millisecond_has_one_entry(recorded: list[Span], deleted: list[Deletion], noted: list[Fact], tolerance_ms: int) -> None:
    window = Span(0, 200_000)
    entries = account(window, recorded=recorded, deletions=deleted, facts=noted, tolerance_ms=tolerance_ms)
    assert [entry.span.start_ms for entry in entries] == [0, *(entry.span.end_ms for entry in entries[:-1])]
    assert entries[-1].span.end_ms == 200_000
    assert all(entry.span.length_ms > 0 for entry in entries)
    footage = [entry.span for entry in entries if entry.kind is Kind.RECORDED]
    assert footage == clipped(joined(recorded, tolerance_ms=tolerance_ms), window)
    gone = [entry.span for entry in entries if entry.kind is Kind.DELETED]
    taken_away = [part for deletion in deleted for part in clipped([deletion.span], window)]
    assert total_ms(joined([*footage, *gone, *taken_away])) == total_ms(joined([*footage, *gone])), "all that was deleted is told"
    assert all(hole.length_ms <= JOIN_MS for span in gone for hole in without(span, taken_away)), "and nothing else, but pauses beside it"
    for other in (coarse(entries, 5_000), with_pending(entries, noted)):
        assert [entry.span.start_ms for entry in other] == [0, *(entry.span.end_ms for entry in other[:-1])]
        assert other[-1].span.end_ms >= 200_000 - CATALOGUE_DELAY_MS
        assert [entry.span for entry in other if entry.kind is Kind.RECORDED] == footage


def test_gap_is_explained_by_what_was_noted_a_little_after_it_began() -> None:
    noted = [
        Fact(0, "recording"),
        Fact(10 * MINUTE_MS + 9_000, "camera_down", "connection refused"),
        Fact(20 * MINUTE_MS - 800, "recording"),
    ]
    recorded = [Span(0, 10 * MINUTE_MS), Span(20 * MINUTE_MS, 60 * MINUTE_MS)]
    assert account(HOUR, recorded=recorded, deletions=[], facts=noted) == minutes(
        (0, 10, Kind.RECORDED), (10, 20, Kind.CAMERA_DOWN, "connection refused"), (20, 60, Kind.RECORDED)
    )


def test_reason_noted_long_after_the_gap_began_does_not_explain_its_beginning() -> None:
    noted = [Fact(0, "recording"), Fact(30 * MINUTE_MS, "camera_down")]
    assert account(HOUR, recorded=[Span(0, 10 * MINUTE_MS)], deletions=[], facts=noted) == minutes(
        (0, 10, Kind.RECORDED), (10, 30, Kind.UNKNOWN), (30, 60, Kind.CAMERA_DOWN)
    )


def test_reason_from_before_other_footage_does_not_explain_a_gap_after_it() -> None:
    noted = [Fact(0, "camera_down"), Fact(40 * MINUTE_MS, "schedule_off")]
    recorded = [Span(5 * MINUTE_MS, 20 * MINUTE_MS)]
    assert account(HOUR, recorded=recorded, deletions=[], facts=noted) == minutes(
        (0, 5, Kind.CAMERA_DOWN), (5, 20, Kind.RECORDED), (20, 40, Kind.UNKNOWN), (40, 60, Kind.SCHEDULE_OFF)
    )


def test_reasons_follow_each_other_and_deletion_comes_first() -> None:
    noted = [Fact(-1, "write_failure", "No space left"), Fact(20 * MINUTE_MS, "not_running"), Fact(50 * MINUTE_MS, "something new")]
    deleted = [Deletion(Span(-MINUTE_MS, 10 * MINUTE_MS), "age"), Deletion(Span(5 * MINUTE_MS, 15 * MINUTE_MS), "by hand")]
    assert account(HOUR, recorded=[], deletions=deleted, facts=noted) == minutes(
        (0, 10, Kind.DELETED, "age"),
        (10, 15, Kind.DELETED, "by hand"),
        (15, 20, Kind.WRITE_FAILURE, "No space left"),
        (20, 50, Kind.NOT_RUNNING),
        (50, 60, Kind.UNKNOWN),
    )


def test_what_nobody_noted_is_unknown() -> None:
    assert account(HOUR, recorded=[], deletions=[], facts=[]) == minutes((0, 60, Kind.UNKNOWN))


def test_pictures_between_two_files_are_no_gap() -> None:
    recorded = [Span(0, 30 * MINUTE_MS - 40), Span(30 * MINUTE_MS, 60 * MINUTE_MS)]
    assert account(HOUR, recorded=recorded, deletions=[], facts=[]) == minutes((0, 60, Kind.RECORDED))


def test_pictures_between_files_of_which_some_were_deleted_are_no_gap_either() -> None:
    recorded = [Span(0, 10 * MINUTE_MS - 40), Span(20 * MINUTE_MS + 40, 60 * MINUTE_MS)]
    gone = [Deletion(Span(10 * MINUTE_MS, 15 * MINUTE_MS - 40), "no motion"), Deletion(Span(15 * MINUTE_MS, 20 * MINUTE_MS), "no motion")]
    (before, between, after) = account(HOUR, recorded=recorded, deletions=gone, facts=[Fact(0, "recording")])
    assert (between.kind, between.reason, between.span) == (Kind.DELETED, "no motion", Span(before.span.end_ms, after.span.start_ms))


def test_newest_seconds_are_not_called_a_gap_and_more_than_that_is_pending() -> None:
    noted = [Fact(0, "recording")]
    for missing_ms, kinds_found in ((4_000, [Kind.RECORDED]), (600_000, [Kind.RECORDED, Kind.PENDING])):
        entries = account(HOUR, recorded=[Span(0, HOUR.end_ms - missing_ms)], deletions=[], facts=noted)
        assert [entry.kind for entry in with_pending(entries, noted)] == kinds_found
    down = [*noted, Fact(50 * MINUTE_MS, "camera_down")]
    entries = account(HOUR, recorded=[Span(0, 50 * MINUTE_MS)], deletions=[], facts=down)
    assert with_pending(entries, down) == entries


def test_from_afar_short_reasons_are_told_as_longer_ones_beside_them() -> None:
    entries = minutes(
        (0, 10, Kind.RECORDED), (10, 20, Kind.CAMERA_DOWN), (20, 20.5, Kind.UNKNOWN), (20.5, 40, Kind.CAMERA_DOWN), (40, 60, Kind.OFF)
    )
    assert coarse(entries, MINUTE_MS) == minutes((0, 10, Kind.RECORDED), (10, 40, Kind.CAMERA_DOWN), (40, 60, Kind.OFF))


def test_how_long_a_kind_held() -> None:
    noted = [
        Fact(-5 * MINUTE_MS, "off"),
        Fact(10 * MINUTE_MS, "recording"),
        Fact(30 * MINUTE_MS, "schedule_off"),
        Fact(40 * MINUTE_MS, "off"),
    ]
    assert held(HOUR, noted, [Kind.OFF]) == [Span(0, 10 * MINUTE_MS), Span(40 * MINUTE_MS, 60 * MINUTE_MS)]
    assert held(HOUR, noted, [Kind.OFF, Kind.SCHEDULE_OFF]) == [Span(0, 10 * MINUTE_MS), Span(30 * MINUTE_MS, 60 * MINUTE_MS)]
    assert held(HOUR, [], [Kind.OFF]) == []


def test_a_flapping_camera_costs_no_more_than_its_notes() -> None:
    """Twenty thousand gaps and forty thousand notes: comparing each with each would take minutes."""
    recorded = [Span(n * 100_000, n * 100_000 + 50_000) for n in range(20_000)]
    noted = [Fact(n * 50_000, "camera_down" if n % 2 else "recording") for n in range(40_000)]
    started_s = time.process_time()
    entries = account(Span(0, 20_000 * 100_000), recorded=recorded, deletions=[], facts=noted)
    assert len(entries) == 40_000
    assert {entry.kind for entry in entries} == {Kind.RECORDED, Kind.CAMERA_DOWN}
    assert time.process_time() - started_s < 5


@pytest.mark.parametrize(
    ("kind", "reason", "text"),
    [
        (Kind.CAMERA_DOWN, "connection refused", "No picture from the camera: connection refused"),
        (Kind.SCHEDULE_OFF, "", "Not recorded by schedule"),
        (Kind.WRITE_FAILURE, "No space left on device", "Could not be written to the disk: No space left on device"),
        (Kind.NOT_RUNNING, "", "The recorder was not running"),
        (Kind.DELETED, "free space", "Deleted to make room on the disk"),
        (Kind.DELETED, "by hand", "Deleted by hand"),
        (Kind.DELETED, "a later rule", "Deleted (a later rule)"),
        (Kind.DELETED, "age", "Deleted after 7 days"),
        (Kind.OFF, SWITCHED_OFF, "The camera was switched off"),
        (Kind.OFF, NOT_ADDED_YET, "The camera had not been added yet"),
        (Kind.NOT_RUNNING, NOT_BEGUN_YET, "The recorder had not begun with this camera yet"),
        (Kind.OFF, "somehow", "Recording was off: somehow"),
        (Kind.CLOCK_SET, "by 2 h", "Nothing is missing: the recorder's clock was put ahead by 2 h"),
        (Kind.UNKNOWN, "", "No footage, and no note of the reason"),
    ],
)
def test_words(kind: Kind, reason: str, text: str) -> None:
    assert text_of(Entry(Span(0, 1), kind, reason), keep_days=Decimal("7.00"), now_ms=8 * DAY_MS) == text


def test_days_are_told_only_when_they_fit() -> None:
    deleted = Entry(Span(0, DAY_MS), Kind.DELETED, "age")
    assert text_of(deleted, keep_days=Decimal("0.5"), now_ms=2 * DAY_MS) == "Deleted after 0.5 days"
    assert text_of(deleted, keep_days=Decimal(1), now_ms=2 * DAY_MS) == "Deleted after 1 day"
    assert text_of(deleted, keep_days=Decimal(30), now_ms=2 * DAY_MS) == "Deleted because of its age"
    assert text_of(deleted, keep_days=None, now_ms=2 * DAY_MS) == "Deleted because of its age"


def test_every_kind_has_words() -> None:
    assert all(text_of(Entry(Span(0, 1), kind)) for kind in Kind)
