"""A page of the site with one `<nvr-playback>` on it and nothing else, and questions about what it shows."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from tests.support.player_page import SHOW
from tests.support.site import Site

# What numbered.py has drawn, read off the pictures as they are on the screen.
NUMBERS = """() => [...document.querySelectorAll("nvr-playback :is(video, canvas)")].map((video) => {
  const width = video.videoWidth ?? video.width;
  if (!width) return -1;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, video.videoHeight ?? video.height];
  const context = canvas.getContext("2d", {willReadFrequently: true});
  context.drawImage(video, 0, 0);
  const side = 24 * canvas.width / 320;
  let number = 0;
  for (let bit = 0; bit < 12; bit += 1)
    if (context.getImageData((bit + 0.5) * side, side / 2, 1, 1).data[0] > 128) number += 2 ** bit;
  return number;
})"""


class PlaybackPage:
    def __init__(self, page: Page) -> None:
        self.page = page

    @classmethod
    def open(cls, page: Page, site: Site, cameras: str, start_ms: int, **attributes: str) -> PlaybackPage:
        """`attributes` are the element's; underscores stand for hyphens. Returns when the moment is shown, or why not."""
        page.goto(f"{site.url}/no-such-page/")
        words = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
        html = f'<main><nvr-playback cameras="{cameras}" start-ms="{start_ms}"{words}></nvr-playback></main>'
        page.evaluate(
            "window.told = []; for (const name of ['gapchange', 'ended', 'play', 'pause', 'ratechange'])"
            " document.addEventListener(name, ({detail}) => window.told.push([name, detail]))"
        )
        page.evaluate(SHOW, [site.static("css/playback.css"), site.static("js/playback/playback.js"), html])
        playback = cls(page)
        playback.settled()
        return playback

    @property
    def stats(self) -> dict[str, Any]:
        stats: dict[str, Any] = self.page.evaluate("document.querySelector('nvr-playback').stats ?? {}")
        return stats

    @property
    def told(self) -> list[Any]:
        """Events so far, as [name, detail]."""
        told: list[Any] = self.page.evaluate("window.told")
        return told

    @property
    def numbers(self) -> list[int]:
        """Of the pictures on the screen, by camera."""
        numbers: list[int] = self.page.evaluate(NUMBERS)
        return numbers

    def run(self, statement: str) -> Any:
        """JavaScript with the element as `player`; may be awaited."""
        return self.page.evaluate(f"async () => {{ const player = document.querySelector('nvr-playback'); {statement} }}")

    def wait(self, condition: Callable[[dict[str, Any]], object], *, seconds: float = 20, what: str = "playback") -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        while True:
            stats = self.stats
            if stats and condition(stats):
                return stats
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what}: {json.dumps(stats)}")
            self.page.wait_for_timeout(20)

    def settled(self) -> dict[str, Any]:
        """Until what was sought is shown everywhere, or there is nothing to show."""
        return self.wait(lambda stats: stats["seekMs"] is not None, what="the moment sought")

    def load(self, ms: float) -> dict[str, Any]:
        self.run(f"player.load({ms})")
        return self.settled()

    def played(self, footage_ms: float, *, seconds: float = 30) -> dict[str, Any]:
        """Plays on for so much footage."""
        from_ms = self.stats["clockMs"]
        self.run("player.play()")
        return self.wait(lambda stats: stats["clockMs"] >= from_ms + footage_ms, seconds=seconds, what=f"{footage_ms} ms of footage")
