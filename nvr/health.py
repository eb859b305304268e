"""/healthz says that this process answers; /readyz what each part of the NVR is up to.

Both are public and tell no names. Not ready (503) is a web server that can't serve: no database, pending migrations, no Redis. The other
processes are reported, but one web server among several must not be taken out because an ingest process is just restarting.
"""

from __future__ import annotations

import time
from typing import Literal, TypedDict, cast

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis
from redis.exceptions import RedisError

from streaming.bus.heartbeat import heartbeat_key

Status = Literal["ok", "failed", "missing"]


class Component(TypedDict, total=False):
    status: Status
    text: str
    seconds_ago: float


PROCESSES = ("ingest", "render", "worker", "onvif")
_is_migrated = False


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    required: dict[str, Component] = {"database": check_database(), "migrations": check_migrations()}
    required["redis"], others = check_redis(*PROCESSES)
    is_ready = all(component["status"] == "ok" for component in required.values())
    is_whole = is_ready and all(component["status"] == "ok" for component in others.values())
    status = "ok" if is_whole else "degraded" if is_ready else "failed"
    return JsonResponse({"status": status, "components": required | others}, status=200 if is_ready else 503)


def check_database() -> Component:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return {"status": "failed", "text": type(error).__name__}
    return {"status": "ok"}


def check_migrations() -> Component:
    """Looks until they are all applied once: nobody takes them back under a running server."""
    global _is_migrated
    if not _is_migrated:
        try:
            executor = MigrationExecutor(connection)
            pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError as error:
            return {"status": "failed", "text": type(error).__name__}
        if pending:
            return {"status": "failed", "text": f"{len(pending)} migrations are not applied; run manage.py migrate"}
        _is_migrated = True
    return {"status": "ok"}


def check_redis(*processes: str) -> tuple[Component, dict[str, Component]]:
    """One connection for all: does Redis answer, and when did it last hear from each process."""
    unknown: dict[str, Component] = {process: {"status": "missing", "text": "unknown without Redis"} for process in processes}
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as redis:
            last_words = cast("list[bytes | None]", redis.mget([heartbeat_key(process) for process in processes]))
    except (RedisError, OSError) as error:
        return {"status": "failed", "text": type(error).__name__}, unknown
    now_ms = time.time() * 1000
    return {"status": "ok"}, {process: _heard(word, now_ms) for process, word in zip(processes, last_words, strict=True)}


def _heard(last_ms: bytes | None, now_ms: float) -> Component:
    if last_ms is None:
        return {"status": "missing", "text": "not heard of"}
    return {"status": "ok", "seconds_ago": round(max(0.0, now_ms - float(last_ms)) / 1000, 1)}
