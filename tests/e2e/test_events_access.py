"""The events page and the search by area have no axe violation of WCAG level A or AA: both themes, both widths, in all their states."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from tests.support.accessibility import violations
from tests.support.browsing import DESK, PHONE, chromium, signed_in
from tests.support.footage import packets, tracks
from tests.support.happenings import Happenings, motion
from tests.support.playback_site import RecordedSite
from tests.support.site import Site, running_site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SECOND, MINUTE = 1_000, 60_000


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Site]:
    """One event of each kind, reviewed and not, going on and over, with a picture and without."""
    with running_site(tmp_path_factory.mktemp("site"), redis_url, ("Door", "Yard")) as site:
        start_ms = time.time_ns() // 1_000_000 - 20 * MINUTE
        recorded = RecordedSite(site)
        described = tracks()
        recorded.catalogue(recorded.add("door", (described, list(packets(30, of=described, start_ms=start_ms)))))
        happenings = Happenings(recorded)
        person = [{"label": "person", "score": 0.91}]
        ids = happenings.add(
            [
                motion(
                    "door", start_ms + 5 * SECOND, needs_pictures=True, zones=["Porch", "Path"], labels=person, box=[0.1, 0.2, 0.3, 0.4]
                ),
                motion("door", start_ms + 15 * SECOND, needs_pictures=True, is_late=True),
                motion("yard", start_ms, 90 * SECOND, kind="camera_down", reason="no answer within 5 s", peak_score=0),
                motion("yard", start_ms, kind="gap", reason="the disk was too slow", peak_score=0),
                motion(None, start_ms, kind="storage", subject="Disk", reason="nearly full", peak_score=0),
                motion("yard", start_ms + 18 * MINUTE, end_ms=None),
            ]
        )
        happenings.trace("door", moved=[(start_ms + 5 * SECOND, 0.2, 0.5)])
        happenings.review(but=[pk for pk in ids if pk != ids[1]])
        yield site


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize("width", ["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_events_page_is_accessible(chrome: Browser, site: Site, scheme: Literal["light", "dark"], width: str) -> None:
    with signed_in(chrome, site, color_scheme=scheme, viewport=DESK if width == "desk" else PHONE, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto("/events/?review=all")
        expect(page.locator(".ev[data-id]")).to_have_count(6)
        expect(page.locator('.ev[data-kind="camera_down"] .ev-symbol')).to_be_visible()
        assert violations(page) == []
        if width == "phone":
            page.locator("#filters-button").click()
        for name in ("cameras", "time", "score"):
            menu = page.locator(f'[data-filter="{name}"]')
            menu.locator("> button").click()
            expect(menu.locator(".menu-sheet")).to_be_visible()
            assert violations(page) == []
            page.keyboard.press("Escape")
        page.locator(".ev-open").last.click()
        expect(page.locator("#event")).to_be_visible()
        assert violations(page) == []
        page.keyboard.press("Escape")
        page.goto("/events/?review=all&score=90")
        expect(page.get_by_role("heading", name="No event fits")).to_be_visible()
        assert violations(page) == []


@pytest.mark.parametrize("width", ["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_search_by_area_is_accessible(chrome: Browser, site: Site, scheme: Literal["light", "dark"], width: str) -> None:
    with signed_in(chrome, site, color_scheme=scheme, viewport=DESK if width == "desk" else PHONE, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto("/events/search/?camera=yard")
        expect(page.locator("#off-note")).to_be_visible()
        assert violations(page) == []
        page.goto("/events/search/?camera=door&last=hour&area=0,0;1,0;1,1;0,1")
        expect(page.locator(".area-result")).to_have_count(1)
        assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_tells_of_events_elsewhere_is_accessible(chrome: Browser, site: Site, scheme: Literal["light", "dark"]) -> None:
    with signed_in(chrome, site, color_scheme=scheme, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto("/cameras/yard/")
        expect(page.locator("#last-events li")).to_have_count(3)
        assert violations(page) == []
        page.goto("/")
        expect(page.locator('.cell[data-camera="yard"] .tile-motion')).to_be_visible()
        expect(page.locator(".bar-nav [data-unreviewed]")).to_have_text("5 not reviewed")
        assert violations(page) == []
