"""What it costs to record: 64 cameras of 1080p30 at 4 Mbit/s into one recorder on this disk, in real time.

`python -m bench.recording --cameras 64 --seconds 40 --directory /mnt/disk`. Every picture is numbered and looked for in the files
afterwards. At risk is what a power cut would cost: footage that is received but not yet synced. The feeding thread's CPU is not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import re
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from recordings.lane import Lane, Pace
from recordings.recorder import Plan
from recordings.rules.cutting import Cutting, turn_of
from recordings.segment_file import scan_file
from streaming.media import h264
from streaming.media.packet import Codec, MediaPacket, Role, StreamKey, Tracks
from tests.support import footage
from tests.support.recording_rig import Rig
from tests.support.stamps import MARK, stamped

RESULTS = Path(__file__).parent / "results"
FPS = 30
GOP = 60
BITS_PER_SECOND = 4_000_000
_TICK_S = 0.01
_CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
_STAMP = re.compile(re.escape(MARK) + rb"(\d{12})")


def pictures(of: Tracks) -> list[bytes]:
    """One group of pictures that weighs what it should; slices of noise behind real parameter sets."""
    bytes_per_gop = BITS_PER_SECOND // 8 * GOP // FPS
    key = bytes_per_gop // 8
    other = (bytes_per_gop - key) // (GOP - 1)
    chance = random.Random(1)
    sizes = [key] + [other] * (GOP - 1)
    slices = [bytes([0x65 if n == 0 else 0x41]) + chance.randbytes(size).replace(b"\0", b"\1") for n, size in enumerate(sizes)]
    sets = list(of.video.parameter_sets)
    return [h264.annexb([b"\x09\xf0", *(sets if n == 0 else []), piece]) for n, piece in enumerate(slices)]


def camera(number: int, seconds: float, start_ms: int, audio: Codec | None) -> tuple[Tracks, Iterator[MediaPacket]]:
    of = footage.tracks(audio=audio)
    units, first_ms = pictures(of), start_ms + number * 1000 // FPS % 2000

    def video() -> Iterator[MediaPacket]:
        for n in range(int(seconds * FPS)):
            pts_90k = first_ms * 90 + n * 3000
            yield MediaPacket("video", 1, pts_90k, pts_90k, 3000, n % GOP == 0, pts_90k // 90, units[n % GOP])

    def both() -> Iterator[MediaPacket]:
        sound = (p for p in footage.packets(seconds, of=of, start_ms=first_ms) if p.track == "audio")
        waiting = next(sound, None)
        for packet in video():
            while waiting is not None and waiting.pts_90k < packet.pts_90k:
                yield waiting
                waiting = next(sound, None)
            yield packet

    return of, stamped(both() if audio else video(), Codec.H264)


def thread_cpu_s() -> dict[str, float]:
    """By the thread's name."""
    found: dict[str, float] = defaultdict(float)
    for thread in threading.enumerate():
        fields = Path(f"/proc/self/task/{thread.native_id}/stat").read_text().rpartition(")")[2].split()
        found[thread.name] += (int(fields[11]) + int(fields[12])) / _CLOCK_TICKS
    return found


@dataclass
class Watch(threading.Thread):
    """Ten times a second: how old is the oldest footage that a power cut would cost, and how far is the writer behind?"""

    lane: Lane
    at_risk_ms: list[int] = field(default_factory=list)
    lag_ms: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.stopping = threading.Event()

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        while not self.stopping.wait(0.1):
            now_ms = time.time_ns() // 1_000_000
            states = list(self.lane._writer._streams.values())
            ages = [now_ms - s.writer.segment.synced_until_ms for s in states if s.writer.segment is not None]
            if ages:
                self.at_risk_ms.append(max(ages))
                self.lag_ms.append(self.lane.figures.lag_ms)


def percentile(values: list[int], share: float) -> int:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)] if values else 0


