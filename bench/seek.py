"""How long a seek takes in the player, and what of it: `python -m bench.seek`. A real server, real files, a real Chromium.

    far      into footage of which the player knows nothing yet: it asks for the playlist first
    known    into a file of which it knows what there is, from the playlist, and has nothing
    near     within the file that it just played from

Parts, in the order in which they follow: `map` until the playlist is there; `footage` until the group of pictures is (and with it the init
segment, if it is needed); `shown` until the picture is on the screen: appended, decoded from its keyframe, drawn. `asked`: requests. `idle`
is one request for nothing (/healthz) at the same time: what a busy machine adds to each.
"""

from __future__ import annotations

import json
import os
import platform
import random
import statistics
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support.browsing import chromium, signed_in
from tests.support.numbered import footage
from tests.support.playback_page import PlaybackPage
from tests.support.redis_server import running_redis
from tests.support.site import running_site

RESULTS = Path(__file__).parent / "results"
START_MS = 1_000_000_000_000
MINUTE_MS = 60_000
STRETCHES, APART_MS = 24, 3_600_000
SEEKS = 20
TARGET_MS = 300
_SEEK = """
async (ms) => {
  const player = document.querySelector("nvr-playback");
  performance.clearResourceTimings();
  const began = performance.now();
  player.load(ms);
  while (player.stats.seekMs === null) await new Promise((resolve) => setTimeout(resolve, 2));
  const seek = player.stats.seekMs;
  const asked = performance.getEntriesByType("resource").filter(({ responseEnd }) => responseEnd <= began + seek);
  const until = (part) => Math.max(0, ...asked.filter(({ name }) => name.includes(part)).map(({ responseEnd }) => responseEnd - began));
  const map = until("playlist.m3u8");
  const footage = Math.max(map, until("/segments/"));
  const idleBegan = performance.now();
  await fetch("/healthz", { cache: "no-store" });
  const idle = performance.now() - idleBegan;
  return { seek, map, footage: footage - map, shown: seek - footage, asked: asked.length, idle };
}
"""


def measure() -> dict[str, Any]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nvr.settings")
    import django

    django.setup()
    from tests.support.playback_site import RecordedSite

    chance = random.Random(1)
    with (
        TemporaryDirectory(prefix="nvr-bench-seek-") as data,
        running_redis() as redis_url,
        running_site(Path(data), redis_url, ("door",)) as site,
        chromium() as browser,
        signed_in(browser, site, viewport={"width": 1000, "height": 700}) as context,
    ):
        recorded = RecordedSite(site)
        tracks, packets = footage(60, start_ms=0, width=1280)
        stretches = [(tracks, [_at(packet, START_MS + number * APART_MS) for packet in packets]) for number in range(STRETCHES)]
        recorded.catalogue(recorded.add("door", *stretches, segment_ms=20_000))
        page = PlaybackPage.open(context.new_page(), site, "door", START_MS)
        found: dict[str, list[dict[str, float]]] = {"far": [], "known": [], "near": []}
        for number in chance.sample(range(1, STRETCHES), STRETCHES - 1)[:SEEKS]:
            base_ms = START_MS + number * APART_MS
            for kind, in_file_ms in (("far", 0), ("known", 20_000), ("near", 22_000)):
                at_ms = base_ms + in_file_ms + chance.randrange(12_000, 18_000)
                found[kind].append(page.page.evaluate(_SEEK, at_ms))
                page.page.wait_for_timeout(400)  # what is read ahead is no part of it
        return {kind: _medians(its) for kind, its in found.items()}


def _at(packet: Any, start_ms: int) -> Any:
    start_90k = start_ms * 90
    return replace(
        packet, pts_90k=packet.pts_90k + start_90k, dts_90k=packet.dts_90k + start_90k, captured_at_ms=packet.captured_at_ms + start_ms
    )


def _medians(seeks: list[dict[str, float]]) -> dict[str, float]:
    """And the 95th percentile of the whole."""
    found = {name: round(statistics.median(seek[name] for seek in seeks), 1) for name in seeks[0]}
    return found | {"p95": round(sorted(seek["seek"] for seek in seeks)[int(len(seeks) * 0.95) - 1], 1), "seeks": len(seeks)}


def main() -> int:
    load = os.getloadavg()[0]
    kinds = measure()
    for kind, case in kinds.items():
        parts = ", ".join(f"{name} {case[name]:.0f}" for name in ("map", "footage", "shown"))
        rest = f"p95 {case['p95']:.0f}, {case['asked']:.0f} requests, idle {case['idle']:.0f}"
        print(f"{kind:>6}: {case['seek']:.0f} ms median ({parts}), {rest}")
    result = {"case": "seek", "cores": os.cpu_count(), "load_before": round(load, 2), "python": platform.python_version(), "kinds": kinds}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "seek.json").write_text(json.dumps(result, indent=1) + "\n")
    return 1 if kinds["far"]["seek"] > TARGET_MS else 0


if __name__ == "__main__":
    sys.exit(main())
