"""How smoothly the timeline of /recordings/ moves with a week of sixteen cameras, in a real Chromium.

`python -m bench.timeline_page`. The web server is real; the timeline's answers are made up here, with a gap every quarter of an hour, and
come out of the browser's own interception, so that only the page is measured. While the timeline is dragged to and fro, zoomed and played:

    work     milliseconds of the page's own code (drawing, gestures) per frame that drew, which must leave room in the 16 ms of a frame
    frame    milliseconds from one frame to the next; on a machine that draws without a GPU and has other things to do, this is also theirs
"""

from __future__ import annotations

import json
import os
import platform
import re
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import FloatRect, Page, Route

from tests.support.browsing import DESK, chromium, signed_in
from tests.support.redis_server import running_redis
from tests.support.site import running_site

RESULTS = Path(__file__).parent / "results"
CAMERAS = 16
WEEK_MS = 7 * 86_400_000
EVERY_MS, GAP_MS = 15 * 60_000, 40_000
TARGET_MS = 16
_LOADED = "count => document.querySelector('nvr-timeline').accounts().filter(lane => lane.spans.length > 50).length === count"
_KINDS = ("camera_down", "write_failure", "schedule_off", "unknown", "deleted")

# Counts what each frame's callbacks and input handlers take, and when frames come.
_PROBE = """
() => {
  const probe = (window.probe = { work: [], frames: [], isOn: false, spent: 0, isDrawn: false });
  const clear = CanvasRenderingContext2D.prototype.clearRect;
  CanvasRenderingContext2D.prototype.clearRect = function (...given) {
    probe.isDrawn = true;
    return clear.apply(this, given);
  };
  const timed = (run) => function (...given) {
    const began = performance.now();
    try { return run.apply(this, given); } finally { probe.spent += performance.now() - began; }
  };
  const ask = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (run) => ask(timed(run));
  const listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (name, run, options) {
    const isInput = /^(pointer|wheel)/.test(name) && typeof run === "function";
    return listen.call(this, name, isInput ? timed(run) : run, options);
  };
  let before = 0;
  const frame = (at) => {
    if (probe.isOn && before) {
      probe.frames.push(at - before);
      if (probe.isDrawn) probe.work.push(probe.spent);
    }
    [probe.spent, probe.isDrawn] = [0, false];
    before = at;
    ask(frame);
  };
  ask(frame);
}
"""


