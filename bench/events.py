"""How fast a million events answer, on SQLite and on PostgreSQL, and how fast a week of motion is searched.

`python -m bench.events --events 1000000 --databases sqlite`. Asks the HTTP API of this process; everything is removed afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

from bench.timeline import RESULTS, database, size_bytes, timed, version

TARGETS_MS = {"page of one camera": 50.0, "week searched by area": 1000.0}
DAY_MS = 86_400_000
DAYS_OF_TRACES = 7


def measure(count: int) -> dict[str, Any]:
    """In a process of its own with DATABASE_URL set: Django reads it once."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "nvr.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bench._events import fill_events, fill_traces
    from bench._year import fill
    from cameras.models import Camera
    from recordings.models import Event

    call_command("migrate", verbosity=0)
    fill(DAYS_OF_TRACES)
    fill_events(count)
    moved = fill_traces(Camera.objects.get(pk=1), DAYS_OF_TRACES)
    connection.close()
    print(f"{connection.vendor}: {Event.objects.count()} events, {moved} fragments of a week with motion", file=sys.stderr)
    found: dict[str, Any] = {"database": version(), "rows": Event.objects.count(), "size_bytes": size_bytes()}
    found["load_before"] = os.getloadavg()[0]
    found["cases"] = {name: timed(ask) for name, ask in cases(count)}
    found["load_after"] = os.getloadavg()[0]
    return found


def cases(count: int) -> Iterator[tuple[str, Callable[[int], int]]]:
    """Camera 16 has few events. Bob may play back three cameras."""
    from django.contrib.auth import get_user_model
    from django.test import Client
    from django.test.utils import override_settings

    from bench._events import EVERY_MS, RARE_ZONE
    from bench._year import CAMERAS, NOW_MS
    from cameras.models import Action, Grant

    override_settings(ALLOWED_HOSTS=["testserver"]).enable()
    people = get_user_model().objects
    bob = people.create_user("bob")
    for camera_id in (3, 9, 16):
        Grant.objects.create(user=bob, camera_id=camera_id, action=Action.PLAYBACK)
    root, few = _client(Client(), people.create_superuser("bench", password=None)), _client(Client(), bob)
    reach_ms = count * EVERY_MS // CAMERAS

    def get(client: Client, path: str, **query: Any) -> int:
        answer = client.get(f"/api/v1/{path}", query)
        assert answer.status_code == 200, answer.content
        return len(answer.content)

    def deep(number: int) -> int:
        """Somewhere in the middle of the list."""
        return get(root, "events/", cursor=f"older-{NOW_MS - reach_ms * (number + 1) // 20}-1")

    def window(number: int, days: int) -> dict[str, int]:
        end_ms = NOW_MS - number * DAY_MS
        return {"start": end_ms - days * DAY_MS, "end": end_ms}

    def area(_: int) -> int:
        body = window(0, DAYS_OF_TRACES) | {"polygon": [[0.2, 0.2], [0.6, 0.2], [0.6, 0.7], [0.2, 0.7]]}
        answer = root.post("/api/v1/cameras/camera-1/motion/search/", body, content_type="application/json")
        assert answer.status_code == 200, answer.content
        return len(answer.json()["spans"])

    yield "newest page, all cameras", lambda _: get(root, "events/")
    yield "page deep in the list, all cameras", deep
    yield "newest page, three cameras of which one has few", lambda _: get(few, "events/")
    yield "page of one camera", lambda number: get(root, "events/", camera=f"camera-{number % 15 + 1}")
    yield "page of a camera with few", lambda _: get(root, "events/", camera="camera-16")
    yield "rare kind, all cameras", lambda _: get(root, "events/", kind="camera_down")
    yield "not reviewed, one camera", lambda number: get(root, "events/", camera=f"camera-{number % 15 + 1}", reviewed="false")
    yield "strong motion of a week, all cameras", lambda number: get(root, "events/", min_score=95, **window(number, 7))
    yield "common zone", lambda _: get(root, "events/", zone="Drive")
    yield "rare zone, one camera: reads all of its events", lambda _: get(root, "events/", zone=RARE_ZONE, camera="camera-11")
    yield "counts of a day", lambda number: get(root, "events/counts/", **window(number, 1))
    yield "counts of a month", lambda number: get(root, "events/counts/", **window(number, 30))
    yield "timeline of a day, with its events", lambda number: get(root, "cameras/camera-2/timeline/", **window(number, 1))
    yield "timeline of a year, with its events", lambda number: get(root, "cameras/camera-2/timeline/", **window(number, 365))
    yield "week searched by area", area
    yield "heat of a week", lambda _: get(root, "cameras/camera-1/motion/heat/", **window(0, DAYS_OF_TRACES))


def _client(client: Any, user: Any) -> Any:
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.events)))
        return 0
    results = []
    for kind in given.databases:
        with database(kind) as environment:
            command = [sys.executable, "-m", "bench.events", "--measure", "--events", str(given.events)]
            said = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
        results.append(json.loads(said))
        show(results[-1])
    RESULTS.mkdir(exist_ok=True)
    machine = {"python": platform.python_version(), "cores": os.cpu_count()}
    (RESULTS / "events.json").write_text(json.dumps({"machine": machine, "events": given.events, "results": results}, indent=2) + "\n")
    # Of CPU: on a machine that does other things as well, how long one waits says little.
    slow = [
        f"{name} on {result['database']}"
        for result in results
        for name, target_ms in TARGETS_MS.items()
        if min(result["cases"][name]["median_ms"], result["cases"][name]["cpu_ms"]) > target_ms
    ]
    print(f"too slow: {', '.join(slow)}" if slow else f"within {TARGETS_MS} ms")
    return 1 if slow else 0


def show(result: dict[str, Any]) -> None:
    load = f"load {result['load_before']:.1f} to {result['load_after']:.1f}"
    print(f"\n{result['database']}, {result['rows']:,} events, {result['size_bytes'] / 1e9:.1f} GB, {load}")
    for name, case in result["cases"].items():
        times = f"{case['median_ms']:>8.1f} ms   max {case['max_ms']:>8.1f}   CPU {case['cpu_ms']:>8.1f}"
        print(f"  {name:<50} {times}   {case['answer']:>12,}")


if __name__ == "__main__":
    raise SystemExit(main())
