"""`<nvr-player>` in a real Chromium against the real web process; the cameras' packets come over the bus."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from streaming.media.packet import Role
from tests.support.browsing import chromium, collect_complaints, signed_in
from tests.support.live_camera import LiveCamera
from tests.support.player_page import PlayerPage
from tests.support.site import Site, running_site

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.timeout(240)]

CLIPS = {
    "door": {Role.MAIN: "h264_720p", Role.SUB: "h264_sub"},
    "yard": {Role.MAIN: "h265", Role.SUB: "h264_sub"},
    "attic": {Role.MAIN: "h265"},
    "cellar": {Role.MAIN: "h265"},
    "hall": {Role.MAIN: "h264_pcma"},
    "shed": {Role.MAIN: "h264_b"},
}
LIVE_MS = 1_000


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site"), redis_url, tuple(CLIPS), without_sub=("attic",)) as site:
        site.start("render")
        yield site


@pytest.fixture(scope="module", autouse=True)
def cameras(site: Site) -> Iterator[dict[str, LiveCamera]]:
    cameras = {name: LiveCamera(site.redis_url, site.cameras[name], clips) for name, clips in CLIPS.items()}
    for camera in cameras.values():
        camera.__enter__()
    yield cameras
    for camera in cameras.values():
        camera.__exit__(None, None, None)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium("--host-resolver-rules=MAP cam.test 127.0.0.1") as browser:
        yield browser


@pytest.fixture
def page(chrome: Browser, site: Site) -> Iterator[Page]:
    """Fails the test for whatever the page complains about, but for a server that is away."""
    with signed_in(chrome, site, viewport={"width": 800, "height": 600}) as context:
        page = context.new_page()
        complaints = collect_complaints(page)
        yield page
        assert [complaint for complaint in complaints if "ERR_CONNECTION_REFUSED" not in complaint] == []


@pytest.mark.parametrize("transport", ["webcodecs", "canvas", "mse", "mjpeg"])
def test_every_transport_plays_live_pictures(site: Site, page: Page, transport: str) -> None:
    player = PlayerPage.open(page, site, "door", transport=transport)
    player.wait_playing()
    stats = player.wait(lambda stats: stats["delay"]["totalMs"] < LIVE_MS)
    assert stats["transport"] == transport
    assert (stats["width"], stats["height"]) == (1280, 720)
    parts = stats["delay"]["serverMs"] + stats["delay"]["networkMs"] + stats["delay"]["playerMs"]
    assert parts == pytest.approx(stats["delay"]["totalMs"], abs=1)


def test_the_best_transport_is_chosen(site: Site, page: Page) -> None:
    player = PlayerPage.open(page, site, "door")
    assert player.wait_playing()["transport"] == "webcodecs"


def test_b_frames_are_shown_in_order_by_webcodecs_and_mse(site: Site, page: Page) -> None:
    for transport in ("webcodecs", "mse"):
        player = PlayerPage.open(page, site, "shed", transport=transport)
        player.wait_playing()
        stats = player.wait(lambda stats: stats["delay"]["totalMs"] < LIVE_MS and stats["fps"] > 15)
        assert stats["droppedFrames"] <= 2


def test_without_webcodecs_it_plays_by_mse(site: Site, page: Page) -> None:
    page.add_init_script("delete window.VideoDecoder")
    player = PlayerPage.open(page, site, "door")
    assert player.wait_playing()["transport"] == "mse"


def test_on_plain_http_it_plays_by_mse(site: Site, chrome: Browser) -> None:
    origin = f"http://cam.test:{site.port}"
    with signed_in(chrome, site, origin=origin) as context:
        page = context.new_page()
        player = PlayerPage.open(page, site, "door", origin=origin)
        assert page.evaluate("isSecureContext") is False
        assert player.wait_playing()["transport"] == "mse"
        player.wait(lambda stats: stats["delay"]["totalMs"] < LIVE_MS)


def test_h265_that_chromium_cannot_decode_gives_way_to_the_sub_stream(site: Site, page: Page) -> None:
    player = PlayerPage.open(page, site, "yard")
    stats = player.wait_playing()
    assert (stats["transport"], stats["rung"]) == ("webcodecs", "sub")


def test_h265_without_a_sub_stream_comes_as_jpeg(site: Site, page: Page) -> None:
    player = PlayerPage.open(page, site, "attic")
    stats = player.wait_playing(seconds=25)
    assert stats["transport"] == "mjpeg"
    assert "hvc1" in stats["trouble"]


def test_h265_whose_sub_stream_does_not_come_is_jpeg_too(site: Site, page: Page) -> None:
    player = PlayerPage.open(page, site, "cellar")
    assert player.wait_playing(seconds=30)["transport"] == "mjpeg"


def test_a_worker_that_cannot_be_loaded_gives_way_to_mse(site: Site, page: Page) -> None:
    page.route(re.compile(r"live\.worker"), lambda route: route.abort())
    player = PlayerPage.open(page, site, "door")
    assert player.wait_playing()["transport"] == "mse"


@pytest.mark.parametrize("transport", ["webcodecs", "mse"])
def test_out_of_sight_it_pauses_and_comes_back_live(site: Site, page: Page, transport: str) -> None:
    player = PlayerPage.open(page, site, "door", transport=transport)
    player.wait_playing()
    player.run("document.getElementById('below').style.height = '4000px'; window.scrollTo(0, 3000)")
    player.wait(lambda stats: stats["state"] == "paused")
    shown = player.stats["shownFrames"]
    page.wait_for_timeout(1500)
    assert player.stats["shownFrames"] <= shown + 5
    player.run("window.scrollTo(0, 0)")
    stats = player.wait_playing()
    assert player.wait(lambda stats: stats["delay"]["totalMs"] < LIVE_MS)
    assert stats["transport"] == transport
    assert player.states.count("connecting") <= 2


def test_quality_changes_without_a_new_connection(site: Site, page: Page) -> None:
    player = PlayerPage.open(page, site, "door", quality="main")
    player.wait_playing()
    player.run("player.quality = 'sub'")
    player.wait(lambda stats: stats["rung"] == "sub" and stats["width"] == 320)
    player.wait_playing()
    assert player.states.count("connecting") == 1


def test_a_restarted_server_is_found_again_within_five_seconds(site: Site, page: Page) -> None:
    player = PlayerPage.open(page, site, "door")
    player.wait_playing()
    site.stop("web")
    player.wait(lambda stats: stats["state"] == "connecting")
    player.wait(lambda _: "No picture since" in player.note, what="the age of the picture in words")
    assert page.locator("nvr-player[stale]").count() == 1
    site.start_web()
    player.wait(lambda stats: stats["state"] == "playing", seconds=5)
    assert player.wait_playing()["transport"] == "webcodecs"
    assert page.locator("nvr-player[stale]").count() == 0


def test_a_camera_that_is_down_says_why(site: Site, page: Page, cameras: dict[str, LiveCamera]) -> None:
    player = PlayerPage.open(page, site, "hall")
    player.wait_playing()
    cameras["hall"].fall_silent()
    site.set_state("hall", "down", "The camera refused the password.")
    try:
        player.wait(lambda stats: stats["state"] == "waiting")
        player.wait(lambda _: re.search(r"No picture since .*\. The camera is down: The camera refused the password\.", player.note))
        assert page.locator("nvr-player[stale]").count() == 1
    finally:
        cameras["hall"].speak()
        site.set_state("hall", "live")
    player.wait_playing()
    assert page.locator("nvr-player .nvr-note").is_hidden()


def test_a_picture_that_stands_still_is_not_shown_as_live(site: Site, page: Page, cameras: dict[str, LiveCamera]) -> None:
    player = PlayerPage.open(page, site, "hall")
    player.wait_playing()
    cameras["hall"].fall_silent()
    try:
        player.wait(lambda stats: stats["state"] != "playing")
        player.wait(lambda _: page.locator("nvr-player[stale]").count() == 1)
    finally:
        cameras["hall"].speak()
    player.wait_playing()


def test_a_stranger_is_told_what_is_wrong(site: Site, chrome: Browser) -> None:
    with signed_in(chrome, site) as context:
        context.clear_cookies()
        player = PlayerPage.open(context.new_page(), site, "door")
        stats = player.wait(lambda stats: stats["state"] == "failed")
        assert stats["code"] == 4401
        assert player.note == "You are not logged in."


def test_a_camera_that_does_not_exist_is_named_so(site: Site, page: Page) -> None:
    player = PlayerPage.open(page, site, "no-such-camera")
    player.wait(lambda stats: stats["state"] == "failed" and stats["code"] == 4404)


@pytest.mark.parametrize("transport", ["webcodecs", "canvas", "mse", "mjpeg"])
def test_a_snapshot_is_the_picture_at_full_size(site: Site, page: Page, transport: str) -> None:
    player = PlayerPage.open(page, site, "door", transport=transport)
    player.wait_playing()
    size = player.run(
        "const blob = await player.snapshot();"
        "const picture = await createImageBitmap(blob);"
        "return [blob.type, picture.width, picture.height]"
    )
    assert size == ["image/jpeg", 1280, 720]


def test_a_snapshot_before_the_first_picture_is_refused(site: Site, page: Page) -> None:
    player = PlayerPage.open(page, site, "no-such-camera")
    player.wait(lambda stats: stats["state"] == "failed")
    assert player.run("try { await player.snapshot() } catch (error) { return error.name }") == "InvalidStateError"


def test_the_overlay_is_a_key_away(site: Site, page: Page) -> None:
    player = PlayerPage.open(page, site, "door")
    player.wait_playing()
    overlay = page.locator("nvr-player .nvr-overlay")
    assert overlay.is_hidden()
    page.locator("nvr-player").press("i")
    player.wait_js("/^\\d+ ms$/.test(document.querySelector('nvr-player .nvr-delay strong').textContent)")
    assert "WebCodecs" in overlay.inner_text()
    assert "1280×720 · avc1." in overlay.inner_text()
    page.locator("nvr-player").press("i")
    assert overlay.is_hidden()
