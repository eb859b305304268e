"""A real PostgreSQL of its own on a unix socket in a temporary directory, with one database "nvr"."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

# Nothing here has to survive a crash.
_SETTINGS = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_wal_size=4GB", "shared_buffers=256MB", "work_mem=16MB"]
_SERVER_USER = "postgres"


@contextmanager
def running_postgres(settings: tuple[str, ...] = ()) -> Iterator[str]:
    """Yields its postgres:// URL; the server and its directory are gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="nvr-postgres-"))
    # The server refuses to run as root.
    user = _SERVER_USER if os.geteuid() == 0 else None
    try:
        if user:
            shutil.chown(directory, user)
        data = directory / "data"
        command = [binary("initdb"), "-D", str(data), "-U", "nvr", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=user, cwd=directory)
        command = [binary("postgres"), "-D", str(data), "-k", str(directory), "-h", ""]
        for setting in (*_SETTINGS, *settings):
            command += ["-c", setting]
        with (directory / "log").open("wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log, user=user, cwd=directory)
        try:
            _make_database(server, directory)
            yield f"postgres://nvr@/{directory}/nvr"
        finally:
            server.send_signal(signal.SIGINT)  # ends connections instead of waiting for them
            server.wait(timeout=20)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def binary(name: str) -> str:
    """Debian keeps the server's programs off the PATH."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    installed = shutil.which(name) or (str(places[0]) if places else None)
    assert installed, f"{name} is not installed (Debian: apt install postgresql)"
    return installed


def _make_database(server: subprocess.Popen[bytes], directory: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        assert server.poll() is None, (directory / "log").read_text(errors="replace")
        try:
            with psycopg.connect(host=str(directory), user="nvr", dbname="postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE nvr")
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
