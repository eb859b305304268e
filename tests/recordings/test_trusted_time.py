from __future__ import annotations

import time
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command

from recordings.models import Event, RecordingRule, Segment, TrustedClock
from recordings.rules.retention import Rule
from recordings.services import trusted_time
from recordings.services.outlook import outlook
from recordings.services.retention import enforce
from tests.recordings.shelf import DAY_MS, HOUR_MS, Shelf
from tests.support.people import House

CLOCK = "/api/v1/storage/clock/"
NOW_MS = time.time_ns() // 1_000_000
YEARS_MS = 730 * DAY_MS


@pytest.fixture
def shelf(tmp_path: Path, house: House) -> Shelf:
    """A camera that is kept for ten days: one hour of it is too old, one is not yet."""
    shelf = Shelf(tmp_path)
    RecordingRule.objects.create(camera=house.camera, keep_days=10)
    shelf.put(house.camera, NOW_MS - 11 * DAY_MS, NOW_MS - 11 * DAY_MS + HOUR_MS)
    shelf.put(house.camera, NOW_MS - 9 * DAY_MS, NOW_MS - 9 * DAY_MS + HOUR_MS)
    return shelf


@pytest.mark.parametrize("jump_ms", [2 * DAY_MS, YEARS_MS])
def test_a_clock_put_ahead_deletes_only_what_is_too_old_by_the_time_that_passed(house: House, shelf: Shelf, jump_ms: int) -> None:
    trusted_time.look(now_ms=NOW_MS)
    before = Segment.objects.count()
    outcome = enforce(now_ms=NOW_MS + jump_ms)
    assert outcome.segments == {Rule.AGE: before - Segment.objects.count()}
    assert Segment.objects.filter(started_at_ms__lt=NOW_MS - 10 * DAY_MS).count() == 0
    assert Segment.objects.filter(started_at_ms__gte=NOW_MS - 9 * DAY_MS).exists()
    event = Event.objects.get(kind=Event.Kind.STORAGE)
    assert (event.subject, "went ahead by 2" in event.reason) == ("the clock", True)
    left = Segment.objects.count()
    assert not enforce(now_ms=NOW_MS).segments
    assert Segment.objects.count() == left


def test_what_will_go_is_told_by_the_wall_clock(house: House, shelf: Shelf) -> None:
    trusted_time.look(now_ms=NOW_MS)
    right, ahead = outlook(now_ms=NOW_MS), outlook(now_ms=NOW_MS + YEARS_MS)
    assert (right.ahead_ms, ahead.at_ms) == (0, NOW_MS + YEARS_MS)
    assert abs(ahead.ahead_ms - YEARS_MS) < 60_000
    assert [one.at_ms // HOUR_MS for one in ahead.expiries] == [(one.at_ms + ahead.ahead_ms) // HOUR_MS for one in right.expiries]
    assert [due.segments for due in ahead.due] == [due.segments for due in right.due]


def test_the_command_warns_and_takes_a_confirmation(house: House, shelf: Shelf) -> None:
    trusted_time.look(now_ms=NOW_MS - 3 * DAY_MS)
    with pytest.raises(CommandError, match="went ahead by 3 days: no footage is deleted for that") as refused:
        call_command("retention", "--dry-run", stdout=StringIO())
    assert refused.value.returncode == 1
    call_command("retention", "--dry-run", "--trust-clock", stdout=StringIO())
    assert not trusted_time.seen().ahead_ms


def test_who_may_change_volumes_confirms_the_clock_on_the_storage_page(house: House, shelf: Shelf) -> None:
    trusted_time.look(now_ms=NOW_MS - YEARS_MS)
    found = house.api("carol").get("/api/v1/storage/").json()
    assert abs(found["clock_ahead_ms"] - YEARS_MS) < DAY_MS
    confirmed = {"at_ms": found["at_ms"]}
    assert [house.api(who).post(CLOCK, confirmed, format="json").status_code for who in ("nobody", "bob", "carol")] == [401, 403, 403]
    house.carol.user_permissions.add(Permission.objects.get(codename="change_volume"))
    assert house.api("carol").post(CLOCK, {"at_ms": found["at_ms"] - DAY_MS}, format="json").status_code == 409
    assert house.api("carol").post(CLOCK, confirmed, format="json").status_code == 204
    assert house.api("carol").get("/api/v1/storage/").json()["clock_ahead_ms"] == 0


def test_telling_leaves_no_trace(house: House, shelf: Shelf) -> None:
    outlook(now_ms=NOW_MS)
    assert not TrustedClock.objects.exists()
