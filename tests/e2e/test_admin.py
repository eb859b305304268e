from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

from tests.support.rtsp_camera import TestCamera
from tests.support.site import Site, running_site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture
def site(tmp_path: Path, redis_url: str) -> Iterator[Site]:
    with running_site(tmp_path, redis_url, ("Front door",)) as site:
        yield site


@pytest.fixture
def admin_page(site: Site) -> Iterator[Page]:
    """Fails the test for anything the browser's console calls an error, a refusal by the content security policy included."""
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("NVR_TEST_CHROMIUM") or shutil.which("chromium"), args=["--no-sandbox"]
        )
        context = browser.new_context(base_url=site.url)
        context.add_cookies([{"name": "sessionid", "value": site.session, "url": site.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        yield page
        browser.close()
    assert complaints == []


def test_camera_is_tried_before_it_is_saved(admin_page: Page) -> None:
    with TestCamera("h264", username="u", password="p@ss/w", auth="digest") as camera:
        admin_page.goto("/admin/cameras/camera/add/")
        main = admin_page.locator("#streams-0")
        expect(admin_page.get_by_role("button", name="Test connection")).to_have_count(2)
        main.get_by_label("Address").fill(camera.url())
        main.get_by_role("button", name="Test connection").click()
        expect(main.get_by_role("status")).to_have_attribute("data-state", "failed", timeout=20_000)
        expect(main.get_by_role("status")).to_contain_text("password")
        admin_page.get_by_label("Username").fill("u")
        admin_page.get_by_label("Password:", exact=True).fill("p@ss/w")
        main.get_by_role("button", name="Test connection").click()
        expect(main.get_by_role("status")).to_have_attribute("data-state", "running")
        expect(main.get_by_role("status")).to_have_attribute("data-state", "ok", timeout=20_000)
        expect(main.get_by_role("status")).to_contain_text("H.264")
        admin_page.get_by_label("Name:", exact=True).fill("Shed")
        admin_page.get_by_role("button", name="Save", exact=True).click()
    expect(admin_page.get_by_text("was added successfully")).to_be_visible()
    admin_page.get_by_role("link", name="Shed", exact=True).first.click()
    expect(admin_page.get_by_text("A password is stored.")).to_be_visible()
    assert "p@ss/w" not in admin_page.content()
    admin_page.set_viewport_size({"width": 390, "height": 800})
    assert admin_page.evaluate("document.documentElement.scrollWidth") <= 390


def test_pages_are_for_everybody_and_for_every_width(admin_page: Page, site: Site) -> None:
    """The start, a list, and forms with hours, a table of fields, dates, and choices."""
    site.set_state("front-door", "down", "nothing answers")
    admin_page.goto("/admin/")
    expect(admin_page.get_by_role("region", name="Cameras")).to_contain_text("Trouble: Front door is down since")
    paths = ["/admin/", "/admin/cameras/camera/", "/admin/cameras/tour/add/", "/admin/recordings/protection/add/", "/admin/auth/group/add/"]
    page = admin_page.context.new_page()  # axe sets styles, of which the first one's console would complain
    for scheme, width in (("light", 1440), ("dark", 390)):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": 900})
        for path in paths:
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}).response
            assert found["passes"]
            assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == [], (path, scheme)
