"""The web process for real: `manage.py web` on a port of its own with a data directory of its own, and one person logged in."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.processes import wait_for

_SEED = """
import json, os
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from cameras.services import add_camera

call_command("prepare", verbosity=0)
user = get_user_model().objects.create_superuser("alice", password="correct horse battery")
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
cameras = {}
wanted = json.loads(os.environ["SITE_CAMERAS"])
for name, has_sub in wanted.items():
    camera = add_camera(name=name, url="rtsp://127.0.0.1:9/main", sub_url="rtsp://127.0.0.1:9/sub" if has_sub else "")
    cameras[camera.slug] = camera.pk
print(json.dumps({"session": session.session_key, "cameras": cameras}))
"""

_ASKED = """
import json, os
given, answer = json.loads(os.environ["SITE_GIVEN"]), None
{code}
print(json.dumps(answer))
"""


@dataclass
class Site:
    port: int
    redis_url: str
    data_dir: Path
    session: str
    cameras: dict[str, int]
    environment: dict[str, str]
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def static(self, name: str) -> str:
        """The address of a static file under its hashed name."""
        names = json.loads((self.data_dir / "staticfiles" / "staticfiles.json").read_text())["paths"]
        return f"/static/{names[name]}"

    def start(self, command: str, *arguments: str) -> None:
        """Runs a management command until stop()."""
        with (self.data_dir / f"{command}.log").open("ab") as log:
            self._running[command] = subprocess.Popen(
                [sys.executable, "manage.py", command, *arguments], env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )

    def start_web(self) -> None:
        self.start("web", "--port", str(self.port))
        wait_for(self.answers, seconds=90, what=f"the web process ({self.data_dir / 'web.log'})")

    def stop(self, command: str) -> None:
        process = self._running.pop(command, None)
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=30)
        finally:
            process.kill()
            process.wait()

    def kill(self, command: str) -> None:
        """As the kernel does when memory runs out: nothing of it gets to say anything."""
        process = self._running.pop(command)
        process.kill()
        process.wait()

    def stop_all(self) -> None:
        for command in list(self._running):
            self.stop(command)

    def python(self, code: str, **given: object) -> Any:
        """Runs code in a Django shell of the site, where `given` is a dictionary; returns what it puts into `answer`, as JSON."""
        ran = subprocess.run(
            [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", _ASKED.format(code=code)],
            env={**self.environment, "SITE_GIVEN": json.dumps(given)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout.strip().splitlines()[-1])

    def set_state(self, slug: str, state: str, reason: str = "") -> None:
        """As ingest would, but without a Django of our own on the site's database."""
        with closing(sqlite3.connect(self.data_dir / "nvr.sqlite3", timeout=10)) as database, database:
            database.execute("UPDATE cameras_stream SET state=?, state_reason=? WHERE camera_id=?", (state, reason, self.cameras[slug]))
            database.execute("UPDATE cameras_camera SET state=?, state_reason=? WHERE id=?", (state, reason, self.cameras[slug]))

    def answers(self) -> bool:
        assert self._running["web"].poll() is None, (self.data_dir / "web.log").read_text()
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@contextmanager
def running_site(data_dir: Path, redis_url: str, cameras: tuple[str, ...], *, without_sub: tuple[str, ...] = ()) -> Iterator[Site]:
    """`cameras` are names; their slugs are the keys of Site.cameras. Nobody opens their addresses: publish with LiveCamera."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    ours = {name: value for name, value in os.environ.items() if not name.startswith("NVR_") and name != "DATABASE_URL"}
    environment = {**ours, "NVR_DATA_DIR": str(data_dir), "REDIS_URL": redis_url, "DJANGO_SETTINGS_MODULE": "nvr.settings"}
    seeded = subprocess.run(
        [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", _SEED],
        env={**environment, "SITE_CAMERAS": json.dumps({name: name not in without_sub for name in cameras})},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert seeded.returncode == 0, seeded.stderr
    seed = json.loads(seeded.stdout.strip().splitlines()[-1])
    site = Site(port, redis_url, data_dir, seed["session"], seed["cameras"], environment)
    for slug in site.cameras:
        site.set_state(slug, "live")
    try:
        site.start_web()
        yield site
    finally:
        site.stop_all()
