"""`<nvr-playback>` in a real Firefox against the real web process: H.265 too, which Chromium can't decode without hardware."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from streaming.media.packet import Codec
from tests.support.firefox import firefox_signed_in
from tests.support.numbered import FPS, footage
from tests.support.playback_page import NUMBERS
from tests.support.playback_site import RecordedSite
from tests.support.player_page import SHOW
from tests.support.site import running_site

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.firefox, pytest.mark.timeout(240)]
START_MS = 1_000_000_000_000  # over for long, whatever date this machine has


def stats_when(driver: Any, condition: Callable[[dict[str, Any]], object], *, seconds: float = 30) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while True:
        stats: dict[str, Any] = driver.execute_script("return document.querySelector('nvr-playback').stats", sandbox=None) or {}
        if stats and condition(stats):
            return stats
        assert time.monotonic() < deadline, stats
        time.sleep(0.05)


def test_firefox_seeks_steps_and_plays_h264_and_h265(tmp_path: Path, redis_url: str) -> None:
    with running_site(tmp_path, redis_url, ("door", "attic")) as site:
        recorded = RecordedSite(site)
        paths = recorded.add("door", footage(20, start_ms=START_MS, audio=Codec.AAC), segment_ms=10_000)
        paths += recorded.add("attic", footage(20, start_ms=START_MS, codec=Codec.H265), segment_ms=10_000)
        recorded.catalogue(paths)
        with firefox_signed_in(site) as driver:
            driver.navigate(f"{site.url}/no-such-page/")
            html = f'<main><nvr-playback cameras="door,attic" start-ms="{START_MS + 3_000}"></nvr-playback></main>'
            arguments = [site.static("css/playback.css"), site.static("js/playback/playback.js"), html]
            driver.execute_script(f"return ({SHOW})(arguments[0])", script_args=[arguments], sandbox=None)
            stats_when(driver, lambda stats: stats["seekMs"] is not None)
            for expected in (3 * FPS, 9 * FPS + 24, 9 * FPS + 25):
                if expected == 9 * FPS + 24:
                    driver.execute_script(f"document.querySelector('nvr-playback').load({START_MS + 9_960})", sandbox=None)
                elif expected == 9 * FPS + 25:
                    driver.execute_script("return document.querySelector('nvr-playback').step(1)", sandbox=None)
                stats_when(driver, lambda stats: stats["seekMs"] is not None and all(one["kind"] == "showing" for one in stats["cameras"]))
                assert driver.execute_script(f"return ({NUMBERS})()", sandbox=None) == [expected, expected]
            driver.execute_script("document.querySelector('nvr-playback').play()", sandbox=None)
            stats_when(driver, lambda stats: stats["clockMs"] > START_MS + 13_000)
            stats_when(driver, lambda stats: all(abs(one["behindMs"] or 999) < 100 for one in stats["cameras"]))
