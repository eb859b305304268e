"""What a WebSocket viewer costs: 50 and 200 of one camera, 16 cameras with 3 each, on `manage.py web` and, given its binary, on go2rtc.

Both get the same stream from the same RTSP camera, one after the other. Counted are the serving processes only, never the viewers;
go2rtc reads the camera itself, so where every camera is watched ours is also given with ingest and Redis. Our viewers acknowledge four
times a second as the player does. `python -m bench.viewers --go2rtc PATH`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench._installation import ROOT, Installation, cpu_s, free_port, installation, process, rss_kb, wait_for_http

RESULTS = Path(__file__).parent / "results"
CAMERAS = 16
CASES = {"50 of one": [1] * 50, "200 of one": [1] * 200, "16 cameras x 3": list(range(1, CAMERAS + 1)) * 3}
_HELLO = json.dumps({"type": "mse", "value": "avc1.640029,avc1.64002A,avc1.640033,hvc1.1.6.L153.B0,mp4a.40.2,mp4a.40.5,flac,opus"})
Row = dict[str, Any]


@contextmanager
def load(plan: dict[str, Any]) -> Iterator[Callable[[], dict[str, Any]]]:
    """Yields a function that tells what came since it was called last."""
    command = [sys.executable, "-m", "bench._ws_load"]
    viewers = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert viewers.stdin and viewers.stdout
    reader, writer = viewers.stdout, viewers.stdin

    def ask() -> dict[str, Any]:
        writer.write("\n")
        writer.flush()
        found: dict[str, Any] = json.loads(reader.readline())
        return found

    try:
        writer.write(json.dumps(plan) + "\n")
        writer.flush()
        assert reader.readline() == "ready\n", "the viewers did not get their pictures"
        yield ask
    finally:
        writer.close()
        viewers.wait(20)


def measure(plan: dict[str, Any], pids: dict[str, int], seconds: float) -> Row:
    """`pids` names the process that serves ("server"), and others whose cost is given apart.

    Memory is that of each viewer after the first of its camera; what the first one takes with it (the group of pictures kept for
    newcomers) is given per camera.
    """
    server, count = pids["server"], len(plan["targets"])
    idle_kb = rss_kb(server)
    firsts = list({target["path"]: target for target in plan["targets"]}.values())
    with load(plan | {"targets": firsts}):
        time.sleep(3)
        before_kb = rss_kb(server)
    with load(plan) as ask:
        time.sleep(3)
        ask()
        start_s, start = time.monotonic(), {name: cpu_s(pid) for name, pid in pids.items()}
        time.sleep(seconds)
        found = ask()
        span_s, used_s = time.monotonic() - start_s, {name: cpu_s(pid) - start[name] for name, pid in pids.items()}
        after_kb = rss_kb(server)
    row: Row = {
        "viewers": count,
        "messages_per_viewer_s": found["messages"] / count / span_s,
        "least_per_viewer_s": found["least"] / span_s,
        "kb_per_message": found["bytes"] / found["messages"] / 1000,
        "us_per_message": 1e6 * used_s["server"] / found["messages"],
        "core_percent": 100 * used_s["server"] / span_s,
        "kb_per_viewer": max(0, after_kb - before_kb) / (count - len(firsts)),
        "kb_per_camera": (before_kb - idle_kb) / len(firsts),
        "rss_mb": after_kb / 1000,
        "closed": found["closed"],
    }
    if len(firsts) == CAMERAS:
        row["us_per_message_all"] = 1e6 * sum(used_s.values()) / found["messages"]
    if found["delay_p50_ms"] is not None:
        row |= {name: found[name] for name in ("delay_p50_ms", "delay_p99_ms")}
    return {name: round(value, 2) if isinstance(value, float) else value for name, value in row.items()}


def our_plan(cameras: list[int], port: int, token: str, mode: str) -> dict[str, Any]:
    return {
        "targets": [{"port": port, "path": f"/ws/live/camera-{number}/?mode={mode}"} for number in cameras],
        "headers": [f"Authorization: Bearer {token}"],
        "has_header": True,
        "acknowledges": True,
    }


def go2rtc_plan(cameras: list[int], port: int) -> dict[str, Any]:
    targets = [{"port": port, "path": f"/api/ws?src=camera-{number}"} for number in cameras]
    return {"targets": targets, "headers": [], "hello": _HELLO, "has_header": False, "acknowledges": False}


def ours(place: Installation, seconds: float) -> Iterator[Row]:
    with process([sys.executable, "manage.py", "ingest"], place.environment) as ingest:
        for mode in ("h264", "mse"):
            for name, cameras in CASES.items():
                port = free_port()
                web = [sys.executable, "manage.py", "web", "--bind", "127.0.0.1", "--port", str(port)]
                with process(web, place.environment) as server:
                    wait_for_http(f"http://127.0.0.1:{port}/healthz")
                    warm_up(our_plan([1], port, place.token, mode))
                    pids = {"server": server.pid, "ingest": ingest.pid, "redis": place.redis_pid}
                    yield {"server": f"web {mode}", "case": name} | measure(our_plan(cameras, port, place.token, mode), pids, seconds)


def go2rtc(binary: Path, place: Installation, seconds: float) -> Iterator[Row]:
    for name, cameras in CASES.items():
        port = free_port()
        streams = {f"camera-{number}": f"rtsp://127.0.0.1:{place.camera_port}/cam{number}" for number in set(cameras)}
        config = {
            "api": {"listen": f"127.0.0.1:{port}"},
            "rtsp": {"listen": ""},
            "webrtc": {"listen": ""},
            "srtp": {"listen": ""},
            "log": {"level": "error"},
            "streams": streams,
        }
        with TemporaryDirectory() as directory:
            path = Path(directory) / "go2rtc.yaml"
            path.write_text(json.dumps(config))
            with process([str(binary), "-config", str(path)]) as server:
                wait_for_http(f"http://127.0.0.1:{port}/api")
                warm_up(go2rtc_plan([1], port))
                yield {"server": "go2rtc mse", "case": name} | measure(go2rtc_plan(cameras, port), {"server": server.pid}, seconds)


def warm_up(plan: dict[str, Any]) -> None:
    """One viewer, so that what every process needs once is not put down to the viewers."""
    with load(plan):
        time.sleep(1)


def show(rows: list[Row]) -> None:
    columns = [
        "server",
        "case",
        "messages_per_viewer_s",
        "us_per_message",
        "us_per_message_all",
        "core_percent",
        "kb_per_viewer",
        "kb_per_camera",
        "rss_mb",
        "delay_p50_ms",
    ]
    print("".join(f"{name.replace('_per_', '/'):>22}" for name in columns))
    for row in rows:
        print("".join(f"{row.get(name, '')!s:>22}" for name in columns), flush=True)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--go2rtc", type=Path, help="its binary; without it that part is left out")
    options.add_argument("--seconds", type=float, default=15)
    options.add_argument("--clip", default="h264_720p30")
    chosen = options.parse_args()
    load_before = os.getloadavg()[0]
    rows: list[Row] = []
    with ExitStack() as stack:
        place = stack.enter_context(installation(CAMERAS, chosen.clip))
        for row in ours(place, chosen.seconds):
            rows.append(row)
            print(json.dumps(row), flush=True)
        if chosen.go2rtc:
            for row in go2rtc(chosen.go2rtc, place, chosen.seconds):
                rows.append(row)
                print(json.dumps(row), flush=True)
    show(rows)
    RESULTS.mkdir(exist_ok=True)
    about = {"python": platform.python_version(), "cores": os.cpu_count(), "load_before": round(load_before, 2), "clip": chosen.clip}
    (RESULTS / "viewers.json").write_text(json.dumps(about | {"rows": rows}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
