"""How fast a year of sixteen cameras answers: eight million segments, on SQLite and on PostgreSQL.

Makes each database in a temporary directory (about 6 GB, a few minutes), asks the HTTP API of this process and the services behind it about
many different days, prints the plans of the queries, and removes everything. `python -m bench.timeline --days 365 --databases sqlite`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support.postgres_server import running_postgres

RESULTS = Path(__file__).parent / "results"
TARGET_MS = 50
ROUNDS = 12
HOUR_MS, DAY_MS = 3_600_000, 86_400_000


def measure(days: int) -> dict[str, Any]:
    """In a process of its own with DATABASE_URL set: Django reads it once."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "nvr.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bench._year import fill
    from recordings.models import Segment

    call_command("migrate", verbosity=0)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode=OFF")
            cursor.execute("PRAGMA synchronous=OFF")
    taken = fill(days)
    connection.close()  # back to the settings of the real thing
    print(f"{connection.vendor}: {Segment.objects.count()} segments, {size_bytes() / 1e9:.1f} GB, made in {taken}", file=sys.stderr)
    found: dict[str, Any] = {"database": version(), "segments": Segment.objects.count(), "size_bytes": size_bytes(), "made": taken}
    found["load_before"] = os.getloadavg()[0]
    found["cases"] = {name: timed(ask) for name, ask in cases(days)}
    found["load_after"] = os.getloadavg()[0]
    found["plans"] = plans(days)
    return found


def version() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW server_version")
            return f"PostgreSQL {cursor.fetchone()[0]}"
        cursor.execute("SELECT sqlite_version()")
        return f"SQLite {cursor.fetchone()[0]}"


def size_bytes() -> int:
    from django.db import connection

    if connection.vendor == "sqlite":
        return Path(str(connection.settings_dict["NAME"])).stat().st_size
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def timed(ask: Callable[[int], int]) -> dict[str, float]:
    """Every round asks about other footage. CPU time is this process's, so without PostgreSQL's. `answer`: how large the last one was."""
    took_ms, cpu_ms, answer = [], [], 0
    for number in range(ROUNDS):
        started_s, cpu_s = time.perf_counter(), time.process_time()
        answer = ask(number)
        took_ms.append((time.perf_counter() - started_s) * 1000)
        cpu_ms.append((time.process_time() - cpu_s) * 1000)
    figures = {"median_ms": statistics.median(took_ms), "max_ms": max(took_ms), "cpu_ms": statistics.median(cpu_ms)}
    return {name: round(value, 2) for name, value in figures.items()} | {"answer": answer}