def feed(rig: Rig, cameras: dict[StreamKey, Iterator[MediaPacket]], seconds: float, start_ms: int) -> tuple[int, int]:
    """In real time. Packets and bytes."""
    waiting = {stream: next(packets) for stream, packets in cameras.items()}
    packets = size = 0
    while waiting and time.time() * 1000 < start_ms + seconds * 1000:
        now_ms = time.time_ns() // 1_000_000
        for stream in list(waiting):
            while stream in waiting and waiting[stream].captured_at_ms <= now_ms:
                packet = replace(waiting.pop(stream), captured_at_ms=now_ms)
                rig.recorder.write(stream, packet)
                packets, size = packets + 1, size + len(packet.data)
                if (following := next(cameras[stream], None)) is not None:
                    waiting[stream] = following
        time.sleep(_TICK_S)
    return packets, size


def missing_pictures(root: Path, streams: list[StreamKey]) -> tuple[int, int, int]:
    """(pictures found, missing in between or at the beginning, bytes of all files)."""
    found = missing = size = 0
    for stream in streams:
        numbers: list[int] = []
        for path in sorted((root / f"camera-{stream.camera_id}").rglob("*.mp4")):
            data = path.read_bytes()
            assert scan_file(path).whole_bytes == len(data)
            numbers += [int(match) for match in _STAMP.findall(data)]
            size += len(data)
        found += len(numbers)
        missing += numbers[0] + sum(after - before - 1 for before, after in pairwise(numbers)) if numbers else 0
    return found, missing, size


def measure(directory: Path, cameras: int, seconds: float, sound: bool) -> dict[str, float]:
    rig = Rig(directory, pace=Pace())
    streams = [StreamKey(number + 1, Role.MAIN) for number in range(cameras)]
    rig.plan({s: Plan((rig.directory,), Cutting(20_000, turn_ms=turn_of(s.camera_id, "main", 20_000))) for s in streams})
    kinds = [Codec.AAC, Codec.PCMA] if sound else [None]
    start_ms = time.time_ns() // 1_000_000 + 500
    made = {stream: camera(number, seconds, start_ms, kinds[number % len(kinds)]) for number, stream in enumerate(streams)}
    with rig.running() as recorder:
        for stream, (of, _) in made.items():
            recorder.announce(stream, of)
        (lane,) = recorder._lanes.values()
        watch, before, begun_s = Watch(lane), thread_cpu_s(), time.monotonic()
        watch.start()
        packets, received = feed(rig, {stream: packets for stream, (_, packets) in made.items()}, seconds, start_ms)
        took_s, after = time.monotonic() - begun_s, thread_cpu_s()
        watch.stopping.set()
        watch.join()
        (report,) = recorder.reports()
    names = [name for name in after if name.startswith("recorder-")]
    cpu_s = sum(after[name] - before.get(name, 0) for name in names)
    found, missing, written = missing_pictures(rig.directory.path, streams)
    return {
        "cameras": cameras,
        "with_sound": sound,
        "seconds": round(took_s, 1),
        "packets": packets,
        "lost_packets": report.dropped_packets + missing,
        "pictures_found": found,
        "write_failures": report.figures.failures,
        "received_mbit_per_s": round(received * 8 / took_s / 1e6, 1),
        "cpu_percent_of_a_core_per_camera": round(cpu_s / took_s / cameras * 100, 3),
        "cpu_percent_of_a_core": round(cpu_s / took_s * 100, 1),
        "bytes_written_per_received": round(written / received, 5),
        "lag_ms_p50": percentile(watch.lag_ms, 0.5),
        "lag_ms_p99": percentile(watch.lag_ms, 0.99),
        "at_risk_ms_p50": percentile(watch.at_risk_ms, 0.5),
        "at_risk_ms_p99": percentile(watch.at_risk_ms, 0.99),
        "at_risk_ms_most": max(watch.at_risk_ms, default=0),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cameras", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--directory", type=Path)
    given = parser.parse_args()
    results = []
    for sound in (False, True):
        with tempfile.TemporaryDirectory(prefix="nvr-bench-", dir=given.directory) as directory:
            results.append(measure(Path(directory), given.cameras, given.seconds, sound))
        print(json.dumps(results[-1], indent=2))
    machine = {"python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count(), "load_before": os.getloadavg()}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "recording.json").write_text(json.dumps({"machine": machine, "results": results}, indent=2) + "\n")


if __name__ == "__main__":
    main()
