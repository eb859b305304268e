"""How fast it is answered who may do what: 64 cameras, 200 grants of one person, half of them through groups, half of them with hours.

`python -m bench.rights --databases sqlite`. Everything is removed afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from bench.timeline import RESULTS, database, timed, version

CAMERAS, GRANTS = 64, 200
TARGET_MS = 20.0
WEEK = {str(day): [["00:00", "12:00"], ["12:00", "24:00"]] for day in range(7)}


def measure() -> dict[str, Any]:
    """In a process of its own with DATABASE_URL set: Django reads it once."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "nvr.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return {"database": version(), "load": os.getloadavg()[0], "cases": {name: timed(ask) for name, ask in cases().items()}}


def cases() -> dict[str, Callable[[int], int]]:
    from django.contrib.auth.models import Group, User

    from cameras import reasons
    from cameras.models import Action, Camera, CameraGroup, Grant
    from cameras.permissions import cameras_for, may, rights_by_camera

    cameras = Camera.objects.bulk_create(Camera(name=f"Camera {n}", slug=f"camera-{n}") for n in range(CAMERAS))
    bob, people, group = User.objects.create(username="bob"), Group.objects.create(name="People"), CameraGroup.objects.create(name="Half")
    bob.groups.add(people)
    group.cameras.set(cameras[: CAMERAS // 2])
    actions = list(Action)
    for number in range(GRANTS):
        who = {"user_group": people} if number % 2 else {"user": bob}
        what = {"camera_group": group} if number % 10 == 0 else {"camera": cameras[number % CAMERAS]}
        hours = WEEK if number % 4 < 2 else None
        Grant.objects.create(**who, **what, action=actions[number % len(actions)], hours=hours)
    return {
        "cameras_for, to view": lambda _: len(cameras_for(bob)),
        "cameras_for, to export": lambda _: len(cameras_for(bob, Action.EXPORT)),
        "may, one camera": lambda number: int(may(bob, Action.PLAYBACK, cameras[number])),
        "rights_by_camera": lambda _: len(rights_by_camera(bob)),
        "with the reasons, for the people page": lambda _: len(reasons.by_camera(bob)),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure()))
        return 0
    results = []
    for kind in given.databases:
        with database(kind) as environment:
            command = [sys.executable, "-m", "bench.rights", "--measure"]
            results.append(json.loads(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout))
        print(f"\n{results[-1]['database']}, {CAMERAS} cameras, {GRANTS} grants of one person, load {results[-1]['load']:.1f}")
        for name, case in results[-1]["cases"].items():
            print(
                f"  {name:<40} {case['median_ms']:>8.2f} ms   max {case['max_ms']:>8.2f}   CPU {case['cpu_ms']:>8.2f}   {case['answer']:>4}"
            )
    RESULTS.mkdir(exist_ok=True)
    machine = {"python": platform.python_version(), "cores": os.cpu_count()}
    (RESULTS / "rights.json").write_text(json.dumps({"machine": machine, "results": results}, indent=2) + "\n")
    # Of CPU: on a machine that does other things as well, how long one waits says little.
    checks = [(result["database"], name, case) for result in results for name, case in result["cases"].items() if "reasons" not in name]
    slow = [f"{name} on {where}" for where, name, case in checks if min(case["median_ms"], case["cpu_ms"]) > TARGET_MS]
    print(f"too slow: {', '.join(slow)}" if slow else f"within {TARGET_MS:.0f} ms")
    return 1 if slow else 0


if __name__ == "__main__":
    raise SystemExit(main())
