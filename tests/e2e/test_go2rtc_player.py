"""go2rtc's own player, unchanged (tests/support/peers/go2rtc), in a real Chromium against the real web process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from streaming.media.packet import Role
from tests.support.browsing import chromium, collect_complaints, signed_in
from tests.support.live_camera import LiveCamera
from tests.support.site import Site, running_site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PEER = Path(__file__).parents[1] / "support" / "peers" / "go2rtc"
CLIPS = {"door": {Role.MAIN: "h264_aac", Role.SUB: "h264_sub"}, "yard": {Role.MAIN: "h265", Role.SUB: "h264_sub"}}
STATE = """() => {
  const video = document.querySelector("video");
  const ranges = video.buffered;
  return {
    mode: document.querySelector(".mode").innerText,
    width: video.videoWidth,
    at: video.currentTime,
    ranges: ranges.length,
    behind: ranges.length ? ranges.end(ranges.length - 1) - video.currentTime : null,
    poster: video.poster.slice(0, 23),
    length: video.poster.length,
  };
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site"), redis_url, tuple(CLIPS)) as site:
        site.start("render")
        yield site


@pytest.fixture(scope="module", autouse=True)
def cameras(site: Site) -> Iterator[None]:
    cameras = [LiveCamera(site.redis_url, site.cameras[name], clips) for name, clips in CLIPS.items()]
    for camera in cameras:
        camera.__enter__()
    yield
    for camera in cameras:
        camera.__exit__(None, None, None)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium("--autoplay-policy=no-user-gesture-required") as browser:
        yield browser


@pytest.fixture
def page(chrome: Browser, site: Site) -> Iterator[Page]:
    """Somebody else's page: on our origin, for the session's sake, and without our content security policy."""
    with signed_in(chrome, site, bypass_csp=True) as context:
        page = context.new_page()
        complaints = collect_complaints(page)
        page.route("**/peer/*.js", _own_file)
        page.goto(f"{site.url}/no-such-page/")
        page.evaluate("document.body.replaceChildren()")
        page.add_script_tag(type="module", url="/peer/video-stream.js")
        yield page
        assert complaints == []


def _own_file(route: Route) -> None:
    route.fulfill(content_type="text/javascript", path=PEER / route.request.url.rpartition("/")[2])


def show(page: Page, src: str, mode: str) -> None:
    page.evaluate(
        """async ([src, mode]) => {
          await customElements.whenDefined("video-stream");
          const player = document.createElement("video-stream");
          player.mode = mode;
          player.src = `/api/ws?src=${encodeURIComponent(src)}`;
          document.body.append(player);
        }""",
        [src, mode],
    )


def wait(page: Page, condition: Any, *, seconds: float = 30) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while True:
        state: dict[str, Any] = page.evaluate(STATE)
        if condition(state):
            return state
        assert time.monotonic() < deadline, state
        page.wait_for_timeout(100)


def test_it_plays_picture_and_sound_by_mse_after_webrtc_was_refused(page: Page) -> None:
    show(page, "door", "webrtc,mse,hls,mjpeg")
    first = wait(page, lambda state: state["at"] > 0 and state["width"])
    later = wait(page, lambda state: state["at"] > first["at"] + 2)
    assert later["mode"] == "MSE"
    assert later["ranges"] == 1
    assert later["behind"] < 2
    assert page.evaluate("document.querySelector('video').webkitAudioDecodedByteCount") > 0


def test_it_plays_the_sub_stream_by_its_name(page: Page) -> None:
    show(page, "door/sub", "mse")
    assert wait(page, lambda state: state["at"] > 1)["width"] == 320


@pytest.mark.parametrize(("src", "mode"), [("door", "mjpeg"), ("yard", "mse,mjpeg")], ids=["asked for", "no codec that it plays"])
def test_it_shows_pictures(page: Page, src: str, mode: str) -> None:
    if src == "yard" and page.evaluate("MediaSource.isTypeSupported('video/mp4; codecs=\"hvc1.1.6.L153.B0\"')"):
        mode = "mjpeg"  # this browser plays H.265
    show(page, src, mode)
    first = wait(page, lambda state: state["poster"] == "data:image/jpeg;base64,")
    wait(page, lambda state: state["length"] != first["length"])
    assert first["mode"] == "MJPEG"
