"""Signing in and the account's pages in a real Chromium, with its virtual authenticator: they work, fit and have no axe violation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.support.accessibility import violations
from tests.support.browsing import DESK, PHONE, chromium, collect_complaints
from tests.support.second_step import code_of
from tests.support.site import Site, running_site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
# Buttons fade from one colour to the other.
SETTLED = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await frame();
  await frame();
  await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
}"""
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site"), redis_url, ("Door",)) as site:
        yield site


@pytest.fixture
def context(chrome: Browser, site: Site) -> Iterator[BrowserContext]:
    """By name: passkeys hold for host names, and a browser takes localhost for secure."""
    context = chrome.new_context(base_url=site.url.replace("127.0.0.1", "localhost"), viewport=DESK, reduced_motion="reduce")
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """Of a device that has a lock which its owner opens."""
    page = context.new_page()
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    lock = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    lock |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": lock})
    return page


def sign_in(page: Page) -> None:
    page.goto("/accounts/login/?next=/account/")
    page.get_by_label("User name").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(context: BrowserContext) -> None:
    context.clear_cookies()


def prove(page: Page) -> None:
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def looks_well(page: Page) -> None:
    looks: tuple[tuple[ViewportSize, Literal["light", "dark"]], ...] = ((DESK, "light"), (PHONE, "dark"))
    for size, scheme in looks:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        page.evaluate(SETTLED)
        assert violations(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} is too wide"
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESK)


def test_a_passkey_opens_the_account_and_an_app_stands_in_for_it(page: Page, context: BrowserContext) -> None:
    complaints = collect_complaints(page)
    page.goto("/accounts/login/")
    looks_well(page)
    sign_in(page)
    expect(page.get_by_text("this one")).to_be_visible()
    looks_well(page)

    page.goto("/accounts/2fa/webauthn/add/")
    prove(page)
    looks_well(page)
    page.get_by_label("Name").fill("My laptop")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    expect(page.locator(".codes li")).to_have_count(10)
    looks_well(page)

    sign_out(context)
    page.goto("/accounts/login/?next=/account/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Devices")).to_be_visible()

    sign_out(context)
    sign_in(page)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    looks_well(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Devices")).to_be_visible()

    page.goto("/accounts/2fa/totp/activate/")
    prove(page)
    looks_well(page)
    secret = page.locator("#totp-secret").inner_text()
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_text("Your app makes a code")).to_be_visible()
    looks_well(page)
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_text("My laptop")).to_be_visible()
    looks_well(page)
    assert not complaints


def test_a_token_is_made_shown_once_and_revoked(page: Page, site: Site, context: BrowserContext) -> None:
    complaints = collect_complaints(page)
    context.add_cookies([{"name": "sessionid", "value": site.session, "url": str(site.url.replace("127.0.0.1", "localhost"))}])
    page.goto("/account/tokens/new/")
    prove(page)
    looks_well(page)
    page.get_by_label("Name").fill("Home automation")
    page.get_by_label("some actions only").check()
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_text("Choose at least one action")).to_be_visible()
    page.get_by_label("view and turn").check()
    page.get_by_label("Door").check()
    page.get_by_role("button", name="Make the token").click()
    assert re.fullmatch(r"\w{64}", page.locator(".secret code").inner_text())
    looks_well(page)
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_text("may ptz, with Door")).to_be_visible()
    page.get_by_role("button", name="Revoke Home automation").click()
    expect(page.get_by_text("opens nothing any more")).to_be_visible()
    assert not complaints
