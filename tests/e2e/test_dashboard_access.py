"""No page has an axe violation of WCAG level A or AA: both themes, both widths, with cameras in every state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from tests.support.accessibility import violations
from tests.support.browsing import DESK, PHONE, chromium, signed_in
from tests.support.site import Site, running_site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site"), redis_url, ("Front door", "Garden", "Garage", "Attic")) as site:
        site.set_state("garden", "down", "wrong user name or password")
        site.set_state("garage", "connecting", "no answer within 5 s; trying again in 8 s")
        site.set_state("attic", "off", "switched off")
        yield site


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize("width", ["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible(chrome: Browser, site: Site, scheme: Literal["light", "dark"], width: str) -> None:
    with signed_in(chrome, site, color_scheme=scheme, viewport=DESK if width == "desk" else PHONE, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto("/")
        expect(page.locator('.cell[data-camera="garden"]')).to_have_attribute("data-view", "stopped")
        assert violations(page) == []
        page.locator("#layout-menu").locator("xpath=..").get_by_role("button").first.click()
        expect(page.locator("#layout-menu")).to_be_visible()
        assert violations(page) == []
        page.keyboard.press("Escape")
        page.locator('.cell[data-camera="front-door"] .tile-open').press("Enter")
        expect(page.locator(".is-enlarged")).to_have_count(1)
        assert violations(page) == []
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        expect(page.locator("#help")).to_be_visible()
        assert violations(page) == []
        for path, sign in [
            ("/cameras/front-door/", "nvr-player"),
            ("/cameras/garden/", ".tile-state"),
            ("/system/", ".part-name"),
            ("/accounts/password/change/", "form.form"),
            ("/accounts/logout/", "form.form-actions"),
            ("/nowhere/", ".error-code"),
        ]:
            page.goto(path)
            expect(page.locator(sign).first).to_be_visible()
            assert violations(page) == [], path
        context.clear_cookies()
        page.goto("/accounts/login/")
        assert violations(page) == []


def test_arranging_is_accessible(chrome: Browser, site: Site) -> None:
    with signed_in(chrome, site, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_role("button", name="Own layouts").click()
        page.get_by_role("button", name="New layout").click()
        expect(page.locator("#arrange-bar")).to_be_visible()
        assert violations(page) == []
