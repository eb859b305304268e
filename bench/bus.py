"""What the media bus costs: CPU time per packet to publish and to read, and how long a packet is under way.

A writer and a reader process, 16 streams of 30 pictures a second of 16.7 KB (4 Mbit/s each), a real Redis on a unix socket whose own CPU
time is counted too. `python -m bench.bus --streams 16 --seconds 8`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import redis
import uvloop

from streaming.bus.redis import RedisPublisher, RedisReader
from streaming.media.packet import Codec, MediaPacket, Role, StreamKey, Tracks, VideoTrack
from tests.support.redis_server import running_redis

RESULTS = Path(__file__).parent / "results"
FPS, GOP, PACKET_BYTES, WINDOW_MS = 30, 60, 16_700, 10_000
TRACKS = Tracks(1, VideoTrack(Codec.H264, 1920, 1080, "avc1.640028", (b"\x67" + bytes(30), b"\x68" + bytes(4))))


async def write(url: str, streams: int, seconds: float) -> dict[str, Any]:
    """Packets are spread evenly over time, as those of many cameras are."""
    publisher = RedisPublisher(url, WINDOW_MS)
    await publisher.start()
    keys = [StreamKey(number, Role.MAIN) for number in range(1, streams + 1)]
    for key in keys:
        publisher.announce(key, TRACKS)
    data = os.urandom(PACKET_BYTES)
    loop = asyncio.get_running_loop()
    total, interval_s = int(streams * FPS * seconds), 1 / (streams * FPS)
    started_s, began_cpu_s = loop.time(), time.process_time()
    for index in range(total):
        wait_s = started_s + index * interval_s - loop.time()
        if wait_s > 0:
            await asyncio.sleep(wait_s)
        number, stream = divmod(index, streams)
        pts = time.monotonic_ns() // 1000  # so that the reader can tell how long it was under way
        publisher.write(keys[stream], MediaPacket("video", 1, pts, pts, 3000, number % GOP == 0, time.time_ns() // 1_000_000, data))
    with_pacing_s = time.process_time() - began_cpu_s
    await publisher.aclose()
    pacing_s = await idle_pacing(total, interval_s)
    return {
        "packets": total,
        "us_per_packet": 1e6 * (with_pacing_s - pacing_s) / total,
        "us_per_packet_with_pacing": 1e6 * with_pacing_s / total,
        "dropped": publisher.counters.dropped,
    }


async def idle_pacing(total: int, interval_s: float) -> float:
    """What the benchmark's own sleeping costs, to be taken off."""
    loop = asyncio.get_running_loop()
    rounds = min(total, 2000)
    started_s, began_cpu_s = loop.time(), time.process_time()
    for index in range(rounds):
        wait_s = started_s + index * interval_s - loop.time()
        if wait_s > 0:
            await asyncio.sleep(wait_s)
    return (time.process_time() - began_cpu_s) * total / rounds


async def read(url: str, streams: int, seconds: float) -> dict[str, Any]:
    reader, delays_us = RedisReader(url), list[int]()

    async def follow(stream: StreamKey) -> None:
        async for item in reader.read(stream):
            if isinstance(item, MediaPacket):
                delays_us.append(time.monotonic_ns() // 1000 - item.pts_90k)

    tasks = [asyncio.create_task(follow(StreamKey(number, Role.MAIN))) for number in range(1, streams + 1)]
    while not delays_us:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.5)
    delays_us.clear()
    began_cpu_s = time.process_time()
    await asyncio.sleep(seconds)
    cpu_s = time.process_time() - began_cpu_s
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    quantiles = statistics.quantiles(delays_us, n=100)
    return {
        "packets": len(delays_us),
        "us_per_packet": 1e6 * cpu_s / len(delays_us),
        "delay_p50_ms": quantiles[49] / 1000,
        "delay_p99_ms": quantiles[98] / 1000,
    }


def measure(streams: int, seconds: float) -> dict[str, Any]:
    with running_redis(maxmemory_mb=1024) as url:
        base = [sys.executable, "-m", "bench.bus", "--url", url, "--streams", str(streams)]
        reading = subprocess.Popen([*base, "--role", "read", "--seconds", str(seconds)], stdout=subprocess.PIPE)
        writing = subprocess.Popen([*base, "--role", "write", "--seconds", str(seconds + 2)], stdout=subprocess.PIPE)
        outputs = [process.communicate()[0] for process in (writing, reading)]
        with redis.Redis.from_url(url) as client:
            cpu = client.info("cpu")
            memory = client.info("memory")
    written, was_read = (json.loads(output) for output in outputs)
    return {
        "streams": streams,
        "write": written,
        "read": was_read,
        "redis_us_per_packet": 1e6 * (cpu["used_cpu_user"] + cpu["used_cpu_sys"]) / written["packets"],
        "redis_peak_mb": memory["used_memory_peak"] / 1e6,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--streams", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--role", choices=["read", "write"])
    parser.add_argument("--url")
    options = parser.parse_args()
    if options.role:
        work = write if options.role == "write" else read
        print(json.dumps(uvloop.run(work(options.url, options.streams, options.seconds))))
        return
    load = os.getloadavg()[0]
    result = {"case": "bus", "python": platform.python_version(), "cores": os.cpu_count(), "load_before": round(load, 2)}
    result |= measure(options.streams, options.seconds)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "bus.json").write_text(json.dumps(result, indent=1) + "\n")
    written, was_read = result["write"], result["read"]
    with_pacing = written["us_per_packet_with_pacing"]
    print(f"publish {written['us_per_packet']:6.1f} us a packet ({with_pacing:.1f} with pacing), {written['dropped']} dropped")
    print(f"read    {was_read['us_per_packet']:6.1f} us a packet")
    print(f"        under way {was_read['delay_p50_ms']:.2f} ms, p99 {was_read['delay_p99_ms']:.2f} ms")
    print(f"redis   {result['redis_us_per_packet']:6.1f} us a packet")


if __name__ == "__main__":
    main()
