"""The audit's page in a browser: reachable from the menu, filtered, without an axe violation and without a sideways scroll."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from tests.support.accessibility import violations
from tests.support.browsing import DESK, PHONE, chromium, collect_complaints, signed_in
from tests.support.processes import wait_for
from tests.support.site import Site, running_site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site"), redis_url, ("Door", "Yard")) as site:
        yield site


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize("width", ["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_and_fits(chrome: Browser, site: Site, scheme: Literal["light", "dark"], width: str) -> None:
    with signed_in(chrome, site, color_scheme=scheme, viewport=DESK if width == "desk" else PHONE, reduced_motion="reduce") as context:
        page = context.new_page()
        complaints = collect_complaints(page)
        page.goto("/cameras/door/")  # whose player watches
        wait_for(lambda: page.request.get("/api/v1/audit/ongoing/?action=watch").json()["count"] > 0)
        page.goto("/audit/")
        expect(page.get_by_role("heading", name="Going on")).to_be_visible()
        expect(page.get_by_text("alice watched Door live").first).to_be_visible()
        page.locator(".audit-more summary").first.click()
        expect(page.locator(".audit-facts").first).to_be_visible()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert complaints == []


def test_filters_are_in_the_address(chrome: Browser, site: Site) -> None:
    with signed_in(chrome, site) as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_role("button", name="Account").click()
        page.get_by_role("link", name="Who did what").click()
        page.get_by_label("Did what").select_option("add")
        page.get_by_label("Camera").select_option("yard")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_text("added the camera Yard")).to_be_visible()
        expect(page.get_by_text("added the camera Door")).to_have_count(0)
        assert "action=add&camera=yard" in page.url
        page.get_by_role("link", name="Everything").click()
        expect(page.get_by_text("added the camera Door")).to_be_visible()
