from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from cameras.audit import activities, sealing
from cameras.audit.activities import gather, gatherer, keep_going, merged
from cameras.audit.actors import Actor, acting
from cameras.audit.anchors import read
from cameras.audit.entries import note, now_ms
from cameras.models import AppendOnly, AuditActivity, AuditEntry, AuditHead, Camera, Means

pytestmark = pytest.mark.django_db
ANNA = Actor(7, "anna", Means.PAGE, address="192.0.2.1")


@pytest.fixture(autouse=True)
def _audit_of_its_own(settings: pytest_django.Settings, tmp_path: Path) -> None:
    settings.AUDIT_DIR = tmp_path / "audit"
    gatherer.forget()


@pytest.fixture
def camera() -> Camera:
    return Camera(name="Front door", slug="front-door")  # not stored: that would be an entry, too


def tampered(sql: str, *values: Any) -> None:
    """As somebody who has the database's password."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def verified() -> str:
    out = StringIO()
    call_command("verify_audit", stdout=out)
    return out.getvalue()


def some_entries(count: int) -> None:
    for number in range(count):
        note("export", kind="file", name=f"film {number}", by=ANNA)
    assert sealing.seal() == count


def test_an_entry_tells_who_from_where_and_what(camera: Camera) -> None:
    with acting(ANNA):
        note("change", camera=camera, kind="tour", object_id=3, name="Round", details={"changes": {"is_on": [False, True]}})
    entry = AuditEntry.objects.get()
    assert (entry.user_id, entry.who, entry.means, entry.address) == (7, "anna", "page", "192.0.2.1")
    assert (entry.camera, entry.kind, entry.object_id, entry.name) == ("front-door", "tour", "3", "Round")
    assert entry.told == {"changes": {"is_on": [False, True]}}
    assert abs(entry.at_ms - now_ms()) < 60_000


def test_what_is_rolled_back_was_not_done() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        note("login", by=ANNA)
        raise ZeroDivisionError
    assert not AuditEntry.objects.exists()


def test_text_is_one_line_without_credentials_and_bounded() -> None:
    note(
        "change",
        name="a\x00b\u202ec\ud800",
        details={"url": "rtsp://viewer:hunter2@cam/", "long": "x" * 10_000, "n": float("inf")},
        by=ANNA,
    )
    entry = AuditEntry.objects.get()
    assert entry.name == "a b c "
    assert entry.told["url"] == "rtsp://***@cam/"
    assert len(entry.details) < 1000


def test_entries_are_only_added() -> None:
    some_entries(1)
    entry = AuditEntry.objects.get()
    for attempt in (entry.save, entry.delete, AuditEntry.objects.all().delete, lambda: AuditEntry.objects.update(who="bob")):
        with pytest.raises(AppendOnly):
            attempt()


def test_a_sound_audit_is_verified_and_what_waits_is_told() -> None:
    some_entries(3)
    note("logout", by=ANNA)
    assert "3 entries up to number 3" in verified()
    assert "1 newer entries wait" in verified()
    assert [tip.number for tip in read(settings.AUDIT_DIR)] == [3, 3]


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("UPDATE cameras_auditentry SET who = 'bob' WHERE number = 2", "entry 2 was altered"),
        ("UPDATE cameras_auditentry SET details = 'x' WHERE number = 3", "entry 3 was altered"),
        ("DELETE FROM cameras_auditentry WHERE number = 2", "entry 2 is missing"),
        ("DELETE FROM cameras_auditentry WHERE number = 4", "entry 4 is missing"),
        ("UPDATE cameras_auditentry SET number = 9 WHERE number = 2", "entry 2 is missing"),
        (
            "UPDATE cameras_audithead SET forgotten_number = 1, forgotten_hash = (SELECT hash FROM cameras_auditentry WHERE number = 1)",
            "entry 2",
        ),
    ],
)
def test_the_first_bad_entry_is_named(sql: str, fault: str) -> None:
    some_entries(4)
    tampered(sql)
    with pytest.raises(CommandError, match="not as it was written") as found:
        verified()
    assert fault in str(found.value)


def test_a_tail_that_is_cut_off_together_with_the_head_shows() -> None:
    some_entries(4)
    tampered("DELETE FROM cameras_auditentry WHERE number > 2")
    tampered("UPDATE cameras_audithead SET number = 2, hash = (SELECT hash FROM cameras_auditentry WHERE number = 2)")
    with pytest.raises(CommandError, match=r"entries 3 to 4 are missing.*outside of the database"):
        verified()


def test_two_that_seal_at_once_do_not_fork_the_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one seals after we have read the head and before we move it."""
    note("login", by=ANNA)
    read_head, is_first = sealing.read_head, [True]

    def outpaced() -> AuditHead:
        head = read_head()
        if is_first.pop() if is_first else False:
            note("logout", by=ANNA)
            assert sealing.seal() == 2
        return head

    monkeypatch.setattr(sealing, "read_head", outpaced)
    assert sealing.seal() == 0
    assert "2 entries up to number 2" in verified()


