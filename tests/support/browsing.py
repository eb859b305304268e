"""A real Chromium on a Site, and what it complains about."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from tests.support.site import Site

# Playwright's own five seconds are what a busy machine takes to load a page.
expect.set_options(timeout=15_000)
DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}


@contextmanager
def chromium(*arguments: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("NVR_TEST_CHROMIUM") or shutil.which("chromium"), args=["--no-sandbox", *arguments]
        )
        yield browser
        browser.close()


@contextmanager
def signed_in(browser: Browser, site: Site, *, origin: str = "", **options: Any) -> Iterator[BrowserContext]:
    """A browser of its own, as alice. `origin` is another name for the site, `options` are those of Playwright's contexts."""
    context = browser.new_context(base_url=site.url, **{"viewport": DESK, **options})
    context.set_default_timeout(15_000)
    context.add_cookies([{"name": "sessionid", "value": site.session, "url": origin or site.url}])
    yield context
    context.close()


def collect_complaints(page: Page) -> list[str]:
    """Uncaught errors and what the content security policy or the module loader refused; not a missing picture's 404."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text) if message.type == "error" and "Failed to load resource" not in message.text else None
        ),
    )
    return complaints
