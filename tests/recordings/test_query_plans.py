"""Whatever asks for segments is answered from an index made for it: how long that takes for eight million rows is for bench/timeline.py to
say; here nobody may begin to read a table, or all of a volume. SQLite gets no statistics, as in an installation.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TypedDict

import pytest

from tests.support.postgres_server import running_postgres

ROOT = Path(__file__).parent.parent.parent
# Of what waits for a job there are few rows, and an index of these alone.
_FEW = {
    'NOT "recordings_segment"."is_finished"': "segment_growing",
    'NOT ("recordings_segment"."doomed_by" = \'\')': "segment_doomed",
    'NOT "recordings_segment"."has_pictures"': "segment_without_pictures",
}


class Explained(TypedDict):
    sql: str
    plan: list[str]


def explained(database_url: str, data_dir: Path) -> list[Explained]:
    """In a process of its own: Django reads once which database it has."""
    environment = os.environ | {"DATABASE_URL": database_url, "NVR_DATA_DIR": str(data_dir), "NVR_LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "tests.support.query_plans"]
    said = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, timeout=100).stdout
    found: list[Explained] = json.loads(said)
    assert len(found) > 50
    return found


def is_wrong(asked: Explained) -> bool:
    """By SQLite's words for its plans."""
    ours = [step for step in asked["plan"] if "recordings_segment" in step]
    if any("INTEGER PRIMARY KEY" in step or "segment_by_time (camera_id=? AND role=?" in step for step in ours):
        return False
    for condition, index in _FEW.items():
        if condition in asked["sql"]:
            return not any(index in step for step in ours)
    return any(step.startswith("SCAN") or re.search(r"segment_by_volume \(volume_id=\?\)", step) for step in ours)


@pytest.mark.timeout(120)
def test_sqlite_answers_from_indexes(tmp_path: Path) -> None:
    asked = explained(f"sqlite:///{tmp_path}/catalogue.sqlite3", tmp_path)
    assert [one for one in asked if is_wrong(one)] == []
    spans = next(one for one in asked if one["sql"].startswith('SELECT "recordings_segment"."started_at_ms" AS'))
    assert "USING COVERING INDEX segment_by_time (camera_id=? AND role=? AND started_at_ms>? AND started_at_ms<?)" in spans["plan"][0]


@pytest.mark.peer
@pytest.mark.timeout(120)
def test_postgresql_answers_from_indexes(tmp_path: Path) -> None:
    with running_postgres() as url:
        asked = explained(url, tmp_path)
    assert [one for one in asked if any("Seq Scan on recordings_segment" in step for step in one["plan"])] == []
    spans = next(one for one in asked if one["sql"].startswith('SELECT "recordings_segment"."started_at_ms" AS'))
    assert any("Index Only Scan using segment_by_time" in step for step in spans["plan"])
