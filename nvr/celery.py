from __future__ import annotations

import contextlib
import os
import time
from typing import Any

import redis
from celery import Celery
from celery.signals import heartbeat_sent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nvr.settings")

app = Celery("nvr")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "last-pictures": {"task": "streaming.tasks.keep_last_pictures", "schedule": 30.0, "options": {"expires": 25}},
}


@heartbeat_sent.connect
def tell_that_the_worker_lives(**_: Any) -> None:
    """Runs in the worker, about every two seconds."""
    from django.conf import settings

    from streaming.bus.heartbeat import EXPIRES_S, heartbeat_key

    with contextlib.suppress(redis.RedisError), redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as connection:
        connection.set(heartbeat_key("worker"), int(time.time() * 1000), ex=EXPIRES_S)