def test_old_entries_go_from_the_beginning_and_the_rest_is_still_verified(settings: pytest_django.Settings) -> None:
    settings.AUDIT_KEEP_DAYS = 30
    long_ago_ms = now_ms() - 40 * 86_400_000
    note("login", by=ANNA, at_ms=long_ago_ms)
    note("logout", by=ANNA, at_ms=long_ago_ms + 1)
    note("login", by=ANNA)
    note("logout", by=ANNA, at_ms=long_ago_ms + 2)  # told late: it stays until those before it go
    sealing.seal()
    assert sealing.forget_old() == 2
    assert sealing.forget_old() == 0
    sealing.seal()
    assert "3 entries up to number 5" in verified()
    assert AuditEntry.objects.get(action="forget").told["entries"] == 2


def test_an_activity_is_one_entry_at_its_end(camera: Camera) -> None:
    for at_ms in (0, 15_000, 30_000):
        gather("watch", quiet_ms=20_000, camera=camera, by=ANNA, at_ms=at_ms)
    assert activities.end_overdue(50_000) == 0
    assert activities.end_overdue(50_001) == 1
    entry = AuditEntry.objects.get()
    assert (entry.at_ms, entry.duration_ms, entry.name) == (0, 30_000, "Front door")
    assert not AuditActivity.objects.exists()


def test_what_begins_again_later_is_another_entry(camera: Camera) -> None:
    gather("watch", quiet_ms=20_000, camera=camera, by=ANNA, at_ms=0)
    gather("watch", quiet_ms=20_000, camera=camera, by=ANNA, at_ms=60_000)
    assert (AuditEntry.objects.count(), AuditActivity.objects.get().since_ms) == (1, 60_000)


def test_each_person_and_address_has_its_own_activity(camera: Camera) -> None:
    for by in (ANNA, Actor(8, "bob"), Actor(7, "anna", Means.PAGE, address="192.0.2.2")):
        gather("watch", quiet_ms=20_000, camera=camera, by=by, at_ms=0)
    assert AuditActivity.objects.count() == 3


def test_playing_back_gathers_the_stretches_without_writing_each(camera: Camera, django_assert_num_queries: Any) -> None:
    def play(start_ms: int, end_ms: int, at_ms: int) -> None:
        gather("playback", quiet_ms=180_000, camera=camera, footage=(start_ms, end_ms), by=ANNA, at_ms=at_ms)

    play(0, 60_000, 0)
    with django_assert_num_queries(0):
        play(10_000, 20_000, 500)
    play(60_000, 120_000, 1000)
    play(600_000, 660_000, 2000)
    activities.end_overdue(1_000_000)
    assert AuditEntry.objects.get().told["footage"] == [[0, 120_000], [600_000, 660_000]]


def test_what_goes_on_is_kept_going_in_one_query(camera: Camera, django_assert_num_queries: Any) -> None:
    key = gather("watch", quiet_ms=20_000, camera=camera, by=ANNA, at_ms=now_ms() - 15_000)
    with django_assert_num_queries(1):
        keep_going([key], quiet_ms=20_000)
    assert AuditActivity.objects.get().seen_ms > now_ms() - 5_000


def test_two_that_end_the_same_note_it_once(camera: Camera) -> None:
    gather("watch", quiet_ms=1, camera=camera, by=ANNA, at_ms=0)
    activity = AuditActivity.objects.get()
    assert [activities._end(activity), activities._end(activity)] == [True, False]
    assert AuditEntry.objects.count() == 1


def test_numbers_are_given_once() -> None:
    some_entries(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.create(action="login", means="page", at_ms=0, number=1)


def test_stretches_are_merged_and_bounded() -> None:
    assert merged([(5, 10), (0, 5), (100_000, 100_001)]) == [(0, 10), (100_000, 100_001)]
    many = merged((n * 100_000, n * 100_000 + 1) for n in range(200))
    assert len(many) == 40
    assert (many[0][0], many[-1][1]) == (0, 19_900_001)
