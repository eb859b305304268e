"""The embedded Redis: where its socket is, how it is started, whether it answers.

It holds nothing that must survive (live media, events, tasks that a sweep finds again), so it neither saves nor logs to disk, and
refuses writes when full instead of evicting: an evicted stream would be a silent gap.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import redis

from nvr.supervisor.child import ProcessSpec
from nvr.supervisor.redis_binary import find_redis_server

# sockaddr_un holds 107 bytes; redis-server cuts a longer path off silently. See unix(7).
_LONGEST_PATH_BYTES = 100


def socket_path(data_dir: Path) -> Path:
    """The same for every process that uses this data directory: inside it, or in a private short directory when it is too deep."""
    path = data_dir / "redis.sock"
    if len(os.fsencode(path)) <= _LONGEST_PATH_BYTES:
        return path
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"nvr-{os.getuid()}-{digest}" / "redis.sock"


def redis_spec(socket: Path, *, maxmemory_mb: int) -> ProcessSpec:
    """Raises RedisNotFoundError; makes the socket's directory, for its owner only."""
    socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if socket.parent.stat().st_uid != os.getuid():
        raise PermissionError(f"{socket.parent} belongs to another user")
    options = {
        "--port": "0",
        "--unixsocket": str(socket),
        "--unixsocketperm": "700",
        "--save": "",
        "--appendonly": "no",
        "--dir": str(socket.parent),
        "--maxmemory": f"{maxmemory_mb}mb",
        "--maxmemory-policy": "noeviction",
        "--loglevel": "warning",
        "--daemonize": "no",
    }
    command = [str(find_redis_server()), *(word for pair in options.items() for word in pair)]
    command += ["--client-output-buffer-limit", "pubsub", "64mb", "32mb", "10"]
    return ProcessSpec("redis", f"media bus and task queue, {socket}", command, is_ready=lambda: answers(f"unix://{socket}"), is_quiet=True)


def answers(url: str) -> bool:
    client = redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
    try:
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        client.close()
