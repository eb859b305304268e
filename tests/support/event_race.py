"""Processes that note the same motion at the same time, each cut into batches of its own, in a database of their own.

python -m tests.support.event_race prepare      migrates, makes the camera
python -m tests.support.event_race run SEED     a worker: an hour of motion, told twice
python -m tests.support.event_race judge        prints the events as JSON: begin, end, score
"""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Callable

import django

BURSTS = 20
BURST_EVERY_MS = 60_000
BURST_MS = 20_000
START_MS = 1_795_046_400_000


def prepare() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from cameras.models import Camera

    Camera.objects.create(name="Yard", slug="yard")


def run(seed: str) -> None:
    from cameras.models import Camera
    from recordings.models import MotionRule
    from recordings.services.events import note_motion
    from tests.support.moving import activity

    chance = random.Random(int(seed))
    camera = Camera.objects.get()
    rule = MotionRule(camera=camera)
    told = []
    for at_ms in range(0, BURSTS * BURST_EVERY_MS, 2000):
        is_moving = at_ms % BURST_EVERY_MS < BURST_MS
        told.append(activity(START_MS + at_ms, *([(0, 2000)] if is_moving else []), score=1 + at_ms // BURST_EVERY_MS))
    at = 0
    while at < len(told):
        length = chance.randint(1, 12)
        note_motion(camera, rule, told[at : at + length], now_ms=told[at].span.end_ms)
        at += length - chance.randint(0, length // 2)


def judge() -> None:
    from recordings.models import Event

    rows = Event.objects.order_by("start_ms").values_list("start_ms", "end_ms", "peak_score")
    json.dump([(start_ms - START_MS, end_ms and end_ms - START_MS, score) for start_ms, end_ms, score in rows], sys.stdout)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nvr.settings")
    django.setup()
    commands: dict[str, Callable[..., None]] = {"prepare": prepare, "run": run, "judge": judge}
    commands[sys.argv[1]](*sys.argv[2:])
