"""`<nvr-player>` in a real Firefox against the real web process."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from streaming.media.packet import Role
from tests.support.firefox import firefox_signed_in
from tests.support.live_camera import LiveCamera
from tests.support.player_page import SHOW
from tests.support.site import running_site

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.firefox, pytest.mark.timeout(180)]


def stats_when(driver: Any, condition: Callable[[dict[str, Any]], object], *, seconds: float = 30) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while True:
        stats: dict[str, Any] = driver.execute_script("return document.querySelector('nvr-player').stats", sandbox=None) or {}
        if stats and condition(stats):
            return stats
        assert time.monotonic() < deadline, stats
        time.sleep(0.1)


def test_firefox_plays_live_by_mse_and_h265_too(tmp_path: Path, redis_url: str) -> None:
    with (
        running_site(tmp_path, redis_url, ("Door", "Yard")) as site,
        LiveCamera(redis_url, site.cameras["door"], {Role.MAIN: "h264_aac"}),
        LiveCamera(redis_url, site.cameras["yard"], {Role.MAIN: "h265"}),
        firefox_signed_in(site) as driver,
    ):
        for camera in ("door", "yard"):
            driver.navigate(f"{site.url}/no-such-page/")
            html = f'<main><nvr-player camera="{camera}"></nvr-player></main>'
            arguments = [site.static("css/player.css"), site.static("js/live/player.js"), html]
            driver.execute_script(f"return ({SHOW})(arguments[0])", script_args=[arguments], sandbox=None)
            stats = stats_when(driver, lambda stats: stats["state"] == "playing" and stats["shownFrames"] > 20 and stats["delay"])
            assert stats["transport"] == "mse"
            stats_when(driver, lambda stats: stats["delay"]["totalMs"] < 1_000)
