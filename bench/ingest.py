"""What it costs to keep cameras open: demux and publish to a real Redis, 32 cameras of 1080p30 at 4 Mbit/s in one process.

The cameras and Redis run in processes of their own, whose cost is not counted. `python -m bench.ingest --cameras 32 --seconds 20`.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import platform
import random
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import uvloop

from cameras.stream_url import Credentials, parse_stream_url
from streaming.bus.redis import RedisPublisher
from streaming.ingest.fanout import Fanout
from streaming.ingest.gate import ConnectGate
from streaming.ingest.source import first_generation
from streaming.ingest.supervisor import IngestSupervisor
from streaming.ingest.worker import WantedStream, WorkerWorld
from streaming.media.packet import MediaPacket, Role, StreamKey, Tracks
from tests.support.redis_server import running_redis

RESULTS = Path(__file__).parent / "results"
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Meter:
    """A sink that counts and notes how long packets were under way."""

    def __init__(self) -> None:
        self.packets = 0
        self.data_bytes = 0
        self.live: set[StreamKey] = set()

    def announce(self, stream: StreamKey, tracks: Tracks) -> None:
        self.live.add(stream)

    def write(self, stream: StreamKey, packet: MediaPacket) -> None:
        self.packets += 1
        self.data_bytes += len(packet.data)


def rss_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def cameras(count: int, clip: str) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "tests.support.rtsp_camera", "--port", str(port), "--clip", clip, "--mounts", str(count)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout
        process.stdout.readline()
        yield port
    finally:
        process.terminate()
        process.wait(10)


async def measure(redis_url: str, port: int, count: int, seconds: float, transport: str, publishes: bool) -> dict[str, float]:
    meter = Meter()
    publisher = RedisPublisher(redis_url, 10_000)
    await publisher.start()
    sinks = [meter, publisher] if publishes else [meter]
    world = WorkerWorld(
        Fanout(sinks, time.monotonic),
        lambda *_: None,
        ConnectGate(8),
        random.random,
        lambda: first_generation(time.time_ns() // 1_000_000),
    )
    wanted = [
        WantedStream(
            StreamKey(number, Role.MAIN),
            f"camera {number}",
            parse_stream_url(f"rtsp://127.0.0.1:{port}/cam{number}"),
            Credentials(),
            transport,
        )
        for number in range(1, count + 1)
    ]

    async def load() -> list[WantedStream]:
        return wanted

    gc.collect()
    gc.freeze()
    before_bytes = rss_bytes()
    stopping = asyncio.Event()
    running = asyncio.create_task(IngestSupervisor(load, world).run(stopping))
    async with asyncio.timeout(60):
        while len(meter.live) < count:
            await asyncio.sleep(0.1)
    await asyncio.sleep(5)
    start_s, start_cpu_s, start_packets, start_data = time.monotonic(), time.process_time(), meter.packets, meter.data_bytes
    await asyncio.sleep(seconds)
    span_s, cpu_s = time.monotonic() - start_s, time.process_time() - start_cpu_s
    packets = meter.packets - start_packets
    result = {
        "cpu_percent_per_camera": 100 * cpu_s / span_s / count,
        "rss_mb_per_camera": (rss_bytes() - before_bytes) / count / 1e6,
        "rss_mb": rss_bytes() / 1e6,
        "us_per_packet": 1e6 * cpu_s / packets,
        "packets_per_second": packets / span_s / count,
        "mbit_per_second": (meter.data_bytes - start_data) * 8e-6 / span_s / count,
        "dropped": publisher.counters.dropped,
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
    }
    stopping.set()
    await running
    await publisher.aclose()
    return result


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cameras", type=int, default=32)
    options.add_argument("--seconds", type=float, default=20.0)
    options.add_argument("--clip", default="h264_1080p30")
    options.add_argument("--transport", choices=["tcp", "udp"], default="tcp")
    options.add_argument("--no-bus", action="store_true", help="demux only")
    chosen = options.parse_args()
    with running_redis(maxmemory_mb=2048) as redis_url, cameras(chosen.cameras, chosen.clip) as port:
        load = os.getloadavg()[0]
        result = uvloop.run(measure(redis_url, port, chosen.cameras, chosen.seconds, chosen.transport, not chosen.no_bus))
    row = {
        "case": "ingest",
        "cameras": chosen.cameras,
        "clip": chosen.clip,
        "transport": chosen.transport,
        "publishes": not chosen.no_bus,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load_before": round(load, 2),
        **{name: round(value, 3) for name, value in result.items()},
    }
    for name, value in row.items():
        print(f"{name:>24}  {value}")
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"ingest-{chosen.transport}{'-demux' if chosen.no_bus else ''}.json").write_text(json.dumps(row, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
