from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.support.postgres_server import running_postgres

WORKERS = 3


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.peer)])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Of processes with an installation of their own."""
    sqlite = nullcontext(f"sqlite:///{tmp_path / 'db.sqlite3'}")
    with running_postgres() if request.param == "postgres" else sqlite as url:
        yield os.environ | {"DATABASE_URL": url, "NVR_DATA_DIR": str(tmp_path / "data"), "DJANGO_SETTINGS_MODULE": "nvr.settings"}


def race(environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.support.catalogue_race", *words]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(process: subprocess.Popen[str]) -> str:
    out, errors = process.communicate(timeout=150)
    assert process.returncode == 0, errors
    return out


@pytest.mark.timeout(200)
def test_workers_that_do_the_same_at_once_count_everything_once(environment: dict[str, str], tmp_path: Path) -> None:
    volume_id = finished(race(environment, "prepare", str(tmp_path / "disk")))
    workers = [race(environment, "run", volume_id, str(seed)) for seed in range(WORKERS)]
    for worker in workers:
        finished(worker)
    found = json.loads(finished(race(environment, "judge", volume_id)))
    assert found == {"rows": 55, "differing": [], "unfinished": 0, "wrong_sums": [], "deleted": [5]}
