"""Small values that a process leaves in Redis for whoever goes on with its work, and that may be lost. Synchronous: for Celery tasks."""

from __future__ import annotations

from typing import cast

from redis import Redis
from redis.exceptions import RedisError

from streaming.bus.base import BusAwayError

_PATIENCE_S = 2


class Keepsakes:
    """May be used by several threads."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url, socket_timeout=_PATIENCE_S, socket_connect_timeout=_PATIENCE_S)

    def get(self, key: str) -> bytes | None:
        """Raises BusAwayError."""
        try:
            return cast("bytes | None", self._redis.get(key))
        except (RedisError, OSError) as error:
            raise BusAwayError(str(error)) from error

    def put(self, key: str, value: bytes, *, expires_s: int) -> None:
        """Raises BusAwayError."""
        try:
            self._redis.set(key, value, ex=expires_s)
        except (RedisError, OSError) as error:
            raise BusAwayError(str(error)) from error

    def forget(self, key: str) -> None:
        """Raises BusAwayError."""
        try:
            self._redis.delete(key)
        except (RedisError, OSError) as error:
            raise BusAwayError(str(error)) from error
