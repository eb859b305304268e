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


# Of events and traces: a range of time, the newest or oldest of a camera, some by their keys, and of few rows an index of these alone.
_OF_EVENTS = re.compile(
    r".*(INTEGER PRIMARY KEY|sqlite_autoindex_recordings_motiontrace).*"
    r"|.*(event_going_on|event_needs_pictures|one_going_on_\w+).*"
    r"|.*(event_by_camera|event_unreviewed) \(camera_id=\?( AND start_ms[<>]\?)+\)"
    r"|.*event_by_kind \(camera_id=\? AND kind=\?( AND start_ms[<>]\?)+\)"
    r"|.*trace_by_time \(camera_id=\?( AND started_at_ms[<>]\?)*\)"
    r"|.*event_by_time \(start_ms[<>]\? AND start_ms[<>]\?\)"
)


class Explained(TypedDict):
    sql: str
    plan: list[str]


def explained(database_url: str, data_dir: Path) -> list[Explained]:
    """In a process of its own: Django reads once which database it has."""
    environment = os.environ | {"DATABASE_URL": database_url, "NVR_DATA_DIR": str(data_dir), "NVR_LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "tests.support.query_plans"]
    said = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, timeout=115).stdout
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


@pytest.mark.timeout(120)
def test_sqlite_answers_of_events_and_traces_from_indexes(tmp_path: Path) -> None:
    asked = explained(f"sqlite:///{tmp_path}/catalogue.sqlite3", tmp_path)
    steps = {
        (step, one["sql"])
        for one in asked
        for step in one["plan"]
        if re.search(r"(recordings_event|recordings_motiontrace|event_by_\w+)\b", step)
    }
    assert len(steps) > 20
    assert {(step, sql) for step, sql in steps if not _OF_EVENTS.fullmatch(step)} == set()
    pages = [one for one in asked if one["sql"].endswith("ORDER BY 1 DESC, 2 DESC LIMIT 51")]
    assert len(pages) > 5
    assert [one for one in pages if any("TEMP B-TREE" in step for step in one["plan"])] == [], "in the order of the index"


@pytest.mark.peer
@pytest.mark.timeout(120)
def test_postgresql_answers_from_indexes(tmp_path: Path) -> None:
    with running_postgres() as url:
        asked = explained(url, tmp_path)
    large = re.compile(r"Seq Scan on recordings_(segment|event|motiontrace)\b")
    assert [one for one in asked if any(large.search(step) for step in one["plan"])] == []
    spans = next(one for one in asked if one["sql"].startswith('SELECT "recordings_segment"."started_at_ms" AS'))
    assert any("Index Only Scan using segment_by_time" in step for step in spans["plan"])
