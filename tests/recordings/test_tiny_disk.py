"""Real file systems that are full, read-only or gone, in a mount namespace of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

_AS_ROOT = ["unshare", "--mount"]
_AS_ANYBODY = ["unshare", "--map-root-user", "--mount"]


def played_through(scenario: str, root: Path) -> Any:
    command = [*(_AS_ROOT if os.geteuid() == 0 else _AS_ANYBODY), sys.executable, "-m", "tests.support.tiny_disk", scenario, str(root)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("scenario", ["full", "no_space"])
def test_a_full_disk_stops_recording_with_the_reason_and_it_resumes_alone(scenario: str, tmp_path: Path) -> None:
    told = played_through(scenario, tmp_path)
    assert [kind for kind, _ in groupby(told["kinds"])] == ["recording", "write_failure", "recording"]
    assert ("is full" if scenario == "full" else "No space left on device") in told["reasons"][1]
    for stamps in told["stamps"]:
        assert stamps == list(range(stamps[0], stamps[0] + len(stamps)))
    assert told["stamps"][-1] == list(range(100))
    if scenario == "full":
        assert told["free_bytes"] >= 300_000


def test_a_disk_that_becomes_read_only_and_writable_again(tmp_path: Path) -> None:
    told = played_through("read_only", tmp_path)
    assert told["stamps"][-1] == list(range(100))
    assert len(told["stamps"]) == 2
    assert any("read-only" in reason for reason in told["reasons"])


def test_a_disk_that_is_unmounted_leaves_a_mount_point_that_gets_nothing(tmp_path: Path) -> None:
    told = played_through("unmounted", tmp_path)
    assert told["stamps"] == []
    assert told["kinds"][-1] == "write_failure"
