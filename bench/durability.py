"""Recorders of 16 cameras killed at random moments, in real time: how much footage does a kill cost? `--kills 300` takes an hour.

After each kill another recorder is started and stopped on the same directory, as the supervisor would; then FFmpeg reads every file.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from streaming.media.packet import MediaPacket
from tests.support.recording_child import sent_by
from tests.support.recording_rig import Rig
from tests.support.stamps import stamps_in

RESULTS = Path(__file__).parent / "results"
MAY_BE_LOST_MS = 2_000


@cache
def pictures(number: int, seconds: float) -> list[MediaPacket]:
    """Times count from 0."""
    return [packet for packet in sent_by(number, seconds, 0) if packet.track == "video"]


def losses_ms(killed: dict[str, int | str], streams: int, seconds: float) -> list[int]:
    """Per stream: from the first picture that is missing to the kill. Raises AssertionError for a picture that nobody sent."""
    directory, start_ms, until_ms = Path(str(killed["directory"])), int(killed["start_ms"]), int(killed["sent_until_ms"])
    with Rig(directory).running():
        pass
    found = []
    for number in range(streams):
        files = (directory / "footage" / f"camera-{number + 1}").rglob("*.mp4")
        there = {stamp for path in files for stamp in stamps_in(path)}
        first_missing = next(picture for stamp, picture in enumerate(pictures(number, seconds)) if stamp not in there)
        found.append(max(until_ms - start_ms - first_missing.captured_at_ms, 0))
    return found


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--streams", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    lost: list[int] = []
    with tempfile.TemporaryDirectory(prefix="nvr-bench-") as directory:
        command = [sys.executable, "-m", "tests.support.recording_child", directory, "--real-time", "--kills", str(given.kills)]
        command += ["--streams", str(given.streams), "--seconds", str(given.seconds), "--seed", str(given.seed)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            for line in child.stdout:
                killed = json.loads(line)
                lost += losses_ms(killed, given.streams, 2 * given.seconds)
                subprocess.run(["rm", "-r", killed["directory"]], check=True)
                print(f"{len(lost) // given.streams} kills, at most {max(lost)} ms lost", flush=True)
    machine = {"python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count(), "load": os.getloadavg()}
    result = {
        "kills": given.kills,
        "streams": given.streams,
        "lost_ms_mean": round(sum(lost) / len(lost)),
        "lost_ms_most": max(lost),
        "streams_that_lost_more_than_two_seconds": sum(one > MAY_BE_LOST_MS for one in lost),
    }
    print(json.dumps(result, indent=2))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "durability.json").write_text(json.dumps({"machine": machine} | result, indent=2) + "\n")
    return 1 if result["streams_that_lost_more_than_two_seconds"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
