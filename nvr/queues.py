"""How many tasks wait for Celery's workers."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import cast

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def waiting_tasks(queues: Collection[str]) -> dict[str, int]:
    """By queue; empty without Redis. What a worker has taken already does not wait."""
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as redis:
            asked = redis.pipeline(transaction=False)
            for queue in queues:
                asked.llen(queue)
            lengths = cast("list[int]", asked.execute())
    except (RedisError, OSError) as error:
        logger.debug("how many tasks wait is not known: %s", error)
        return {}
    return dict(zip(queues, lengths, strict=True))