def cases(days: int) -> Iterator[tuple[str, Callable[[int], int]]]:
    """Cameras: 1 fails every third day, 14 every half hour, 16 has a schedule."""
    from django.contrib.auth import get_user_model
    from django.test import Client
    from django.test.utils import override_settings

    from bench._year import CAMERAS, NOW_MS
    from cameras.models import Camera
    from recordings.rules.spans import Span
    from recordings.services.timeline import newest_ms, recorded_spans, segments_in

    override_settings(ALLOWED_HOSTS=["testserver"]).enable()
    person = get_user_model().objects.create_superuser("bench", password=None)
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    camera = Camera.objects.get(pk=1)

    def start_of(number: int, length_ms: int) -> int:
        """Spread over the year, never twice the same."""
        reach_ms = days * DAY_MS - length_ms
        return NOW_MS - days * DAY_MS + (reach_ms * (number * 2 + 1) // (ROUNDS * 2)) // HOUR_MS * HOUR_MS

    def timeline(number: int, camera_number: int, length_ms: int) -> int:
        start_ms = start_of(number, length_ms)
        answer = client.get(f"/api/v1/cameras/camera-{camera_number}/timeline/", {"start": start_ms, "end": start_ms + length_ms})
        assert answer.status_code == 200, answer.content
        return len(answer.content)

    def coverage(number: int, camera_number: int, zone: str) -> int:
        month = f"2026-{number % 10 + 1:02}"
        query = {"from": f"{month}-01", "to": f"{month}-28", "tz": zone}
        answer = client.get(f"/api/v1/cameras/camera-{camera_number}/coverage/", query)
        assert answer.status_code == 200, answer.content
        return len(answer.content)

    def overlapping(number: int) -> int:
        start_ms = start_of(number, HOUR_MS)
        return len(list(segments_in(camera, "main", Span(start_ms, start_ms + HOUR_MS))))

    def spans(number: int) -> int:
        start_ms = start_of(number, DAY_MS)
        return len(recorded_spans(camera, "main", Span(start_ms, start_ms + DAY_MS)))

    yield "day of spans, without HTTP", spans
    for its in (1, 14, 16):
        yield f"day, camera {its}", partial(timeline, camera_number=its, length_ms=DAY_MS)
    yield "day, all cameras", lambda number: sum(timeline(number, its, DAY_MS) for its in range(1, CAMERAS + 1))
    for its in (1, 14, 16):
        for name, length in (("week", 7), ("month", 30), ("year", 365)):
            yield f"{name}, camera {its}", partial(timeline, camera_number=its, length_ms=min(length, days) * DAY_MS)
    for its in (1, 14):
        for zone in ("UTC", "Europe/Berlin", "Asia/Kolkata"):
            yield f"coverage of a month, {zone}, camera {its}", partial(coverage, camera_number=its, zone=zone)
    yield "storage", lambda _: len(client.get("/api/v1/storage/").content)
    yield "what overlaps an hour, rows with their index", overlapping
    yield "newest of one camera", lambda number: newest_ms(Camera.objects.get(pk=number % CAMERAS + 1), "main") or 0


def plans(days: int) -> dict[str, str]:
    from bench._year import NOW_MS
    from cameras.models import Camera
    from recordings.models import RecordingNote, Segment
    from recordings.rules.spans import Span
    from recordings.services.calendar import sums_query
    from recordings.services.timeline import segments_in

    camera, start_ms = Camera.objects.get(pk=1), NOW_MS - days * DAY_MS // 2
    rows = segments_in(camera, "main", Span(start_ms, start_ms + DAY_MS))
    newest = Segment.objects.filter(camera=camera, role="main", doomed_by="").order_by("-started_at_ms").values_list("ended_at_ms")[:1]
    notes = RecordingNote.objects.filter(camera=camera, role="main", at_ms__lte=start_ms).order_by("-at_ms", "-pk").values_list("kind")[:1]
    return {
        "spans": rows.values_list("started_at_ms", "ended_at_ms").explain(),
        "rows": rows.explain(),
        "newest": newest.explain(),
        "last note before": notes.explain(),
        "coverage": explained(
            *sums_query(camera, "main", [Span(start_ms, start_ms + HOUR_MS), Span(start_ms + DAY_MS, start_ms + DAY_MS + 1)])
        ),
    }


def explained(statement: str, parameters: list[Any]) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {'QUERY PLAN' if connection.vendor == 'sqlite' else ''} {statement}", parameters)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


@contextmanager
def database(kind: str) -> Iterator[dict[str, str]]:
    """The environment for measure()."""
    with ExitStack() as stack:
        directory = stack.enter_context(TemporaryDirectory(prefix="nvr-bench-"))
        url = stack.enter_context(running_postgres()) if kind == "postgresql" else f"sqlite:///{directory}/year.sqlite3"
        (Path(directory) / "staticfiles").mkdir()
        yield os.environ | {"DATABASE_URL": url, "NVR_DATA_DIR": directory, "NVR_LOG_LEVEL": "WARNING"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.days)))
        return 0
    results = []
    for kind in given.databases:
        with database(kind) as environment:
            command = [sys.executable, "-m", "bench.timeline", "--measure", "--days", str(given.days)]
            said = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
        results.append(json.loads(said))
        show(results[-1])
    RESULTS.mkdir(exist_ok=True)
    machine = {"python": platform.python_version(), "cores": os.cpu_count()}
    (RESULTS / "timeline.json").write_text(json.dumps({"machine": machine, "days": given.days, "results": results}, indent=2) + "\n")
    slow = [result["database"] for result in results if result["cases"]["day, camera 1"]["median_ms"] > TARGET_MS]
    print(f"a day of one camera in under {TARGET_MS} ms: {'not on ' + ', '.join(slow) if slow else 'yes'}")
    return 1 if slow else 0


def show(result: dict[str, Any]) -> None:
    load = f"load {result['load_before']:.1f} to {result['load_after']:.1f}"
    print(f"\n{result['database']}, {result['segments']:,} segments, {result['size_bytes'] / 1e9:.1f} GB, {load}")
    for name, case in result["cases"].items():
        times = f"{case['median_ms']:>8.1f} ms   max {case['max_ms']:>8.1f}   CPU {case['cpu_ms']:>8.1f}"
        print(f"  {name:<50} {times}   {case['answer']:>12,}")
    for name, plan in result["plans"].items():
        print(f"  {name}:\n    " + plan.replace("\n", "\n    "))


if __name__ == "__main__":
    raise SystemExit(main())