def answer(slug: str, start_ms: int, end_ms: int, now_ms: int) -> dict[str, Any]:
    """As the server's: joined where a pixel of the finest screen would not show it."""
    number = int(slug.rpartition("-")[2])
    end_ms_known = min(end_ms, now_ms)
    spans, gaps = [], []
    tolerance_ms = (end_ms - start_ms) // 4000
    at = start_ms
    for index in range(start_ms // EVERY_MS, end_ms_known // EVERY_MS + 1):
        begin = index * EVERY_MS + (number * 31_337) % EVERY_MS
        length = GAP_MS * (1 + (index * 7 + number) % 9)
        if length <= tolerance_ms or begin + length <= start_ms or begin >= end_ms_known:
            continue
        if begin > at:
            spans.append({"start_ms": at, "end_ms": begin})
        at = min(begin + length, end_ms_known)
        kind = _KINDS[(index + number) % len(_KINDS)]
        gaps.append({"start_ms": max(begin, start_ms), "end_ms": at, "kind": kind, "reason": "", "text": "made up"})
    if at < end_ms_known:
        spans.append({"start_ms": at, "end_ms": end_ms_known})
    return {"camera": slug, "role": "main", "start_ms": start_ms, "end_ms": end_ms} | {
        "spans": spans,
        "gaps": gaps,
        "events": [],
        "protections": [],
        "newest_ms": now_ms - 1000,
    }


def fulfil(route: Route) -> None:
    address = urlsplit(route.request.url)
    query = parse_qs(address.query)
    slug = address.path.split("/")[-3]
    route.fulfill(json=answer(slug, int(query["start"][0]), int(query["end"][0]), time.time_ns() // 1_000_000))


def drag(page: Page, box: FloatRect, seconds: float) -> None:
    middle = box["x"] + box["width"] / 2
    page.mouse.move(middle, box["y"] + 200)
    page.mouse.down()
    until, step = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        step += 1
        swing = abs(step % 80 - 40) / 40 - 0.5
        page.mouse.move(middle + swing * box["width"] * 0.8, box["y"] + 200)
    page.mouse.up()


def wheel(page: Page, box: FloatRect, seconds: float) -> None:
    page.mouse.move(box["x"] + box["width"] / 3, box["y"] + 200)
    until, step = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        step += 1
        page.mouse.wheel(0, 40 if step % 80 < 40 else -40)


def hover(page: Page, box: FloatRect, seconds: float) -> None:
    until, step = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        step += 1
        page.mouse.move(box["x"] + (step * 13) % box["width"], box["y"] + 60 + step % 200)


def spread(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "median": round(statistics.median(ordered), 2),
        "p95": round(ordered[int(len(ordered) * 0.95)], 2),
        "p99": round(ordered[int(len(ordered) * 0.99)], 2),
        "max": round(ordered[-1], 2),
    }


def measure(seconds: float) -> dict[str, Any]:
    names = tuple(f"Camera {number}" for number in range(1, CAMERAS + 1))
    cases: dict[str, Any] = {}
    with (
        TemporaryDirectory() as data,
        running_redis() as redis_url,
        running_site(Path(data), redis_url, names) as site,
        chromium() as browser,
        signed_in(browser, site, viewport=DESK) as context,
    ):
        context.route(re.compile(r"/timeline/\?"), fulfil)
        # Pictures are not what is measured.
        context.route(re.compile(r"playlist\.m3u8|preview\.jpg|/strips/"), lambda route: route.fulfill(status=404, body=""))
        context.add_init_script(f"({_PROBE.strip()})()")
        page = context.new_page()
        page.goto("/recordings/?" + "&".join(f"camera={slug}" for slug in site.cameras) + f"&span={WEEK_MS // 1000}")
        page.wait_for_function(_LOADED, arg=CAMERAS)
        box = page.locator(".tl-surface").bounding_box()
        assert box is not None
        for name, act in {"drag": drag, "zoom": wheel, "hover": hover}.items():
            page.evaluate("Object.assign(probe, { work: [], frames: [], isOn: true })")
            act(page, box, seconds)
            found = page.evaluate("() => { probe.isOn = false; return { work: probe.work, frames: probe.frames }; }")
            counts = {"frames": len(found["frames"]), "drawn": len(found["work"])}
            cases[name] = counts | {"work_ms": spread(found["work"]), "frame_ms": spread(found["frames"])}
    return cases


def main() -> int:
    load = os.getloadavg()[0]
    cases = measure(6)
    for name, case in cases.items():
        work, frame = case["work_ms"], case["frame_ms"]
        work_said = f"work {work['median']} ms, p95 {work['p95']}, p99 {work['p99']}, max {work['max']}"
        frame_said = f"frame {frame['median']} ms, p95 {frame['p95']}, p99 {frame['p99']}"
        print(f"{name:>6}: {case['frames']} frames, {case['drawn']} drawn; {work_said}; {frame_said}")
    result = {"case": "timeline_page", "cameras": CAMERAS, "days": 7, "cores": os.cpu_count(), "load_before": round(load, 2)}
    RESULTS.mkdir(exist_ok=True)
    found = result | {"python": platform.python_version(), "cases": cases}
    (RESULTS / "timeline_page.json").write_text(json.dumps(found, indent=1) + "\n")
    return 1 if cases["drag"]["work_ms"]["p95"] > TARGET_MS else 0


if __name__ == "__main__":
    sys.exit(main())
