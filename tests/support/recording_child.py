"""Recorders in processes of their own, that are killed at random moments."""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from recordings.lane import Pace
from recordings.recorder import Plan
from recordings.rules.cutting import Cutting, turn_of
from streaming.media.packet import Codec, MediaPacket, Role, StreamKey, Tracks
from tests.support import footage
from tests.support.recording_rig import QUICK, Rig, in_steps
from tests.support.stamps import stamped

STEP_MS = 100
REAL_TIME_STEP_MS = 40
SEGMENT_MS = 5_000
_KINDS: tuple[tuple[Codec, Codec | None, int], ...] = (
    (Codec.H264, None, 25),
    (Codec.H264, Codec.AAC, 50),
    (Codec.H264, Codec.PCMA, 25),
    (Codec.H265, Codec.OPUS, 25),
    (Codec.MJPEG, None, 1),
    (Codec.H264, Codec.AAC, 10),
)


def kind_of(number: int) -> tuple[Tracks, int]:
    """Tracks and the distance of keyframes of the n-th stream: all that there are, in turn."""
    codec, audio, gop = _KINDS[number % len(_KINDS)]
    return footage.tracks(codec, audio=audio), gop


def sent_by(number: int, seconds: float, start_ms: int) -> Iterator[MediaPacket]:
    """What the n-th stream sends: the same whenever it is asked for. Streams are out of step with each other."""
    of, gop = kind_of(number)
    return stamped(footage.packets(seconds, of=of, gop=gop, start_ms=start_ms + number * 37 % 1000), of.video.codec)


@dataclass(frozen=True, slots=True)
class Killed:
    """Where it recorded, and up to when (media time in ms) everything had been handed to the recorder when it was killed."""

    directory: Path
    start_ms: int
    sent_until_ms: int
    steps: int


def kill_one(directory: Path, *, streams: int, seconds: float, chance: random.Random, is_real_time: bool = False) -> Killed:
    """Forks, so there must be no other thread in this process."""
    read_end, write_end = os.pipe()
    start_ms = time.time_ns() // 1_000_000 if is_real_time else footage.START_MS
    child = os.fork()
    if child == 0:
        os.close(read_end)
        try:
            record(directory, streams=streams, seconds=2 * seconds, start_ms=start_ms, is_real_time=is_real_time, say=write_end)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(write_end)
    steps = chance.randrange(3, int(seconds * 1000) // (REAL_TIME_STEP_MS if is_real_time else STEP_MS) - 3)
    told: list[str] = []
    with os.fdopen(read_end) as lines:
        for line in lines:
            told.append(line)
            if len(told) == steps:
                time.sleep(chance.uniform(0, 0.02))
                os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "it ended by itself"
    return Killed(directory, start_ms, int(told[-1]), len(told))


def record(directory: Path, *, streams: int, seconds: float, start_ms: int, is_real_time: bool, say: int) -> None:
    """Fed as fast as the recorder writes, one step after the other; or as fast as time passes."""
    rig = Rig(directory, pace=Pace() if is_real_time else QUICK)
    keys = {StreamKey(number + 1, Role.MAIN): number for number in range(streams)}
    turns = {stream: turn_of(stream.camera_id, "main", SEGMENT_MS) for stream in keys}
    rig.plan({stream: Plan((rig.directory,), Cutting(SEGMENT_MS, turn_ms=turns[stream])) for stream in keys})
    step_ms = REAL_TIME_STEP_MS if is_real_time else STEP_MS
    with rig.running() as recorder:
        for stream, number in keys.items():
            recorder.announce(stream, kind_of(number)[0])
        for step, packets in enumerate(in_steps({s: sent_by(n, seconds, start_ms) for s, n in keys.items()}, step_ms), 1):
            if is_real_time:
                time.sleep(max((start_ms + step * step_ms) / 1000 - time.time(), 0))
            for stream, packet in packets:
                rig.write(stream, packet)
            if not is_real_time:
                rig.settle()
            os.write(say, f"{start_ms + step * step_ms}\n".encode())


def main() -> None:
    """`python -m tests.support.recording_child DIRECTORY --kills 6 --seed 1`: a JSON line for each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=Path)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--streams", type=int, default=len(_KINDS))
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--real-time", action="store_true")
    given = parser.parse_args()
    for number in range(given.streams):
        list(sent_by(number, 3, footage.START_MS))  # encoded once, before the first fork
    for number in range(given.kills):
        chance = random.Random(f"{given.seed} {number}")
        killed = kill_one(
            given.directory / str(number), streams=given.streams, seconds=given.seconds, chance=chance, is_real_time=given.real_time
        )
        found = asdict(killed) | {"directory": str(killed.directory)}
        os.write(sys.stdout.fileno(), f"{json.dumps(found)}\n".encode())


if __name__ == "__main__":
    main()
