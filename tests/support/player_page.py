"""A page of the site with one `<nvr-player>` on it and nothing else, and questions about that player."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from tests.support.site import Site

# The page is the site's own "not found": served with its headers, content security policy included, and empty enough.
SHOW = """([sheet, script, html]) => {
  document.head.insertAdjacentHTML("beforeend", `<link rel="stylesheet" href="${sheet}">`);
  document.body.innerHTML = html;
  window.states = [];
  document.addEventListener("statechange", ({detail}) => window.states.push([detail.state, detail.words, detail.transport]));
  const module = document.createElement("script");
  module.type = "module";
  module.src = script;
  document.head.append(module);
}"""


class PlayerPage:
    def __init__(self, page: Page) -> None:
        self.page = page

    @classmethod
    def open(cls, page: Page, site: Site, camera: str, *, origin: str = "", **attributes: str) -> PlayerPage:
        """`attributes` are the player's; underscores stand for hyphens."""
        page.goto(f"{origin or site.url}/no-such-page/")
        words = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
        html = f'<main><nvr-player camera="{camera}"{words}></nvr-player><div id="below"></div></main>'
        page.evaluate(SHOW, [site.static("css/player.css"), site.static("js/live/player.js"), html])
        return cls(page)

    @property
    def stats(self) -> dict[str, Any]:
        stats: dict[str, Any] = self.page.evaluate("document.querySelector('nvr-player').stats ?? {}")
        return stats

    @property
    def states(self) -> list[str]:
        """Every state so far, in order."""
        return [state for state, _, _ in self.page.evaluate("window.states")]

    @property
    def note(self) -> str:
        return self.page.locator("nvr-player .nvr-note").inner_text()

    def run(self, statement: str) -> Any:
        """JavaScript with the element as `player`; may be awaited."""
        return self.page.evaluate(f"async () => {{ const player = document.querySelector('nvr-player'); {statement} }}")

    def wait(self, condition: Callable[[dict[str, Any]], object], *, seconds: float = 15, what: str = "the player") -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        while True:
            stats = self.stats
            if stats and condition(stats):
                return stats
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what}: {json.dumps(stats)} after {self.page.evaluate('window.states')}")
            self.page.wait_for_timeout(50)

    def wait_js(self, expression: str, *, seconds: float = 15) -> None:
        """Until the expression is true. Playwright's own wait_for_function needs eval, which our policy forbids."""
        self.wait(lambda _: self.page.evaluate(f"() => Boolean({expression})"), seconds=seconds, what=expression)

    def wait_playing(self, *, seconds: float = 15) -> dict[str, Any]:
        """Until pictures are shown one after the other and their delay is known."""
        first = self.wait(lambda stats: stats["state"] == "playing", seconds=seconds, what="playing")["shownFrames"]
        return self.wait(
            lambda stats: stats["state"] == "playing" and stats["shownFrames"] > first + 10 and stats["delay"],
            seconds=seconds,
            what="frames shown",
        )
