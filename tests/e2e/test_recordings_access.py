"""The recordings page has no axe violation of WCAG level A or AA: both themes, both widths, with footage, gaps and a selection."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from tests.support.accessibility import violations
from tests.support.browsing import DESK, PHONE, chromium, signed_in
from tests.support.footage import packets, tracks
from tests.support.playback_site import RecordedSite
from tests.support.site import Site, running_site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site"), redis_url, ("Door", "Yard")) as site:
        start_ms = time.time_ns() // 1_000_000 - 20 * 60_000
        described = tracks()
        recorded = RecordedSite(site)
        paths = recorded.add("door", (described, list(packets(30, of=described, start_ms=start_ms))))
        recorded.catalogue(paths, notes=[("door", start_ms + 30_000, "camera_down", "no answer within 5 s")])
        yield site


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize("width", ["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_recordings_page_is_accessible(chrome: Browser, site: Site, scheme: Literal["light", "dark"], width: str) -> None:
    with signed_in(chrome, site, color_scheme=scheme, viewport=DESK if width == "desk" else PHONE, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto("/recordings/?camera=door&camera=yard")
        expect(page.locator("#gaps")).to_contain_text("in view")
        page.locator("#gaps summary").click()
        page.keyboard.press("[")
        expect(page.locator("#selection")).to_be_visible()
        assert violations(page) == []
        page.keyboard.press("d")
        expect(page.locator("#calendar-sheet .is-empty").first).to_be_visible()
        assert violations(page) == []
        page.keyboard.press("Escape")
        page.locator("#chooser > button").click()
        expect(page.locator("#chooser-sheet")).to_be_visible()
        assert violations(page) == []
        page.keyboard.press("Escape")
        page.locator("#selection").get_by_role("button", name="Delete").click()
        expect(page.locator("#delete-dialog")).to_be_visible()
        assert violations(page) == []
