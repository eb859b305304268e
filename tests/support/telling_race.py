"""Workers that take up the same events, seal the same messages and make the same deliveries at the same time, in a database of their own.

python -m tests.support.telling_race prepare URL    migrates; a camera each for the events, a webhook to URL, a rule
python -m tests.support.telling_race run SEED       a worker: every event twice, in an order of its own
python -m tests.support.telling_race finish         what a sweep later finds still to be done
python -m tests.support.telling_race judge          prints what is in the database: notices, deliveries and their states
"""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Callable

import django

EVENTS = 24
NOW_MS = 1_795_046_400_000


def prepare(url: str) -> None:
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from cameras.models import Camera
    from tests.support.telling import make_event, make_rule, make_webhook

    alice = get_user_model().objects.create_superuser("alice")
    make_rule(alice, make_webhook(alice, url), group_s=5, every_s=0)
    for number in range(EVENTS):
        make_event(Camera.objects.create(name=f"Camera {number}", slug=f"camera-{number}"), NOW_MS, has_picture=number % 2 == 0)


def run(seed: str) -> None:
    from recordings.models import Event
    from recordings.services.notices import deliveries, sealing
    from tests.support.telling import tell

    chance = random.Random(int(seed))
    events = list(Event.objects.all()) * 2
    chance.shuffle(events)
    for number, event in enumerate(events):
        now_ms = NOW_MS + number * 250
        for message_id in tell(event, now_ms):
            sealing.seal(message_id, now_ms=now_ms)
        for message_id in sealing.due_messages(now_ms=now_ms):
            sealing.seal(message_id, now_ms=now_ms)
        for delivery_id in deliveries.due_deliveries(now_ms=now_ms):
            deliveries.deliver(delivery_id, now_ms=now_ms)


def finish() -> None:
    from tests.support.telling import send_all

    send_all(NOW_MS + 60_000)


def judge() -> None:
    from recordings.models import Delivery, Event, Notice, NotifyMessage

    found = {
        "events": list(Event.objects.order_by("pk").values_list("pk", flat=True)),
        "noticed": list(Notice.objects.filter(held="", message__sealed_ms__isnull=False).order_by("event").values_list("event", flat=True)),
        "states": list(Delivery.objects.values_list("state", flat=True)),
        "sizes": sum(NotifyMessage.objects.values_list("size", flat=True)),
        "messages": NotifyMessage.objects.count(),
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nvr.settings")
    django.setup()
    commands: dict[str, Callable[..., None]] = {"prepare": prepare, "run": run, "finish": finish, "judge": judge}
    commands[sys.argv[1]](*sys.argv[2:])
