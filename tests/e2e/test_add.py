"""From the button to cameras that are there: real web process, devices of other makes, real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.accessibility import violations
from tests.support.announcing import announcing
from tests.support.browsing import DESK, PHONE, chromium, collect_complaints, signed_in
from tests.support.ipycam_camera import PASSWORD, USERNAME, ipycam
from tests.support.rtsp_camera import TestCamera
from tests.support.site import Site, running_site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

_STORED = """
from cameras.models import Camera
answer = {}
for camera in Camera.objects.all():
    urls = sorted(stream.url for stream in camera.streams.all())
    answer[camera.slug] = [camera.username, camera.password, camera.record, camera.detects_motion, urls]
"""


@dataclass
class Found:
    """A device that answers calls under this name."""

    name: str
    streams: TestCamera


@pytest.fixture
def found() -> Iterator[Found]:
    with ipycam() as device, announcing(device) as name:
        config = device.camera.config
        mounts = {f"/{config.main_stream_name}": "h264_720p", f"/{config.sub_stream_name}": "h264_sub"}
        with TestCamera(mounts, username=USERNAME, password=PASSWORD) as streams:
            config.rtsp_port = streams.port
            yield Found(name, streams)


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site"), redis_url, ()) as site:
        yield site


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def is_clean(page: Page) -> None:
    """No violation of WCAG A and AA, and nothing wider than the screen; light and dark, on a desk and on a phone."""
    for scheme in ("dark", "light"):
        for size in (PHONE, DESK):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size(size)
            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_cameras_are_found_tried_and_added(chrome: Browser, site: Site, found: Found) -> None:
    with (
        signed_in(chrome, site, reduced_motion="reduce") as context,
        TestCamera({"/my/stream": "h264_b"}, username="u", password="s3cret") as typed,
    ):
        page = context.new_page()
        complaints = collect_complaints(page)
        page.goto("/")
        page.get_by_role("link", name="Add a camera").click()
        expect(page.get_by_role("button", name="Try it")).to_be_disabled()
        is_clean(page)
        page.get_by_role("button", name="Search for cameras").click()
        page.get_by_label(found.name).check(timeout=20_000)
        address = page.get_by_label("Address", exact=True)
        address.fill(typed.url().replace("rtsp://", "rtsp://u:wr0ng@"))
        address.blur()
        expect(address).to_have_value(typed.url())
        page.get_by_label("User name").fill(USERNAME)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Try 2 cameras").click()
        works, fails = page.locator(".candidate").nth(0), page.locator(".candidate").nth(1)
        expect(works).to_have_attribute("data-state", "good", timeout=60_000)
        expect(works.get_by_role("img", name=f"What {found.name} shows")).to_be_visible()
        expect(works.get_by_text("H.264, 1280 × 720")).to_be_visible()
        expect(works.get_by_label("Name", exact=True)).to_have_value(found.name)
        expect(fails).to_have_attribute("data-state", "bad", timeout=60_000)
        expect(fails.get_by_text("refused the user name or password")).to_be_visible()
        expect(fails.get_by_text("What to do:")).to_be_visible()
        is_clean(page)
        fails.get_by_label("User name").fill("u")
        fails.get_by_label("Password").fill("s3cret")
        fails.get_by_label("Password").press("Enter")
        expect(fails).to_have_attribute("data-state", "look", timeout=60_000)
        fails.get_by_label("Name", exact=True).fill(found.name)
        motion = page.get_by_label("Look for motion in what is recorded")
        page.get_by_label("On motion").check()
        expect(motion).to_be_checked()
        expect(motion).to_be_disabled()
        page.get_by_label("Always").check()
        page.get_by_role("button", name="Add 2 cameras").click()
        expect(page.get_by_text("already a camera called")).to_be_visible()  # the first is in, the second has its name
        page.locator(".candidate").get_by_label("Name", exact=True).fill("Shed")
        page.get_by_role("button", name="Add this camera").click()
        expect(page.get_by_role("heading", name="Added")).to_be_visible()
        expect(page.get_by_text("Its ONVIF is set up")).to_be_visible(timeout=30_000)
        is_clean(page)
        page.get_by_role("button", name="Add another").click()
        expect(page.get_by_label(found.name)).to_be_disabled()
        assert PASSWORD not in page.content()
        assert complaints == []
        stored = site.python(_STORED)
        assert stored[found.name.lower()] == [USERNAME, PASSWORD, "continuous", True, sorted(map(found.streams.url, found.streams.paths))]
        assert stored["shed"][:2] == ["u", "s3cret"]
        assert "s3cret" not in (site.data_dir / "web.log").read_text()


def test_a_camera_without_onvif_is_found_by_its_makers_addresses(chrome: Browser, site: Site) -> None:
    with signed_in(chrome, site, viewport=PHONE) as context, TestCamera({"/stream1": "h264_aac", "/stream2": "h264_sub"}) as camera:
        page = context.new_page()
        page.goto("/cameras/add/")
        page.get_by_label("Address", exact=True).fill(f"127.0.0.1:{camera.port}")
        page.get_by_label("Address", exact=True).press("Enter")  # by keyboard alone
        card = page.locator(".candidate")
        expect(card).to_have_attribute("data-state", "look", timeout=60_000)
        expect(card.get_by_role("status")).to_contain_text("Worth a look: Login")
        card.get_by_label("Name", exact=True).fill("Porch")
        page.get_by_role("button", name="Add this camera").press("Enter")
        expect(page.get_by_role("link", name="See it live")).to_have_attribute("href", "/cameras/porch/")
        expect(page.get_by_role("link", name="Its recordings")).to_have_attribute("href", "/recordings/?camera=porch")
        assert site.python(_STORED)["porch"][4] == [camera.url("/stream1"), camera.url("/stream2")]


def test_a_stranger_is_sent_to_the_login_page_and_back(chrome: Browser, site: Site) -> None:
    context = chrome.new_context(base_url=site.url)
    page = context.new_page()
    page.goto("/cameras/add/")
    expect(page).to_have_url(f"{site.url}/accounts/login/?next=/cameras/add/")
    context.close()
