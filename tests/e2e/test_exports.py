"""From the dialog to a film that somebody without an account watches: real web process, real worker, real footage, real Chromium."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from streaming.media.packet import Codec
from tests.support.accessibility import violations
from tests.support.browsing import DESK, PHONE, chromium, collect_complaints, signed_in
from tests.support.numbered import footage
from tests.support.playback_site import RecordedSite
from tests.support.processes import wait_for
from tests.support.site import Site, running_site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

WORKER = [
    "-m",
    "celery",
    "-A",
    "nvr",
    "worker",
    "-P",
    "threads",
    "-c",
    "2",
    "-Q",
    "celery,slow",
    "--without-gossip",
    "--without-mingle",
    "-l",
    "WARNING",
]
NUMBER = """async (at) => {
  const video = document.querySelector("video");
  if (video.readyState < 2 || video.currentTime !== at) {
    await new Promise((resolve) => { video.addEventListener("seeked", resolve, {once: true}); video.currentTime = at; });
  }
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext("2d", {willReadFrequently: true});
  context.drawImage(video, 0, 0);
  const side = 24 * canvas.width / 320;
  let number = 0;
  for (let bit = 0; bit < 12; bit += 1)
    if (context.getImageData((bit + 0.5) * side, side / 2, 1, 1).data[0] > 128) number += 2 ** bit;
  return number;
}"""


@dataclass(frozen=True)
class Recorded:
    site: Site
    start_ms: int


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Recorded]:
    """The door has 20 s with G.711 sound, then 10 s of nothing, then 10 s again."""
    with running_site(tmp_path_factory.mktemp("site"), redis_url, ("Door", "Yard")) as site:
        footage_site = RecordedSite(site)
        start_ms = (time.time_ns() // 1_000_000 - 1_800_000) // 1000 * 1000
        paths = footage_site.add("door", footage(20, start_ms=start_ms, audio=Codec.PCMA))
        paths += footage_site.add("door", footage(10, start_ms=start_ms + 30_000, audio=Codec.PCMA, first=1000))
        footage_site.catalogue(paths)
        with (
            (site.data_dir / "worker.log").open("ab") as log,
            subprocess.Popen([sys.executable, *WORKER], env=site.environment, stdout=log, stderr=log) as worker,
        ):
            try:
                yield Recorded(site, start_ms)
            finally:
                worker.kill()


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def ask(page: Page, recorded: Recorded, first_ms: int, last_ms: int, *cameras: str) -> None:
    """As the recordings page does when a span is selected and Export is chosen."""
    page.goto("/recordings/")
    expect(page.locator("nvr-export-dialog")).to_have_attribute("state", "closed")
    detail = {"cameras": cameras or ["door"], "startMs": recorded.start_ms + first_ms, "endMs": recorded.start_ms + last_ms}
    taken = page.evaluate("detail => !document.dispatchEvent(new CustomEvent('nvr-export', {detail, cancelable: true}))", detail)
    assert taken


def shared_link(page: Page) -> str:
    page.get_by_role("button", name="Share").first.click()
    page.get_by_role("button", name="Make a link").click()
    return page.get_by_label("It is shown this once").input_value()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_a_span_becomes_a_film_that_whoever_has_the_link_can_watch(chrome: Browser, recorded: Recorded, width: str) -> None:
    viewport: Any = DESK if width == "desk" else PHONE
    with signed_in(chrome, recorded.site, viewport=viewport, reduced_motion="reduce") as context:
        page = context.new_page()
        complaints = collect_complaints(page)
        ask(page, recorded, 3_000, 35_000)
        dialog = page.locator("nvr-export-dialog")
        expect(dialog).to_have_attribute("state", "ready")
        expect(dialog.get_by_role("status")).to_contain_text("1 gap without footage, 10 s in all, cut out")
        assert violations(page) == []
        dialog.get_by_role("button", name="Export", exact=True).click()
        expect(dialog.locator(".export")).to_have_attribute("data-state", "done", timeout=60_000)
        expect(dialog.get_by_role("link", name="Download")).to_be_visible()
        url = shared_link(page)
        assert violations(page) == []
        assert fits(page)
        with page.expect_download() as download:
            dialog.get_by_role("link", name="Download").click()
        assert download.value.suggested_filename.startswith("door_") and download.value.path().stat().st_size > 10_000
        watch(chrome.new_context(base_url=recorded.site.url, viewport=viewport), url)
        assert complaints == []


def watch(context: BrowserContext, url: str) -> None:
    """Without an account."""
    page = context.new_page()
    complaints = collect_complaints(page)
    page.goto(url)
    expect(page.get_by_role("heading", name="Door")).to_be_visible()
    wait_for(lambda: page.evaluate("document.querySelector('video').readyState >= 2"), what="the film")
    assert page.evaluate("document.querySelector('video').duration") == pytest.approx(22.0, abs=0.05)
    for at_s, number in ((0, 75), (5.02, 200), (17.02, 1000)):
        # What is sought may be there a moment before it can be drawn.
        wait_for(lambda at_s=at_s, number=number: page.evaluate(NUMBER, at_s) == number, what=f"picture {number}")  # type: ignore[misc]
    assert page.evaluate("document.querySelector('video').webkitAudioDecodedByteCount") > 0
    assert violations(page) == []
    assert fits(page)
    assert complaints == []
    context.close()


def test_the_list_shows_progress_and_lets_go_of_exports_and_links(chrome: Browser, recorded: Recorded) -> None:
    with signed_in(chrome, recorded.site, reduced_motion="reduce") as context:
        page = context.new_page()
        complaints = collect_complaints(page)
        page.goto("/recordings/exports/")
        expect(page.locator("#exports")).to_have_attribute("aria-busy", "false")
        before = page.locator(".export").count()
        ask(page, recorded, 1_000, 4_000)
        page.locator("nvr-export-dialog").get_by_label("Make").select_option("timelapse")
        page.locator("nvr-export-dialog").get_by_label("Speed").select_option("10")
        expect(page.locator("nvr-export-dialog")).to_have_attribute("state", "ready")
        page.locator("nvr-export-dialog").get_by_role("button", name="Export", exact=True).click()
        page.get_by_role("link", name="All exports").click()
        newest = page.locator(".export").first
        expect(newest).to_have_attribute("data-state", "done", timeout=60_000)
        expect(newest).to_contain_text("timelapse 10×")
        assert page.locator(".export").count() == before + 1
        url = shared_link(page)
        newest.get_by_role("button", name="Revoke").click()
        expect(newest.locator(".share-links")).to_contain_text("revoked")
        assert violations(page) == []
        newest.get_by_role("button", name="Delete").click()
        expect(page.locator(".export")).to_have_count(before)
        assert page.request.get(url).status == 404
        assert complaints == []


def test_a_span_without_footage_can_t_be_exported(chrome: Browser, recorded: Recorded) -> None:
    with signed_in(chrome, recorded.site) as context:
        page = context.new_page()
        ask(page, recorded, 22_000, 27_000, "door", "yard")
        expect(page.locator("nvr-export-dialog")).to_have_attribute("state", "refused")
        expect(page.locator("nvr-export-dialog").get_by_role("status")).to_have_text("There is no footage in this span.")
        expect(page.locator("nvr-export-dialog").get_by_role("button", name="Export", exact=True)).to_be_disabled()
