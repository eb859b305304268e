"""The people page in a real Chromium: rights given, explained and taken away, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.accessibility import violations
from tests.support.browsing import DESK, PHONE, chromium, collect_complaints, signed_in
from tests.support.site import Site, running_site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site"), redis_url, ("Front door", "Garden")) as site:
        yield site


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize(("viewport", "scheme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
def test_a_right_is_given_explained_and_taken_away(chrome: Browser, site: Site, viewport: dict[str, int], scheme: Any) -> None:
    name = f"dora{viewport['width']}"
    with signed_in(chrome, site, viewport=viewport, color_scheme=scheme, reduced_motion="reduce") as context:
        page = context.new_page()
        complaints = collect_complaints(page)
        page.goto("/")
        page.get_by_role("button", name="Account: alice").click()
        page.get_by_role("link", name="People").click()
        expect(page.locator("main")).to_have_attribute("aria-busy", "false")
        add_person(page, name)
        assert fits(page)
        give_right(page)
        row = page.locator(".people-rights", has_text="Front door")
        expect(row).to_contain_text("See it live and play back")
        row.locator("summary").press("Enter")
        expect(row).to_contain_text(f"Included in “Play back”, granted to {name} on Front door, every day all day, until")
        assert violations(page) == []
        assert fits(page)
        row.get_by_role("link", name="Go to Front door").click()
        expect(page.get_by_role("heading", name="Who may see Front door, and why")).to_be_visible()
        expect(page.locator(".people-rights", has_text="alice")).to_contain_text("Everything")
        page.get_by_role("button", name=f"Take away: Play back, {name}").click()
        expect(page.locator(".people-rights", has_text=name)).to_have_count(0)
        page.get_by_label("Search by name").fill(name[:4].upper())
        expect(page.locator(".people-link:visible")).to_contain_text([name])
        assert complaints == []


def add_person(page: Page, name: str) -> None:
    page.get_by_role("button", name="Add a person").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("User name").fill("alice")
    dialog.get_by_label("Password").fill("long enough for anybody")
    dialog.get_by_role("button", name="Add").click()
    expect(dialog.get_by_role("alert")).to_contain_text("already exists")
    dialog.get_by_label("User name").fill(name)
    dialog.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    expect(page.get_by_text("No camera yet.")).to_be_visible()


def give_right(page: Page) -> None:
    page.get_by_role("button", name="Give a right").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("With", exact=True).select_option("Front door")
    dialog.get_by_label("See it live").uncheck()
    dialog.get_by_label("Play back", exact=True).check()
    dialog.get_by_label("Only at certain hours").check()
    dialog.get_by_label("Monday", exact=True).fill("0-")
    dialog.get_by_role("button", name="Allow").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Monday")
    dialog.get_by_label("Monday", exact=True).fill("0-24")
    dialog.get_by_role("button", name="Monday’s for all days").click()
    dialog.get_by_label("Until").fill("2099-12-31T12:00")
    assert violations(page) == []
    dialog.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_groups_and_switching_off(chrome: Browser, site: Site) -> None:
    with signed_in(chrome, site) as context:
        page = context.new_page()
        page.goto("/people/")
        page.get_by_role("button", name="Add a group of people").click()
        page.get_by_role("dialog").get_by_label("Name").fill("Family")
        page.get_by_role("dialog").get_by_role("button", name="Add").click()
        page.get_by_role("button", name="Add a person").click()
        page.get_by_role("dialog").get_by_label("User name").fill("emil")
        page.get_by_role("dialog").get_by_role("button", name="Add").click()
        expect(page.get_by_role("heading", name="emil", exact=True)).to_be_visible()
        page.get_by_label("Add a group", exact=True).select_option("Family")
        page.get_by_role("button", name="Add the chosen group").click()
        expect(page.get_by_role("button", name="Take out Family")).to_be_visible()
        page.get_by_role("button", name="Switch off").click()
        expect(page.get_by_text("Switched off: can’t sign in")).to_be_visible()
        expect(page.locator(".people-link", has_text="emil")).to_contain_text("switched off")
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Delete").click()
        expect(page.locator(".people-link", has_text="emil")).to_have_count(0)
