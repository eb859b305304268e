"""The whole NVR as a person starts it: every process for real, demo cameras, a WebSocket viewer."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from streaming.media.wire import parse_header
from tests.support.processes import is_alive, wait_for

PASSWORD = "correct horse battery staple"
pytestmark = [pytest.mark.alone, pytest.mark.timeout(240)]


class Machine:
    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self.log = log

    def children(self) -> dict[str, int]:
        """Process id by the word that tells the processes apart."""
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(stat[1]) == self.process.pid and stat[0] != "Z":
                known = ("ingest", "render", "web", "slow", "motion", "worker", "beat", "demo_cameras")
                name = next((word for word in known if word in words), "redis")
                found[name] = int(entry.name)
        return found

    def ask(self, path: str, body: dict[str, Any] | None = None, token: str = "") -> Any:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", json.dumps(body).encode() if body else None)
        request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def token(self) -> str:
        return str(self.ask("/api/v1/auth/token/", {"username": "admin", "password": PASSWORD})["token"])

    def watch(self, slug: str, token: str) -> ClientConnection:
        url = f"ws://127.0.0.1:{self.port}/ws/live/{slug}/?mode=h264"
        return connect(url, additional_headers={"Authorization": f"Bearer {token}"}, max_size=None, open_timeout=5)

    def sees_live_pictures(self, slug: str, token: str) -> bool:
        """True when a fresh viewer gets a picture captured within the last second."""
        try:
            with self.watch(slug, token) as viewer:
                deadline = time.monotonic() + 1.5
                while time.monotonic() < deadline:
                    message = viewer.recv(timeout=1.5)
                    if isinstance(message, bytes) and time.time() - parse_header(message).captured_at_us / 1e6 < 1:
                        return True
        except (OSError, EOFError, WebSocketException):  # the server is away
            return False
        return False


@contextmanager
def running_machine(tmp_path: Path, **environment: str) -> Iterator[Machine]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    ours = {name: value for name, value in os.environ.items() if not name.startswith("NVR_") and name not in ("REDIS_URL", "DATABASE_URL")}
    ours |= {"NVR_DATA_DIR": str(tmp_path / "data"), "NVR_PORT": str(port), "NVR_ADMIN_PASSWORD": PASSWORD, **environment}
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "manage.py", "nvr"], env=ours, stdout=output, stderr=subprocess.STDOUT)
    machine = Machine(process, port, log)
    try:
        wait_for(lambda: b"Open  http" in log.read_bytes() or process.poll() is not None, seconds=90, what="the address")
        assert process.poll() is None, log.read_text()
        yield machine
    finally:
        children = machine.children()
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=30)
        finally:
            process.kill()
            for pid in children.values():
                if is_alive(pid):
                    os.kill(pid, signal.SIGKILL)


def test_any_process_may_be_killed_and_live_comes_back_by_itself(tmp_path: Path) -> None:
    with running_machine(tmp_path) as machine:
        token = machine.token()
        slugs = [camera["slug"] for camera in machine.ask("/api/v1/cameras/", token=token)["results"]]
        assert len(slugs) == 2
        for slug in slugs:
            wait_for(lambda slug=slug: machine.sees_live_pictures(slug, token), seconds=20, what=f"pictures of {slug}")  # type: ignore[misc]
        assert set(machine.children()) == {"redis", "ingest", "render", "web", "slow", "motion", "worker", "beat", "demo_cameras"}
        slow = {}
        for name, pid in machine.children().items():
            os.kill(pid, signal.SIGKILL)
            killed_at = time.monotonic()
            wait_for(lambda n=name, p=pid: machine.children().get(n, p) != p, seconds=10, what=f"a new {name}")  # type: ignore[misc]
            wait_for(lambda: machine.sees_live_pictures(slugs[0], token), seconds=20, what=f"pictures after the end of {name}")
            slow[name] = time.monotonic() - killed_at
        # Five seconds when the machine has nothing else to do; how long it takes here depends on what it has.
        late = {name: seconds for name, seconds in slow.items() if seconds > 15}
        assert not late, f"back too late: {late}"


def test_ctrl_c_leaves_nothing_running(tmp_path: Path) -> None:
    with running_machine(tmp_path, NVR_DEMO="1") as machine:
        pids = machine.children()
        machine.process.send_signal(signal.SIGINT)
        assert machine.process.wait(timeout=30) == 0
        assert not [name for name, pid in pids.items() if is_alive(pid)]
        assert "Traceback" not in machine.log.read_text()


def test_nothing_is_left_when_it_is_killed(tmp_path: Path) -> None:
    with running_machine(tmp_path, NVR_DEMO="1") as machine:
        pids = machine.children()
        machine.process.kill()
        machine.process.wait(timeout=5)
        wait_for(lambda: not [name for name, pid in pids.items() if is_alive(pid)], seconds=20, what="the end of all processes")


def test_a_second_one_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with running_machine(tmp_path, NVR_DEMO="0") as machine:
        environment = {**os.environ, "NVR_DATA_DIR": str(tmp_path / "data"), "NVR_PORT": "0"}
        environment["NVR_PORT"] = str(machine.port + 1)
        second = subprocess.run(
            [sys.executable, "manage.py", "nvr"], env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert second.returncode == 1
        assert "already running" in second.stderr


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        environment = {**os.environ, "NVR_DATA_DIR": str(tmp_path / "data"), "NVR_PORT": str(port)}
        result = subprocess.run(
            [sys.executable, "manage.py", "nvr"], env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert result.returncode == 1
        assert f"127.0.0.1:{port}" in result.stderr
        assert "NVR_PORT" in result.stderr
