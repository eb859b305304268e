"""What the database does to answer everything that asks for segments: `python -m tests.support.query_plans` prints [{"sql", "plan"}].

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


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "nvr.settings"
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bench._year import fill

    call_command("migrate", verbosity=0)
    fill(3)
    prepare()
    with CaptureQueriesContext(connection) as captured:
        ask()
    found = []
    with connection.cursor() as cursor:
        for sql in dict.fromkeys(query["sql"] for query in captured.captured_queries if "recordings_segment" in query["sql"]):
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


if __name__ == "__main__":
    main()
