"""Which processes make up one machine's NVR."""

from __future__ import annotations

import http.client
import signal
import socket
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from nvr.supervisor.child import ProcessSpec
from nvr.supervisor.redis_server import redis_spec

# Decoding and numpy let other threads run.
_MOTION_THREADS = 4


@dataclass(frozen=True, slots=True)
class Machine:
    """`embedded_redis` is None when REDIS_URL names a server of the operator's own."""

    base_dir: Path
    data_dir: Path
    bind: str
    port: int
    embedded_redis: Path | None
    redis_maxmemory_mb: int
    demo_cameras: int
    demo_port: int


def processes(machine: Machine) -> list[ProcessSpec]:
    """In starting order: Redis before those who need it, the web server last, so that its address works as soon as it is told."""
    specs = []
    if machine.embedded_redis is not None:
        specs.append(redis_spec(machine.embedded_redis, maxmemory_mb=machine.redis_maxmemory_mb))
    if machine.demo_cameras:
        arguments = ["--count", str(machine.demo_cameras), "--port", str(machine.demo_port)]
        purpose = f"{machine.demo_cameras} demo cameras on RTSP port {machine.demo_port}"
        demo = _command(machine, "demo", purpose, "demo_cameras", *arguments)
        specs.append(replace(demo, is_ready=lambda: _listens(machine.demo_port)))
    specs += [
        _command(machine, "ingest", "pulls the cameras' streams and records them", "ingest", stop_seconds=10.0),
        _command(machine, "renderer", "makes pictures while somebody watches", "render"),
        _command(machine, "onvif", "watches over cameras that turn, runs tours, hears cameras' own events", "onvif"),
        _worker(machine, "worker", "keeps the catalogue, deletes what is due", queue="celery", threads=4),
        _worker(machine, "exporter", "makes exports and preview pictures", queue="slow", threads=2),
        _motion(machine),
        _command(machine, "mqtt", "tells MQTT brokers, when there are any", "mqtt"),
        _worker(machine, "notifier", "tells people what happened", queue="notify", threads=4),
        _celery(machine, "beat", "tells the worker what is due", "beat", "-s", str(machine.data_dir / "celerybeat-schedule"), "--pidfile="),
        _web(machine),
    ]
    return specs


def _command(machine: Machine, name: str, purpose: str, *words: str, stop_seconds: float = 5.0) -> ProcessSpec:
    return ProcessSpec(name, purpose, [sys.executable, str(machine.base_dir / "manage.py"), *words], stop_seconds=stop_seconds)


def _worker(machine: Machine, name: str, purpose: str, *, queue: str, threads: int) -> ProcessSpec:
    words = ("-P", "threads", "-c", str(threads), "-Q", queue, "-n", f"{name}@%h", "--without-gossip", "--without-mingle")
    return _celery(machine, name, purpose, "worker", *words)


def _motion(machine: Machine) -> ProcessSpec:
    """Steps aside for whatever must not wait (nice), and computes with the threads it has, not with more of a library's own."""
    spec = _worker(machine, "motion", "looks for motion in what is recorded", queue="motion", threads=_MOTION_THREADS)
    return replace(spec, command=["nice", "-n", "5", *spec.command], environment={"OPENBLAS_NUM_THREADS": "1"})


def _celery(machine: Machine, name: str, purpose: str, *words: str) -> ProcessSpec:
    # -W ignore: celery warns at length about running as root, which a container does.
    command = [sys.executable, "-W", "ignore", "-m", "celery", "-A", "nvr", "--workdir", str(machine.base_dir), *words, "-l", "WARNING"]
    # Celery finishes its running tasks before it stops, however long they take; they are idempotent and come again.
    return ProcessSpec(name, purpose, command, orphan_signal=signal.SIGKILL, is_quiet=True)


def _web(machine: Machine) -> ProcessSpec:
    host = "127.0.0.1" if machine.bind in ("0.0.0.0", "::") else machine.bind  # noqa: S104  # compared, not bound

    def is_ready() -> bool:
        connection = http.client.HTTPConnection(host, machine.port, timeout=1)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    command = [sys.executable, str(machine.base_dir / "manage.py"), "web"]
    return ProcessSpec("web", f"pages, API and live pictures on {machine.bind}:{machine.port}", command, is_ready=is_ready)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
