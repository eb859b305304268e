from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.support.event_race import BURST_EVERY_MS, BURST_MS, BURSTS
from tests.support.postgres_server import running_postgres

WORKERS = 3


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.peer)])
def environment(request: pytest.FixtureRequest, tmp_path: Path, redis_url: str) -> Iterator[dict[str, str]]:
    """Of processes with an installation of their own."""
    sqlite = nullcontext(f"sqlite:///{tmp_path / 'db.sqlite3'}")
    with running_postgres() if request.param == "postgres" else sqlite as url:
        own = {"DATABASE_URL": url, "NVR_DATA_DIR": str(tmp_path / "data"), "DJANGO_SETTINGS_MODULE": "nvr.settings"}
        yield os.environ | own | {"REDIS_URL": redis_url}


def race(environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.support.event_race", *words]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(process: subprocess.Popen[str]) -> str:
    out, errors = process.communicate(timeout=150)
    assert process.returncode == 0, errors
    return out


@pytest.mark.timeout(200)
def test_who_notes_the_same_motion_at_once_makes_each_event_once(environment: dict[str, str]) -> None:
    finished(race(environment, "prepare"))
    for worker in [race(environment, "run", str(seed)) for seed in range(WORKERS)]:
        finished(worker)
    events = [(start_ms, end_ms, score) for start_ms, end_ms, score in json.loads(finished(race(environment, "judge")))]
    begins = [number * BURST_EVERY_MS for number in range(BURSTS)]
    assert events == [(begin_ms, begin_ms + BURST_MS, number + 1) for number, begin_ms in enumerate(begins)]
