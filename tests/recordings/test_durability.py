"""What is left after a kill and after a power cut: everything but the last two seconds, in files that play."""

from __future__ import annotations

import json
import subprocess
import sys
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import av
import pytest

from recordings import stream_writer
from recordings.recorder import Plan
from recordings.rules.cutting import Cutting, turn_of
from recordings.segment_file import scan_file
from streaming.media.packet import MediaPacket, Role, StreamKey
from tests.support.footage import START_MS
from tests.support.recording_child import STEP_MS, kind_of, sent_by
from tests.support.recording_rig import Rig, WatchedFile, in_steps
from tests.support.stamps import MARK, stamps_in

MAY_BE_LOST_MS = 2_000
SECONDS = 24.0


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_killed_recorder_leaves_all_but_the_last_two_seconds(seed: int, tmp_path: Path) -> None:
    """Eight kills each. Many more, and in real time: bench/durability.py."""
    command = [sys.executable, "-m", "tests.support.recording_child", str(tmp_path), "--kills", "8", "--seed", str(seed), "--seconds", "20"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    killed = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(killed) == 8
    for one in killed:
        with Rig(Path(one["directory"])).running():
            """What the next recorder does first: it cuts off what is torn, and names what has no name."""
        for number in range(6):
            files = sorted((Path(one["directory"]) / "footage" / f"camera-{number + 1}").rglob("*.mp4"))
            assert_only_the_newest_is_missing(files, pictures_of(number), one["sent_until_ms"])
            for path in files[-2:]:
                assert_plays(path)


def test_a_power_cut_at_any_moment_leaves_all_but_the_last_two_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """240 of them: what is on the disk for certain is known from the syncs that have returned."""
    monkeypatch.setattr(stream_writer, "SegmentFile", WatchedFile)
    monkeypatch.setattr(WatchedFile, "made", [])
    rig, streams = Rig(tmp_path), {StreamKey(number + 1, Role.MAIN): number for number in range(6)}
    rig.plan({stream: Plan((rig.directory,), Cutting(5_000, turn_ms=turn_of(stream.camera_id, "main", 5_000))) for stream in streams})
    cuts: list[tuple[int, dict[Path, int]]] = []
    with rig.running() as recorder:
        for stream, number in streams.items():
            recorder.announce(stream, kind_of(number)[0])
        for step, packets in enumerate(
            in_steps({stream: sent_by(number, SECONDS, START_MS) for stream, number in streams.items()}, STEP_MS), 1
        ):
            for stream, packet in packets:
                rig.write(stream, packet)
            rig.settle()
            cuts.append((START_MS + step * STEP_MS, {file.path: file.synced_bytes for file in WatchedFile.made}))
            rig.wait_until(lambda: all(file.synced_bytes in (0, file.size_bytes) for file in WatchedFile.made))
    assert len(cuts) >= 240
    contents = {path.relative_to(rig.directory.path): Content.of(path) for path in rig.files()}
    for sent_until_ms, synced in cuts:
        for stream, number in streams.items():
            found = [
                stamp
                for path, size in synced.items()
                if path.parts[0] == f"camera-{stream.camera_id}"
                for stamp in contents[path].within(size)
            ]
            assert_all_but_the_newest(sorted(found), pictures_of(number), sent_until_ms)


@dataclass(frozen=True, slots=True)
class Content:
    """Where each fragment ends, and how many of the file's pictures there are up to it."""

    ends: list[int]
    stamps: list[list[int]]

    @classmethod
    def of(cls, path: Path) -> Content:
        fragments = scan_file(path).fragments
        numbers, counts = stamps_in(path), pictures_per_fragment(path)
        parts = [numbers[sum(counts[:at]) : sum(counts[: at + 1])] for at in range(len(counts))]
        return cls([fragment.offset_bytes + fragment.size_bytes for fragment in fragments], parts)

    def within(self, size: int) -> list[int]:
        return [stamp for part in self.stamps[: bisect_right(self.ends, size)] for stamp in part]


def pictures_per_fragment(path: Path) -> list[int]:
    data = path.read_bytes()
    return [data[f.offset_bytes : f.offset_bytes + f.size_bytes].count(MARK) for f in scan_file(path).fragments]


@cache
def pictures_of(number: int) -> list[MediaPacket]:
    return [packet for packet in sent_by(number, SECONDS, START_MS) if packet.track == "video"]


def assert_only_the_newest_is_missing(files: list[Path], sent: list[MediaPacket], sent_until_ms: int) -> None:
    found = []
    for path in files:
        numbers = stamps_in(path)
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), f"{path} has a hole"
        found += numbers
    assert_all_but_the_newest(found, sent, sent_until_ms)


def assert_all_but_the_newest(found: list[int], pictures: list[MediaPacket], sent_until_ms: int) -> None:
    expected = sum(picture.captured_at_ms <= sent_until_ms - MAY_BE_LOST_MS for picture in pictures)
    missing = set(range(expected)) - set(found)
    assert not missing, f"{len(missing)} pictures that are older than two seconds are missing"
    assert len(found) == len(set(found))


def assert_plays(path: Path) -> None:
    """A torn last fragment is what a crash leaves; FFmpeg plays what is in front of it."""
    whole = scan_file(path)
    if not whole.fragments:
        return
    with av.open(str(path)) as container:
        decoded = sum(1 for _ in container.decode(video=0))
    assert decoded >= sum(pictures_per_fragment(path))
