"""The network is cut while a camera turns: how long it takes until the camera stands still, read from the camera, and whether it moves
again when the network is back. Needs root, for network namespaces: the server in one, the camera in another, the person in a third.

    person ──veth── server (web, onvif, Redis) ──veth── camera

A link is cut at its far end (the camera's, the person's), as when a cable is pulled out there. The person lets
go when the camera stands still.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import queue
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.support.processes import wait_for
from tests.support.redis_server import running_redis
from tests.support.site import Site, running_site

HERE = Path(__file__).parent
SERVER, CAMERA, PERSON = (f"nvr-cut-{who}" for who in ("server", "camera", "person"))
# Of the server and of the other end.
CAMERA_NET, PERSON_NET = ("10.213.1.1", "10.213.1.2"), ("10.213.2.1", "10.213.2.2")
DEVICE_PORT = 8000
# A move that was under way when the network went may come to the camera when it is back: after short outages and long ones.
OUTAGES_S = (1.0, 3.0, 8.0)
WATCHED_FOR_S = 6.0
_SET_UP = """
from dataclasses import asdict
from cameras.models import Camera, OnvifDevice
from cameras.onvif.spaces import Abilities
from django.contrib.auth import get_user_model
from nvr.people.tokens import create_token
OnvifDevice.objects.create(camera=Camera.objects.get(), abilities=asdict(Abilities(turns=True)), **given)
answer = create_token(get_user_model().objects.get(username="alice"))
"""


class Device:
    """The camera's process, and what it told last."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self._lines = process.stdout
        self.credentials: dict[str, str] = json.loads(self._lines.readline())
        self._changes: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def next_change(self, *, is_moving: bool, within_s: float) -> float | None:
        """When it next began or ended to turn; None when it did not within that time."""
        until_s = time.monotonic() + within_s
        while (left_s := until_s - time.monotonic()) > 0:
            try:
                change = self._changes.get(timeout=left_s)
            except queue.Empty:
                break
            if change["is_moving"] is is_moving:
                return float(change["at_s"])
        return None

    def _read(self) -> None:
        for line in self._lines:
            self._changes.put(json.loads(line))


def run(*command: str) -> None:
    subprocess.run(command, check=True)


@contextmanager
def namespaces() -> Iterator[None]:
    made: list[str] = []
    try:
        for name in (SERVER, CAMERA, PERSON):
            run("ip", "netns", "add", name)
            made.append(name)
            run("ip", "-n", name, "link", "set", "lo", "up")
        for number, (far, (ours, theirs)) in enumerate(((CAMERA, CAMERA_NET), (PERSON, PERSON_NET))):
            run("ip", "-n", SERVER, "link", "add", f"near{number}", "type", "veth", "peer", "name", "far", "netns", far)
            run("ip", "-n", SERVER, "address", "add", f"{ours}/30", "dev", f"near{number}")
            run("ip", "-n", far, "address", "add", f"{theirs}/30", "dev", "far")
            run("ip", "-n", SERVER, "link", "set", f"near{number}", "up")
            run("ip", "-n", far, "link", "set", "far", "up")
        yield
    finally:
        for name in made:
            subprocess.run(["ip", "netns", "delete", name], check=False)


@contextmanager
def process_in(namespace: str, module: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = ["ip", "netns", "exec", namespace, sys.executable, "-m", f"bench.{module}", *arguments]
    started = subprocess.Popen(command, cwd=HERE.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield started
    finally:
        started.terminate()
        started.wait(10)


def hold(device: Device, person: subprocess.Popen[str]) -> None:
    """Until the camera turns: the first connection to it may take longer than a beat may be missing."""
    for _ in range(6):
        say(person, "hold")
        if device.next_change(is_moving=True, within_s=10) is not None:
            return
    raise AssertionError("the camera does not turn")


def say(person: subprocess.Popen[str], wish: str) -> None:
    assert person.stdin is not None
    print(wish, file=person.stdin, flush=True)


def cut(namespace: str, device: Device, person: subprocess.Popen[str], outage_s: float, chance: random.Random) -> dict[str, Any]:
    """One cut in mid-move. Seconds until the camera stood still, and whether it moved again after the person had let go."""
    hold(device, person)
    time.sleep(1 + chance.random() / 2)
    cut_s = time.monotonic()
    run("ip", "-n", namespace, "link", "set", "far", "down")
    still_s = device.next_change(is_moving=False, within_s=15)
    say(person, "release")
    time.sleep(outage_s)
    run("ip", "-n", namespace, "link", "set", "far", "up")
    again_s = device.next_change(is_moving=True, within_s=WATCHED_FOR_S + outage_s)
    still_after_s = None if still_s is None else round(still_s - cut_s, 3)
    return {"still_after_s": still_after_s, "outage_s": outage_s, "moved_again": again_s is not None}


def measured(site: Site, stack: ExitStack, cuts: int) -> dict[str, Any]:
    device = Device(stack.enter_context(process_in(CAMERA, "_cut_device", CAMERA_NET[1], str(DEVICE_PORT))))
    address = f"http://{CAMERA_NET[1]}:{DEVICE_PORT}/onvif/device_service"
    token = site.python(_SET_UP, address=address, **device.credentials)
    site.start("onvif")
    url = f"ws://{PERSON_NET[0]}:{site.port}/ws/ptz/yard/"
    person = stack.enter_context(process_in(PERSON, "_cut_person", url, token))
    found, chance = {}, random.Random(1)
    for name, namespace in (("server and camera", CAMERA), ("person and server", PERSON)):
        found[name] = []
        for number in range(cuts):
            found[name].append(cut(namespace, device, person, OUTAGES_S[number % len(OUTAGES_S)], chance))
            print(name, found[name][-1], flush=True)
    return {name: summed_up(results) for name, results in found.items()}


def summed_up(cuts: list[dict[str, Any]]) -> dict[str, Any]:
    seconds = sorted(one["still_after_s"] for one in cuts if one["still_after_s"] is not None)
    return {
        "cuts": len(cuts),
        "never_still": len(cuts) - len(seconds),
        "still_after_s_median": seconds[len(seconds) // 2] if seconds else None,
        "still_after_s_most": seconds[-1] if seconds else None,
        "moved_again": sum(one["moved_again"] for one in cuts),
    }


def inside(cuts: int) -> int:
    """In the server's namespace."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nvr-bench-")))
        site = stack.enter_context(running_site(directory, stack.enter_context(running_redis()), ("Yard",)))
        site.stop("web")
        site.start("web", "--bind", "0.0.0.0", "--port", str(site.port))
        wait_for(site.answers, seconds=90, what="the web process")
        results = measured(site, stack, cuts)
    machine = {"python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count(), "load": os.getloadavg()}
    print(json.dumps(results, indent=2))
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "ptz_cut.json").write_text(json.dumps({"machine": machine} | results, indent=2) + "\n")
    return int(any(one["never_still"] or one["moved_again"] or one["still_after_s_most"] >= 1 for one in results.values()))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cuts", type=int, default=9)
    parser.add_argument("--inside", action="store_true", help="for this program's own use")
    given = parser.parse_args()
    if os.geteuid() != 0:
        print("ptz_cut needs root: it makes network namespaces. It is left out.", file=sys.stderr)
        return 0
    if given.inside:
        return inside(given.cuts)
    with namespaces():
        command = ["ip", "netns", "exec", SERVER, sys.executable, "-m", "bench.ptz_cut", "--inside", "--cuts", str(given.cuts)]
        return subprocess.run(command, cwd=HERE.parent, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
