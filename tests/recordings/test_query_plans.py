"""The questions of timeline, player and catalogue are answered from their indexes. How long that takes for eight million rows is for
bench/timeline.py to say; here nobody may begin to read a table.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.postgres_server import running_postgres

ROOT = Path(__file__).parent.parent.parent
_ASK = """
import json
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from bench._year import fill
from bench.timeline import plans
fill(3)
print(json.dumps(plans(3)))
"""


def plans_in(database_url: str, data_dir: Path) -> dict[str, str]:
    """Of a catalogue of 66,000 segments. In a process of its own, as Django reads once which database it has."""
    environment = os.environ | {"DATABASE_URL": database_url, "NVR_DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "nvr.settings"}
    command = [sys.executable, "-c", _ASK]
    said = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, timeout=100).stdout
    found: dict[str, str] = json.loads(said)
    return found


@pytest.mark.timeout(120)
def test_sqlite_answers_from_indexes(tmp_path: Path) -> None:
    plans = plans_in(f"sqlite:///{tmp_path}/catalogue.sqlite3", tmp_path)
    for name, plan in plans.items():
        assert "SCAN recordings_" not in plan, f"{name}: {plan}"
    for name in ("spans", "newest", "coverage"):
        assert "USING COVERING INDEX segment_by_time (camera_id=? AND role=?" in plans[name], f"{name}: {plans[name]}"
    assert "USING INDEX segment_by_time (camera_id=? AND role=? AND started_at_ms>? AND started_at_ms<?)" in plans["rows"]
    assert "USING INDEX note_by_time (camera_id=? AND role=? AND at_ms<?)" in plans["last note before"]


@pytest.mark.peer
@pytest.mark.timeout(120)
def test_postgresql_answers_from_indexes(tmp_path: Path) -> None:
    with running_postgres() as url:
        plans = plans_in(url, tmp_path)
    for name, plan in plans.items():
        assert "Seq Scan" not in plan, f"{name}: {plan}"
        assert "note_by_time" in plan or "segment_by_time" in plan, f"{name}: {plan}"
    for name in ("spans", "newest", "coverage"):
        assert "Index Only Scan" in plans[name], f"{name}: {plans[name]}"
