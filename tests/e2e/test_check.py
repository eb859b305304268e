"""The doctor's page: real web process, real camera, real Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.support.accessibility import violations
from tests.support.browsing import DESK, PHONE, chromium, collect_complaints, signed_in
from tests.support.rtsp_camera import TestCamera
from tests.support.site import Site, running_site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

_POINT = """
from cameras.models import Camera
camera = Camera.objects.get(slug="front-door")
camera.username, camera.password = "u", "p"
camera.save()
for role in ("main", "sub"):
    camera.streams.filter(role=role).update(url=given[role])
"""


@pytest.fixture
def camera() -> Iterator[TestCamera]:
    with TestCamera({"/main": "h264_aac", "/sub": "h264_sub"}, username="u", password="p") as running:
        yield running


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory, redis_url: str, camera: TestCamera) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site"), redis_url, ("Front door",)) as site:
        site.python(_POINT, main=camera.url("/main"), sub=camera.url("/sub"))
        yield site


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def test_a_camera_is_examined_from_its_page_and_again_when_it_fails(chrome: Browser, site: Site, camera: TestCamera) -> None:
    with signed_in(chrome, site) as context:
        page = context.new_page()
        complaints = collect_complaints(page)
        page.goto("/cameras/front-door/check/")
        expect(page.get_by_role("heading", name="Not examined yet")).to_be_visible()
        page.goto("/cameras/front-door/")
        page.get_by_role("link", name="Check this camera").click()
        status = page.locator("#check-verdict")
        expect(status).to_contain_text("Examining")
        expect(page.locator('[data-part="sub"] [data-check="login"]')).to_be_visible(timeout=10_000)
        expect(status).to_contain_text("Examining")  # findings come while it goes on
        expect(page.get_by_role("progressbar")).to_be_visible()
        expect(status).to_have_attribute("data-grade", "good", timeout=60_000)
        expect(page.get_by_role("heading", name="What to change")).to_be_hidden()
        camera.refuse(453)
        page.get_by_role("button", name="Check this camera").press("Enter")
        expect(status).to_contain_text("To mend first: RTSP", timeout=60_000)
        expect(page.get_by_text("RTSP · main and sub stream")).to_be_visible()
        expect(page.get_by_text("Close apps, browsers and recorders")).to_have_count(1)
        expect(page.get_by_role("heading", name="when it worked")).to_be_visible()
        for scheme in ("light", "dark"):
            for size in (DESK, PHONE):
                page.emulate_media(color_scheme=scheme)
                page.set_viewport_size(size)
                assert violations(page) == []
                assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        page.get_by_role("button", name="Good").click()
        expect(status).to_have_attribute("data-grade", "good")
        page.goto("/cameras/front-door/")
        expect(page.get_by_role("link", name="To mend: RTSP")).to_be_visible()
        assert complaints == []
