"""An NVR of its own for a benchmark: data, database, Redis, cameras, web server; and what its processes cost."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.redis_server import running_redis

ROOT = Path(__file__).parent.parent
_TICKS = os.sysconf("SC_CLK_TCK")
_SET_UP = """
from django.contrib.auth import get_user_model
from cameras.models import Camera, Stream
from nvr.people.tokens import create_token
for number in range(1, {count} + 1):
    camera = Camera.objects.create(pk=number, name=f"Camera {{number}}", slug=f"camera-{{number}}")
    Stream.objects.create(camera=camera, role="main", url=f"rtsp://127.0.0.1:{port}/cam{{number}}")
print("TOKEN", create_token(get_user_model().objects.create_superuser("bench", password="correct horse battery")))
"""


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def rss_kb(pid: int) -> int:
    return int(next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")).split()[1])


@contextmanager
def process(command: list[str], environment: dict[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    started = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield started
    finally:
        started.terminate()
        started.wait(15)


def wait_for_http(url: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@dataclass(frozen=True, slots=True)
class Installation:
    token: str
    camera_port: int
    environment: dict[str, str]
    redis_pid: int


@contextmanager
def installation(cameras: int, clip: str) -> Iterator[Installation]:
    with ExitStack() as stack:
        data = stack.enter_context(TemporaryDirectory(prefix="nvr-bench-"))
        redis_url = stack.enter_context(running_redis(maxmemory_mb=1024))
        camera_port = free_port()
        environment = os.environ | {"NVR_DATA_DIR": data, "REDIS_URL": redis_url, "NVR_VIEWERS_PER_USER": "5000", "NVR_VIEWERS": "5000"}
        environment.pop("DATABASE_URL", None)
        environment["NVR_LOG_LEVEL"] = "WARNING"
        manage = [sys.executable, "manage.py"]
        subprocess.run([*manage, "migrate", "--verbosity", "0"], env=environment, check=True, cwd=ROOT)
        code = _SET_UP.format(count=cameras, port=camera_port)
        said = subprocess.run([*manage, "shell", "-c", code], env=environment, check=True, cwd=ROOT, capture_output=True, text=True).stdout
        token = next(line.split()[1] for line in said.splitlines() if line.startswith("TOKEN"))
        command = [sys.executable, "-m", "tests.support.rtsp_camera", "--port", str(camera_port), "--clip", clip, "--mounts", str(cameras)]
        camera = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        stack.callback(camera.wait, 10)
        stack.callback(camera.terminate)
        assert camera.stdout
        camera.stdout.readline()
        yield Installation(token, camera_port, environment, _redis_pid(redis_url))


def _redis_pid(url: str) -> int:
    import redis

    client = redis.Redis.from_url(url)
    return int(client.info("server")["process_id"])
