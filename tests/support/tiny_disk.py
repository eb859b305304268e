"""A recorder on a file system of a megabyte that only this process sees: `unshare --mount python -m tests.support.tiny_disk SCENARIO DIR`.

Prints what was recorded, and what was told about it, as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from recordings.health import Condition
from recordings.recorder import Plan
from recordings.rules.cutting import Cutting
from tests.support import footage
from tests.support.footage import START_MS
from tests.support.recording_rig import STREAM, Rig
from tests.support.stamps import stamped, stamps_in

MOUNT_POINT = "footage"
LONG_S = 130


def mount(directory: Path) -> None:
    directory.mkdir(parents=True)
    _run("mount", "-t", "tmpfs", "-o", "size=1m", "none", str(directory))


class TinyDisk:
    """`before` what happens to the disk, and `after`, a recorder is fed; the second part begins when the directory is well again."""

    def __init__(self, root: Path, keep_free_bytes: int) -> None:
        mount(root / MOUNT_POINT)
        self.rig = Rig(root, keep_free_bytes=keep_free_bytes)
        self.rig.plan({STREAM: Plan((self.rig.directory,), Cutting(5_000))})
        self.mount_point = root / MOUNT_POINT
        self.of = footage.tracks()

    def feed(self, seconds: float, at_s: float) -> None:
        sent = footage.packets(seconds, of=self.of, start_ms=START_MS + round(at_s * 1000))
        self.rig.feed(self.of, stamped(sent, self.of.video.codec))
        self.rig.settle()

    def wait_for(self, condition: Condition) -> str:
        self.rig.wait_until(lambda: self.rig.recorder.reports()[0].state.condition is condition)
        return self.rig.recorder.reports()[0].state.reason

    def told(self) -> dict[str, object]:
        files = self.rig.files()
        return {
            "stamps": [stamps_in(path) for path in files],
            "kinds": self.rig.kinds(),
            "reasons": [note.reason for note in self.rig.notes()],
            "free_bytes": self.rig.directory.free_bytes(),
        }


def full(disk: TinyDisk) -> None:
    disk.feed(LONG_S, 0)
    disk.rig.wait_until(lambda: disk.rig.kinds()[-1:] == ["write_failure"])
    if disk.rig.keep_free_bytes:
        disk.wait_for(Condition.FULL)
    for path in disk.rig.files()[:4]:
        path.unlink()
    disk.wait_for(Condition.WELL)
    disk.feed(4, LONG_S)


def read_only(disk: TinyDisk) -> None:
    disk.feed(4, 0)
    disk.rig.recorder.interrupt(STREAM, "camera_down", "rebooting")  # a disk with open files can't be made read-only
    disk.rig.wait_until(lambda: any(news.is_finished for news in disk.rig.news))
    _run("mount", "-o", "remount,ro", str(disk.mount_point))
    disk.wait_for(Condition.FAILING)
    disk.feed(4, 10)
    _run("mount", "-o", "remount,rw", str(disk.mount_point))
    disk.wait_for(Condition.WELL)
    disk.feed(4, 20)


def unmounted(disk: TinyDisk) -> None:
    disk.feed(4, 0)
    disk.rig.wait_until(lambda: len(disk.rig.files()) == 1)
    _run("umount", "--lazy", str(disk.mount_point))
    disk.feed(8, 20)
    reason = disk.wait_for(Condition.FAILING)
    assert "not mounted" in reason, reason
    assert list(disk.mount_point.iterdir()) == []


SCENARIOS: dict[str, tuple[Callable[[TinyDisk], None], int]] = {
    "full": (full, 300_000),
    "no_space": (full, 0),
    "read_only": (read_only, 0),
    "unmounted": (unmounted, 0),
}


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


def main() -> None:
    scenario, keep_free_bytes = SCENARIOS[sys.argv[1]]
    disk = TinyDisk(Path(sys.argv[2]), keep_free_bytes)
    with disk.rig.running():
        scenario(disk)
    sys.stdout.write(json.dumps(disk.told()))


if __name__ == "__main__":
    main()
