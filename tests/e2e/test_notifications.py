"""The notifications page and the service worker in a real Chromium. Its push service is out of reach, so what comes of a push is tried by
handing one to the worker, and what subscribing does by a subscription that the test hands out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.accessibility import violations
from tests.support.browsing import DESK, PHONE, chromium, collect_complaints, signed_in
from tests.support.processes import wait_for
from tests.support.push_service import PushBrowser
from tests.support.site import Site, running_site
from tests.support.webhook_receiver import Receiver, running_receiver

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
# A name that is not this machine's, so that the page did not come securely.
PLAIN_HOST = "nvr.test"
SUBSCRIBING = """(subscription) => {
  let current = null;
  const made = {...subscription, options: {}, toJSON: () => subscription, unsubscribe: async () => { current = null; return true; }};
  PushManager.prototype.subscribe = async (options) => { window.asked = options; current = made; return made; };
  PushManager.prototype.getSubscription = async () => current;
}"""


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium(f"--host-resolver-rules=MAP {PLAIN_HOST} 127.0.0.1") as browser:
        yield browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site"), redis_url, ("Door", "Yard")) as site:
        site.stop("web")
        site.environment["NVR_NOTIFY_PRIVATE"] = "127.0.0.0/8"
        site.start_web()
        yield site


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as receiver:
        yield receiver


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def open_page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/notifications/")
    expect(page.locator("main")).to_have_attribute("aria-busy", "false")
    return page


@pytest.mark.parametrize(("viewport", "scheme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
def test_a_channel_a_rule_and_quiet(chrome: Browser, site: Site, receiver: Receiver, viewport: dict[str, int], scheme: Any) -> None:
    name = f"Hook {viewport['width']}"
    with signed_in(chrome, site, viewport=viewport, color_scheme=scheme, reduced_motion="reduce") as context:
        page = open_page(context)
        complaints = collect_complaints(page)
        add_webhook(page, name, receiver)
        row = page.locator("#channels .notify-row", has_text=name)
        row.get_by_role("button", name=f"Test {name}").click()
        expect(row.get_by_role("status")).to_have_text("Sent. It should be there now.")
        assert json.loads(receiver.taken[0].body)["type"] == "test"
        receiver.statuses = [500]
        row.get_by_role("button", name=f"Test {name}").click()
        expect(row.get_by_role("status")).to_have_text("It answered 500 (Internal Server Error).")
        page.reload()
        expect(page.get_by_role("alert")).to_contain_text(name)
        add_rule(page, f"Nights {viewport['width']}", name)
        be_quiet(page)
        assert violations(page) == []
        assert fits(page)
        assert complaints == []


def add_webhook(page: Page, name: str, receiver: Receiver) -> None:
    page.get_by_role("button", name="Add a channel").click()
    assert violations(page) == []
    page.get_by_role("dialog").get_by_role("button", name="Webhook").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Address").fill("ftp://nowhere/")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_have_text("An address begins with http:// or https://")
    dialog.get_by_label("Address").fill(receiver.url())
    assert violations(page) == []
    assert fits(page)
    dialog.get_by_role("button", name="Save").click()
    secret = page.get_by_label("It is shown this once")
    assert secret.input_value().startswith("whsec_")
    page.get_by_role("button", name="I have stored it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def add_rule(page: Page, name: str, channel: str) -> None:
    page.get_by_role("button", name="Add a rule").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("All cameras that I may see").uncheck()
    dialog.get_by_label("Door").check()
    dialog.get_by_label("Of these").fill("person, car")
    dialog.get_by_label("When", exact=True).select_option("daily")
    dialog.get_by_label("From", exact=True).fill("22:00")
    dialog.get_by_label("To", exact=True).fill("06:00")
    assert violations(page) == []
    assert fits(page)
    dialog.get_by_role("button", name="Save").click()
    row = page.locator("#rules .notify-row", has_text=name)
    expect(row).to_contain_text("at Door; motion only of person or car; every day from 22:00 to 06:00.")
    expect(row).to_contain_text(channel)
    row.get_by_role("button", name=f"Change ({name})").click()
    expect(dialog.get_by_label("From", exact=True)).to_have_value("22:00")
    expect(dialog.get_by_label("Yard")).not_to_be_checked()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    row.get_by_role("button", name=f"Quiet for an hour ({name})").click()
    expect(row).to_contain_text("Quiet until")
    row.get_by_role("button", name=f"Not quiet ({name})").click()
    row.get_by_role("button", name=f"Until morning ({name})").click()
    expect(row).to_contain_text(re.compile("Quiet until .*0?7:00"))
    row.get_by_text("On", exact=True).click()
    expect(row).to_contain_text("Off until you switch it on again.")
    expect(row.get_by_role("button", name="Not quiet")).to_have_count(0)
    row.get_by_text("On", exact=True).click()
    expect(row).to_contain_text("Quiet until")


def be_quiet(page: Page) -> None:
    bar = page.locator("#mute")
    expect(bar.get_by_role("status")).to_have_text("Messages are on.")
    bar.get_by_role("button", name="Quiet for an hour").click()
    expect(bar.get_by_role("status")).to_contain_text("Quiet until")
    assert violations(page) == []
    bar.get_by_role("button", name="Tell me again").click()
    expect(bar.get_by_role("status")).to_have_text("Messages are on.")


def test_this_device_is_switched_on_and_off(chrome: Browser, site: Site) -> None:
    browser = PushBrowser("https://push.example/send/abc")
    with signed_in(chrome, site) as context:
        context.grant_permissions(["notifications"], origin=site.url)
        context.add_init_script(f"({SUBSCRIBING})({json.dumps(browser.as_json())})")
        page = open_page(context)
        complaints = collect_complaints(page)
        page.get_by_role("button", name="Switch on here").click()
        expect(page.get_by_role("heading", name="This device: On")).to_be_visible()
        this_one = page.locator("#devices .notify-row", has_text="(this one)")
        expect(this_one).to_have_count(1)
        expect(page.locator("#channels .notify-row", has_text="My devices")).to_contain_text(re.compile(r"[1-9] device"))
        assert page.evaluate("asked.userVisibleOnly && asked.applicationServerKey.length") == 65
        assert violations(page) == []
        page.get_by_role("button", name="Switch off here").click()
        expect(page.get_by_role("heading", name="This device: Off")).to_be_visible()
        expect(this_one).to_have_count(0)
        assert complaints == []


def test_where_it_can_t_be_the_page_says_why(chrome: Browser, site: Site) -> None:
    origin = f"http://{PLAIN_HOST}:{site.port}"
    with signed_in(chrome, site, origin=origin) as context:
        page = context.new_page()
        page.goto(f"{origin}/notifications/")
        expect(page.get_by_role("heading", name="This device: Not over this address")).to_be_visible()
        expect(page.locator("#devices")).to_contain_text("https")
        expect(page.locator("[data-switch]")).to_be_hidden()
    with signed_in(chrome, site) as context:
        context.add_init_script("Object.defineProperty(Notification, 'permission', {get: () => 'denied'})")
        page = open_page(context)
        expect(page.get_by_role("heading", name="This device: Forbidden in this browser")).to_be_visible()
        expect(page.locator("#devices")).to_contain_text("To undo it")


def test_a_pushed_message_is_shown_and_leads_to_its_event(chrome: Browser, site: Site) -> None:
    message = {"id": "m1", "title": "Motion at Door", "body": "At 12:00.", "path": "/recordings/?event=7", "sort": "motion", "at_ms": 5}
    with signed_in(chrome, site) as context:
        context.grant_permissions(["notifications"], origin=site.url)
        page = open_page(context)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        deliver(context, page, site, json.dumps(message))
        shown = "navigator.serviceWorker.ready.then((r) => r.getNotifications()).then((all) => all.map((n) => [n.title, n.body, n.tag]))"
        wait_for(lambda: page.evaluate(shown) == [["Motion at Door", "At 12:00.", "m1"]], what="the message to be shown")
        deliver(context, page, site, json.dumps(message | {"body": "Again."}))
        # the same message takes its own place
        wait_for(lambda: page.evaluate(shown) == [["Motion at Door", "Again.", "m1"]], what="the message to be shown again")
        (worker,) = context.service_workers
        with page.expect_navigation(url="**/recordings/?event=7"):
            worker.evaluate("""async () => {
                const [notification] = await self.registration.getNotifications();
                self.dispatchEvent(new NotificationEvent("notificationclick", {notification}));
            }""")
        page.wait_for_function(f"{shown}.then((all) => all.length === 0)")


def deliver(context: BrowserContext, page: Page, site: Site, data: str) -> None:
    """As the browser's push service would."""
    client = context.new_cdp_session(page)
    registrations: list[str] = []
    client.on(
        "ServiceWorker.workerRegistrationUpdated", lambda event: registrations.extend(r["registrationId"] for r in event["registrations"])
    )
    client.send("ServiceWorker.enable")
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")  # events arrive meanwhile
    client.send("ServiceWorker.deliverPushMessage", {"origin": site.url, "registrationId": registrations[-1], "data": data})
    client.detach()


