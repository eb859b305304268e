from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.support.postgres_server import running_postgres
from tests.support.webhook_receiver import running_receiver

WORKERS = 3


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.peer)])
def environment(request: pytest.FixtureRequest, tmp_path: Path, redis_url: str) -> Iterator[dict[str, str]]:
    """Of processes with an installation of their own."""
    sqlite = nullcontext(f"sqlite:///{tmp_path / 'db.sqlite3'}")
    with running_postgres() if request.param == "postgres" else sqlite as url:
        own = {"DATABASE_URL": url, "NVR_DATA_DIR": str(tmp_path / "data"), "DJANGO_SETTINGS_MODULE": "nvr.settings"}
        yield os.environ | own | {"REDIS_URL": redis_url, "NVR_NOTIFY_PRIVATE": "127.0.0.0/8"}


def race(environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.support.telling_race", *words]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(process: subprocess.Popen[str]) -> str:
    out, errors = process.communicate(timeout=150)
    assert process.returncode == 0, errors
    return out


@pytest.mark.timeout(200)
def test_however_many_do_it_at_once_each_event_is_told_once(environment: dict[str, str]) -> None:
    with running_receiver() as receiver:
        finished(race(environment, "prepare", receiver.url()))
        for worker in [race(environment, "run", str(seed)) for seed in range(WORKERS)]:
            finished(worker)
        finished(race(environment, "finish"))
        found = json.loads(finished(race(environment, "judge")))
    assert found["noticed"] == found["events"]
    assert found["sizes"] == len(found["events"]), "each message holds what it counted"
    assert set(found["states"]) == {"sent"} and len(found["states"]) == found["messages"] > 1
    bodies = [json.loads(taken.body) for taken in receiver.taken]
    told = Counter(event["id"] for body in bodies for event in body["events"])
    assert told == dict.fromkeys(found["events"], 1)
    assert len({taken.headers["webhook-id"] for taken in receiver.taken}) == len(receiver.taken) == found["messages"]
