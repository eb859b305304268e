"""A real redis-server on a unix socket of its own, for one test session."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from nvr.supervisor.redis_binary import find_redis_server


@contextmanager
def running_redis(*, maxmemory_mb: int = 256) -> Iterator[str]:
    """Yields its unix:// URL; the server and its directory are gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="nvr-test-"))
    socket = directory / "r.sock"
    command = [str(find_redis_server()), "--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no"]
    command += ["--maxmemory", f"{maxmemory_mb}mb", "--maxmemory-policy", "noeviction", "--dir", str(directory)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _wait_until_it_answers(process, socket)
        yield f"unix://{socket}"
    finally:
        process.terminate()
        process.wait(timeout=5)
        shutil.rmtree(directory, ignore_errors=True)


def _wait_until_it_answers(process: subprocess.Popen[bytes], socket: Path) -> None:
    client = redis.Redis(unix_socket_path=str(socket))
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        assert process.poll() is None, f"redis-server ended with {process.returncode}"
        try:
            client.ping()
            client.close()
            return
        except redis.ConnectionError:
            time.sleep(0.01)
    raise TimeoutError("redis-server did not answer within 10 s")