def test_without_a_network_there_is_a_page_that_says_so(chrome: Browser, site: Site) -> None:
    with signed_in(chrome, site) as context:
        page = open_page(context)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.wait_for_function("navigator.serviceWorker.controller !== null")
        page.wait_for_function("caches.keys().then((names) => names.length === 1)")
        context.set_offline(True)
        page.goto("/recordings/")
        expect(page.get_by_role("heading", name="The NVR can’t be reached")).to_be_visible()
        assert violations(page) == []
        kept = page.evaluate(
            "caches.keys().then((n) => caches.open(n[0])).then((c) => c.keys()).then((r) => r.map((x) => new URL(x.url).pathname))"
        )
        assert kept and all(path == "/offline/" or path.startswith("/static/") for path in kept), "nothing of anybody is kept"
        context.set_offline(False)
        page.get_by_role("link", name="Try again").click()
        expect(page.get_by_role("heading", name="The NVR can’t be reached")).to_have_count(0)


def test_a_worker_of_an_older_version_gives_way(chrome: Browser, site: Site) -> None:
    """As after an update: the next visit finds another worker, which takes over without a reload."""
    with signed_in(chrome, site) as context:
        page = context.new_page()
        page.goto("/")
        old = "self.addEventListener('install', () => self.skipWaiting());"
        context.route("**/sw.js", lambda route: route.fulfill(body=old, content_type="text/javascript"))
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        context.unroute("**/sw.js")
        page.goto("/notifications/")
        page.wait_for_function("caches.keys().then((names) => names.some((name) => name.startsWith('shell-')))")
        page.wait_for_function("navigator.serviceWorker.controller !== null")


def test_who_signs_out_gets_no_more_messages_there(chrome: Browser, site: Site) -> None:
    browser = PushBrowser("https://push.example/send/def")
    with signed_in(chrome, site) as context:
        context.grant_permissions(["notifications"], origin=site.url)
        context.add_init_script(f"({SUBSCRIBING})({json.dumps(browser.as_json())})")
        page = open_page(context)
        page.get_by_role("button", name="Switch on here").click()
        expect(page.get_by_role("heading", name="This device: On")).to_be_visible()
        page.route("**/accounts/logout/", lambda route: route.fulfill(status=204))  # the session of these tests is to live on
        page.get_by_role("button", name="Account: alice").click()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_function("navigator.serviceWorker.ready.then((r) => r.pushManager.getSubscription()).then((s) => s === null)")
