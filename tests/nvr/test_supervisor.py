from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nvr.supervisor.restart import FIRST_DELAY_S, LONGEST_DELAY_S, next_delay_s
from tests.support.processes import is_alive, wait_for

# Each child writes its pid to NAME.pid and a line to `log` for what happens to it.
CHILD = """
import os, pathlib, signal, sys, time
name, mode, here = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
def note(text):
    with open(here / "log", "a") as log: log.write(f"{name} {text}\\n")
def stop(*_):
    note("stops")
    if mode != "stubborn": sys.exit(0)
signal.signal(signal.SIGTERM, stop)
if mode == "parent":
    helper = os.fork()
    if helper == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True: time.sleep(60)
    (here / "helper.pid").write_text(str(helper))
note("starts")
(here / f"{name}.tmp").write_text(str(os.getpid())); (here / f"{name}.tmp").rename(here / f"{name}.pid")
while True: time.sleep(60)
"""

PARENT = """
import sys
from pathlib import Path
from nvr.supervisor.child import ProcessSpec
from nvr.supervisor.supervisor import Supervisor
here = Path(sys.argv[1])
def spec(name, mode):
    command = [sys.executable, str(here / "child.py"), name, mode, str(here)]
    return ProcessSpec(name, "", command, is_ready=(here / f"{name}.pid").exists, stop_seconds=1)
specs = [spec(*word.split("=")) for word in sys.argv[2:]]
Supervisor(specs, on_ready=lambda: (here / "ready").write_text("")).run()
"""


def pid_of(here: Path, name: str) -> int:
    return int((here / f"{name}.pid").read_text())


@contextmanager
def supervised(here: Path, *children: str) -> Iterator[subprocess.Popen[bytes]]:
    (here / "child.py").write_text(CHILD)
    (here / "parent.py").write_text(textwrap.dedent(PARENT))
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    process = subprocess.Popen([sys.executable, str(here / "parent.py"), str(here), *children], env=environment)
    try:
        wait_for(lambda: (here / "ready").exists() or process.poll() is not None, what="all children ready")
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(timeout=10)


@pytest.mark.alone
def test_a_killed_child_is_back_within_a_second_and_others_stay(tmp_path: Path) -> None:
    with supervised(tmp_path, "one=plain", "two=plain"):
        first, second = pid_of(tmp_path, "one"), pid_of(tmp_path, "two")
        os.kill(second, signal.SIGKILL)
        started = time.monotonic()
        wait_for(lambda: pid_of(tmp_path, "two") != second, what="a new process")
        assert time.monotonic() - started < 1.5
        assert pid_of(tmp_path, "one") == first
        assert is_alive(first)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_all_and_the_first_started_goes_last(tmp_path: Path, number: signal.Signals) -> None:
    with supervised(tmp_path, "redis=plain", "ingest=plain", "web=plain") as process:
        pids = [pid_of(tmp_path, name) for name in ("redis", "ingest", "web")]
        process.send_signal(number)
        assert process.wait(timeout=10) == 0
    assert not any(is_alive(pid) for pid in pids)
    log = (tmp_path / "log").read_text().splitlines()
    assert log[:3] == ["redis starts", "ingest starts", "web starts"]
    assert log[-1] == "redis stops"
    assert sorted(log[3:5]) == ["ingest stops", "web stops"]


def test_nothing_is_left_when_the_supervisor_itself_is_killed(tmp_path: Path) -> None:
    with supervised(tmp_path, "one=plain", "two=plain") as process:
        pids = [pid_of(tmp_path, "one"), pid_of(tmp_path, "two")]
        process.kill()
        process.wait(timeout=5)
        wait_for(lambda: not any(is_alive(pid) for pid in pids), what="the end of all children")


def test_a_child_that_ignores_the_request_is_ended_by_force(tmp_path: Path) -> None:
    with supervised(tmp_path, "one=stubborn") as process:
        pid = pid_of(tmp_path, "one")
        process.terminate()
        assert process.wait(timeout=10) == 0
    assert not is_alive(pid)


def test_what_a_dead_child_left_in_its_group_is_ended_too(tmp_path: Path) -> None:
    with supervised(tmp_path, "one=parent"):
        old, helper = pid_of(tmp_path, "one"), int((tmp_path / "helper.pid").read_text())
        os.kill(old, signal.SIGKILL)
        wait_for(lambda: pid_of(tmp_path, "one") != old, what="a new process")
        wait_for(lambda: not is_alive(helper), what="the end of the orphan")


def test_a_child_that_dies_while_starting_is_named(tmp_path: Path) -> None:
    (tmp_path / "run.py").write_text(
        "import sys\nfrom nvr.supervisor.child import ProcessSpec\nfrom nvr.supervisor.supervisor import StartError, Supervisor\n"
        "spec = ProcessSpec('redis', '', [sys.executable, '-c', 'raise SystemExit(3)'], is_ready=lambda: False)\n"
        "try:\n    Supervisor([spec], on_ready=lambda: None).run()\nexcept StartError as error:\n    print(error)\n"
    )
    result = subprocess.run(
        [sys.executable, str(tmp_path / "run.py")],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert result.stdout.strip() == "redis ended while starting, exit code 3"


def test_what_dies_while_others_still_start_is_started_again(tmp_path: Path) -> None:
    (tmp_path / "run.py").write_text(
        "import sys\nfrom pathlib import Path\nfrom nvr.supervisor.child import ProcessSpec\n"
        "from nvr.supervisor.supervisor import Supervisor\n"
        "starts, asked = Path(sys.argv[1]) / 'starts', []\n"
        "def is_back():\n    asked.append(1)\n    return starts.exists() and len(starts.read_text()) > 1\n"
        "first = ProcessSpec('first', '', ['sh', '-c', f'printf x >> {starts}'])\n"
        "second = ProcessSpec('second', '', ['sleep', '60'], is_ready=is_back, stop_seconds=1)\n"
        "supervisor = Supervisor([first, second], on_ready=lambda: supervisor._ask_to_stop(15, None))\n"
        "supervisor.run()\nprint(len(asked))\n"
    )
    result = subprocess.run(
        [sys.executable, str(tmp_path / "run.py"), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    assert int(result.stdout) < 1000, "it waits instead of asking all the time"


def test_restarts_slow_down_only_for_a_process_that_keeps_dying_young() -> None:
    delays = [0.0]
    for _ in range(12):
        delays.append(next_delay_s(delays[-1], lived_s=0.5))
    assert delays[1] == FIRST_DELAY_S
    assert delays == sorted(delays)
    assert delays[-1] == LONGEST_DELAY_S
    assert next_delay_s(LONGEST_DELAY_S, lived_s=60) == FIRST_DELAY_S
