"""A redis-server that a test can kill and start again at the same address."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nvr.supervisor.redis_binary import find_redis_server


class StoppableRedis:
    def __init__(self, directory: Path, maxmemory_mb: int) -> None:
        self._socket = directory / "r.sock"
        self._command = [str(find_redis_server()), "--port", "0", "--unixsocket", str(self._socket), "--save", "", "--appendonly", "no"]
        self._command += ["--maxmemory", f"{maxmemory_mb}mb", "--maxmemory-policy", "noeviction", "--dir", str(directory)]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    def start(self) -> None:
        """Returns when it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while not self._answers():
            assert self._process.poll() is None, f"redis-server ended with {self._process.returncode}"
            assert time.monotonic() < deadline, "redis-server did not answer within 10 s"
            time.sleep(0.01)

    def kill(self) -> None:
        """As by kill -9; everything it held is lost."""
        if self._process:
            self._process.kill()
            self._process.wait(timeout=5)
            self._process = None

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Connected, but it neither reads nor answers."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(str(self._socket))
                client.sendall(b"PING\r\n")
                return client.recv(64).startswith(b"+PONG")
            except OSError:
                return False


@contextmanager
def stoppable_redis(*, maxmemory_mb: int = 256) -> Iterator[StoppableRedis]:
    directory = Path(tempfile.mkdtemp(prefix="nvr-test-"))
    server = StoppableRedis(directory, maxmemory_mb)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(directory, ignore_errors=True)
