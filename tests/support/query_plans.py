"""What the database does to answer everything that asks for segments, events or traces: `python -m tests.support.query_plans` prints
[{"sql", "plan"}].

Makes a catalogue of three days in the empty database of DATABASE_URL, lets the periodic jobs and the services behind the API run, and
explains each statement they sent.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import django

DAY_MS = 86_400_000
_LARGE = ("recordings_segment", "recordings_event", "recordings_motiontrace")
# As many as fall into three days.
_EVENTS = 8_600
_TRACED = 6


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "nvr.settings"
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bench._events import fill_events, fill_traces
    from bench._year import fill
    from cameras.models import Camera

    call_command("migrate", verbosity=0)
    fill(3)
    fill_events(_EVENTS)
    # With fewer of them PostgreSQL rightly reads the whole table.
    for camera in Camera.objects.filter(pk__lte=_TRACED):
        fill_traces(camera, 3)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE recordings_motiontrace")
    prepare()
    with CaptureQueriesContext(connection) as captured:
        ask()
        ask_for_events()
    found = []
    with connection.cursor() as cursor:
        for sql in dict.fromkeys(query["sql"] for query in captured.captured_queries if any(name in query["sql"] for name in _LARGE)):
            cursor.execute(f"EXPLAIN {'QUERY PLAN' if connection.vendor == 'sqlite' else ''} {sql}")
            found.append({"sql": sql, "plan": [str(row[-1]).strip() for row in cursor.fetchall()]})
    json.dump(found, sys.stdout)


def prepare() -> None:
    """The volume is there, without its files; a few rows wait for each job."""
    from django.conf import settings

    from recordings.models import RecordingRule, Segment, Volume

    volume = Volume.objects.get()
    volume.path = str(Path(settings.DATA_DIR) / "footage")
    volume.save()
    volume.directory().claim()
    RecordingRule.objects.filter(camera=1).update(keep_days=3)
    newest = list(Segment.objects.order_by("-pk").values_list("pk", flat=True)[:30])
    Segment.objects.filter(pk__in=newest[:10]).update(is_finished=False)
    Segment.objects.filter(pk__in=newest[10:20]).update(has_pictures=False)


def ask() -> None:
    from django.contrib.auth.models import User

    from bench._year import NOW_MS
    from cameras.models import Camera
    from recordings.rules.spans import Span
    from recordings.services import catalogue, deletion, discovery, motion, motion_footage, pictures, retention
    from recordings.services.calendar import days_of
    from recordings.services.coverage import wrong_days
    from recordings.services.footage_deletion import delete_footage
    from recordings.services.outlook import outlook
    from recordings.services.storage import newest_by_camera
    from recordings.services.survey import survey
    from recordings.services.timeline import account_of, newest_ms, segments_in

    camera, day = Camera.objects.get(pk=2), Span(NOW_MS - 2 * DAY_MS, NOW_MS - DAY_MS)
    account_of(camera, "main", day, NOW_MS)
    days_of(camera, "main", date(2026, 11, 19), date(2026, 11, 21), ZoneInfo("Europe/Berlin"), NOW_MS)
    list(segments_in(camera, "main", day))
    newest_ms(camera, "main")
    newest_by_camera(NOW_MS)
    outlook(now_ms=NOW_MS)
    for _, _ in zip(range(500), retention.planned(survey(now_ms=NOW_MS)), strict=False):
        pass
    wrong_days(date(2026, 11, 20))
    pictures.catch_up(budget_s=1)
    catalogue.sweep()
    discovery.find_files(budget_s=1)
    person = User.objects.create_user("somebody")
    delete_footage(camera, Span(day.start_ms, day.start_ms + 3_600_000), by=person, budget_s=60)
    deletion.pending()
    deletion.sweep_doomed()
    Camera.objects.filter(pk__in=(2, 3)).update(detects_motion=True)
    for watched in motion_footage.watched(NOW_MS - 2 * DAY_MS):
        motion_footage.next_piece(watched, motion_footage.reachable_roots(), NOW_MS)
        motion_footage.too_old(watched, now_ms=NOW_MS)
        motion.status_of(watched.camera, now_ms=NOW_MS)


def ask_for_events() -> None:
    from django.contrib.auth.models import User

    from bench._year import NOW_MS
    from cameras.models import Camera
    from recordings.models import Event, MotionRule
    from recordings.rules.spans import Span
    from recordings.services import event_expiry, event_pictures, events, system_events
    from recordings.services.area_search import heat, search
    from recordings.services.event_marks import marks_in
    from recordings.services.event_search import Place, Wish, counts, page, review
    from recordings.services.motion_mode import watches
    from tests.support.moving import busy, still

    camera, day = Camera.objects.get(pk=2), Span(NOW_MS - 2 * DAY_MS, NOW_MS - DAY_MS)
    Camera.objects.filter(pk=2).update(record="motion", detects_motion=True, record_changed_at="2026-11-19T00:00:00Z")
    Event.objects.filter(pk__in=[50, 51]).update(needs_pictures=True)
    cameras = (2, 3, 16, None)
    for wish in (
        Wish(cameras),
        Wish(cameras, kinds=("camera_down", "gap")),
        Wish(cameras, is_reviewed=False, span=day),
        Wish((2,), zones=("Attic",), labels=("person",), min_score=50),
    ):
        page(wish, size=50)
        page(wish, size=50, older_than=Place(NOW_MS - DAY_MS, 7))
        page(wish, size=50, newer_than=Place(NOW_MS - DAY_MS, 7))
    counts(cameras, day)
    review(Wish(cameras, span=day), is_reviewed=True, by=User.objects.create_user("reviewer"), budget_s=60)
    marks_in(camera, day, shortest_ms=1000)
    search(camera, day, ((0, 0), (1, 0), (1, 1)), budget_s=60)
    heat(camera, day, budget_s=60)
    rule = MotionRule(camera=camera)
    events.note_motion(camera, rule, [*busy(NOW_MS, NOW_MS + 4000), *still(NOW_MS + 4000, NOW_MS + 9000)], now_ms=NOW_MS + 9000)
    events.note_motion(camera, rule, busy(day.start_ms, day.start_ms + 4000), now_ms=NOW_MS)
    events.note_again(now_ms=NOW_MS)
    events.end_abandoned(now_ms=NOW_MS + DAY_MS)
    system_events.look(now_ms=NOW_MS)
    watches(NOW_MS)
    event_pictures.make_first(budget_s=5, now_ms=NOW_MS)
    event_pictures.finish(budget_s=5, now_ms=NOW_MS)
    event_expiry.expire(now_ms=NOW_MS, budget_s=60)


if __name__ == "__main__":
    main()
