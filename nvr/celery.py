from __future__ import annotations

import contextlib
import os
import time
import warnings
from typing import Any

import redis
from celery import Celery
from celery.exceptions import CPendingDeprecationWarning
from celery.signals import heartbeat_sent, worker_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nvr.settings")

_CONNECTION_S = 600

app = Celery("nvr")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["recordings"], related_name="event_tasks")
app.autodiscover_tasks(["recordings"], related_name="notice_tasks")
app.conf.beat_scheduler = "nvr.beat:SteadyScheduler"
# Redis may be away for as long as it likes.
app.conf.broker_connection_max_retries = None
app.conf.beat_schedule = {
    "last-pictures": {"task": "streaming.tasks.keep_last_pictures", "schedule": 30.0, "options": {"expires": 25}},
    # What came too late to be worth doing has expired: the next one does it all.
    "sweep": {"task": "recordings.sweep", "schedule": 2.0, "options": {"expires": 4}},
    "find-motion": {"task": "recordings.find_motion", "schedule": 1.0, "options": {"expires": 2}},
    "give-up-motion": {"task": "recordings.give_up_motion", "schedule": 60.0, "options": {"expires": 60}},
    "find-files": {"task": "recordings.find_files", "schedule": 10.0, "options": {"expires": 20}},
    "catch-up": {"task": "recordings.catch_up", "schedule": 3600.0, "options": {"expires": 3600}},
    "pictures": {"task": "recordings.pictures", "schedule": 10.0, "options": {"expires": 10}},
    "exports": {"task": "recordings.exports", "schedule": 15.0, "options": {"expires": 15}},
    "expire-exports": {"task": "recordings.expire_exports", "schedule": 600.0, "options": {"expires": 600}},
    "sweep-pictures": {"task": "recordings.sweep_pictures", "schedule": 86_400.0, "options": {"expires": 3600}},
    "notify-sweep": {"task": "recordings.notify_sweep", "schedule": 10.0, "options": {"expires": 10}},
    "notify-forget": {"task": "recordings.notify_forget", "schedule": 86_400.0, "options": {"expires": 3600}},
    "retention": {"task": "recordings.retention", "schedule": 30.0, "options": {"expires": 60}},
    "watch-events": {"task": "recordings.watch_events", "schedule": 5.0, "options": {"expires": 5}},
    "note-motion-again": {"task": "recordings.note_motion_again", "schedule": 60.0, "options": {"expires": 60}},
    "first-event-pictures": {"task": "recordings.first_event_pictures", "schedule": 2.0, "options": {"expires": 2}},
    "name-objects": {"task": "recordings.name_objects", "schedule": 2.0, "options": {"expires": 2}},
    "event-pictures": {"task": "recordings.event_pictures", "schedule": 5.0, "options": {"expires": 5}},
    "expire-events": {"task": "recordings.expire_events", "schedule": 3600.0, "options": {"expires": 3600}},
    "seal-audit": {"task": "cameras.seal_audit", "schedule": 5.0, "options": {"expires": 5}},
    "forget-audit": {"task": "cameras.forget_audit", "schedule": 3600.0, "options": {"expires": 3600}},
    "forget-sign-ins": {"task": "nvr.forget_sign_ins", "schedule": 600.0, "options": {"expires": 600}},
    "sweep-event-pictures": {"task": "recordings.sweep_event_pictures", "schedule": 86_400.0, "options": {"expires": 3600}},
}


@worker_init.connect
def keep_database_connections(**_: Any) -> None:
    """From task to task, instead of 2 ms for a new one in each; looked at before each task, since the database may have been away."""
    from django.db import connections

    for settings in connections.settings.values():
        settings |= {"CONN_MAX_AGE": _CONNECTION_S, "CONN_HEALTH_CHECKS": True}


@worker_ready.connect
def ignore_what_a_later_celery_will_do(**_: Any) -> None:
    """It tells at each loss of Redis what it will do with running tasks then. It has just asked to be heard always."""
    warnings.filterwarnings("ignore", category=CPendingDeprecationWarning)


@worker_ready.connect
def take_up_what_was_left(**_: Any) -> None:
    app.send_task("recordings.check_on_start", expires=60)


@heartbeat_sent.connect
def tell_that_the_worker_lives(**_: Any) -> None:
    """Runs in the worker, about every two seconds."""
    from django.conf import settings

    from streaming.bus.heartbeat import EXPIRES_S, heartbeat_key

    with contextlib.suppress(redis.RedisError), redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as connection:
        connection.set(heartbeat_key("worker"), int(time.time() * 1000), ex=EXPIRES_S)
