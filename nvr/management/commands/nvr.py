"""Everything on one machine: prepares the database, starts all processes, keeps them running."""

from __future__ import annotations

import fcntl
import os
import socket
from argparse import ArgumentParser
from typing import IO, Any

from channels.layers import InMemoryChannelLayer, channel_layers
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from cameras.models import Camera
from nvr.people.first_admin import FirstAdmin, ensure_first_admin
from nvr.supervisor.plan import Machine, processes
from nvr.supervisor.redis_binary import RedisNotFoundError
from nvr.supervisor.redis_server import answers, socket_path
from nvr.supervisor.supervisor import StartError, Supervisor
from recordings.services.demo import detect_motion, keep_briefly
from recordings.services.volumes import ensure_first_volume
from streaming.demo.catalogue import count_for


class Command(BaseCommand):
    help = "Starts the whole NVR on this machine and keeps it running until Ctrl-C."

    _admin: FirstAdmin | None = None

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-prepare", action="store_true", help="skip migrations and static files (they are done already)")

    def handle(self, *args: Any, **options: Any) -> None:
        lock = _only_one_per_data_dir()
        _port_must_be_free(settings.BIND, settings.PORT)
        if not options["no_prepare"]:
            self._say("Preparing the database and static files …")
            call_command("migrate", interactive=False, verbosity=0)
            call_command("collectstatic", interactive=False, verbosity=0)
        ensure_first_volume(settings.RECORDINGS_DIR)
        self._admin = ensure_first_admin()
        try:
            machine = _this_machine()
            if machine.demo_cameras:
                _install_demo_cameras(machine)
            os.environ["REDIS_URL"] = settings.REDIS_URL
            specs = processes(machine)
            self._say(f"NVR {settings.VERSION}, data in {machine.data_dir}")
            for spec in specs:
                self._say(f"  {spec.name:<9} {spec.purpose}")
            Supervisor(specs, on_ready=lambda: self._say_ready(machine)).run()
        except (StartError, RedisNotFoundError, OSError) as error:
            raise CommandError(f"The NVR could not start: {error}") from error
        finally:
            self._say_admin()  # a start that fails has made the account all the same, and the next one can't tell the password
            lock.close()
        self._say("Stopped.")

    def _say_ready(self, machine: Machine) -> None:
        host = "127.0.0.1" if machine.bind == "0.0.0.0" else machine.bind  # noqa: S104  # compared, not bound
        self._say(f"\nOpen  http://{host}:{machine.port}/")
        self._say_admin()
        self._say("Stop with Ctrl-C.\n")

    def _say_admin(self) -> None:
        """Once."""
        admin, self._admin = self._admin, None
        if admin is not None:
            self._say(f"User  {admin.username}")
            if admin.generated_password:
                self._say(f"Password  {admin.generated_password}   (shown only this once)")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _install_demo_cameras(machine: Machine) -> None:
    # Nobody listens yet, and the embedded Redis is not up: what changes now need not be told.
    channel_layers.set("default", InMemoryChannelLayer())
    known = set(Camera.objects.values_list("slug", flat=True))
    call_command("demo_cameras", install=True, count=machine.demo_cameras, port=machine.demo_port)
    new = set(Camera.objects.values_list("slug", flat=True)) - known
    keep_briefly(new)
    detect_motion(new)


def _only_one_per_data_dir() -> IO[str]:
    lock = (settings.DATA_DIR / "nvr.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise CommandError(f"Another NVR is already running with the data in {settings.DATA_DIR}.") from error
    return lock


def _port_must_be_free(bind: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as error:
            raise CommandError(f"Cannot listen on {bind}:{port}: {error.strerror}. Set NVR_PORT or NVR_BIND to another one.") from error


def _this_machine() -> Machine:
    is_embedded = "REDIS_URL" not in os.environ and "REDIS_URL_FILE" not in os.environ
    if not is_embedded and not answers(settings.REDIS_URL):
        raise CommandError("The Redis server named by REDIS_URL does not answer.")
    count = _demo_count()
    return Machine(
        base_dir=settings.BASE_DIR,
        data_dir=settings.DATA_DIR,
        bind=settings.BIND,
        port=settings.PORT,
        embedded_redis=socket_path(settings.DATA_DIR) if is_embedded else None,
        redis_maxmemory_mb=settings.REDIS_MAXMEMORY_MB,
        demo_cameras=count,
        demo_port=(settings.DEMO_PORT or _free_port()) if count else 0,
    )


def _demo_count() -> int:
    """NVR_DEMO when it is set; else two on an empty installation, and later as many as are still there."""
    if settings.DEMO_CAMERAS >= 0:
        return int(settings.DEMO_CAMERAS)
    if not Camera.objects.exists():
        return 2
    return count_for(Camera.objects.values_list("slug", flat=True))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
