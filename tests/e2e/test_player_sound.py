"""Sound of `<nvr-player>`, listened to where it leaves the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from streaming.media.packet import Role
from tests.support.browsing import chromium, collect_complaints, signed_in
from tests.support.live_camera import LiveCamera
from tests.support.player_page import PlayerPage
from tests.support.site import Site, running_site

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.timeout(240)]

# Whatever is connected to the loudspeakers is also connected to something that can be asked for its loudest sample.
_LISTEN = """
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, ...rest) {
  if (to instanceof AudioDestinationNode) {
    window.ear = new AnalyserNode(this.context);
    connect.call(this, window.ear);
  }
  return connect.call(this, to, ...rest);
};
window.loudest = () => {
  if (!window.ear) return 0;
  const samples = new Float32Array(window.ear.fftSize);
  window.ear.getFloatTimeDomainData(samples);
  return Math.max(...samples.map(Math.abs));
};
"""
CLIPS = {"aac": "h264_aac", "alaw": "h264_pcma", "ulaw": "h264_pcmu", "opus": "h264_opus", "silent": "h264_sub"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site"), redis_url, tuple(CLIPS)) as site:
        yield site


@pytest.fixture(scope="module", autouse=True)
def cameras(site: Site) -> Iterator[None]:
    cameras = [LiveCamera(site.redis_url, site.cameras[name], {Role.MAIN: clip}) for name, clip in CLIPS.items()]
    for camera in cameras:
        camera.__enter__()
    yield
    for camera in cameras:
        camera.__exit__(None, None, None)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(chrome: Browser, site: Site) -> Iterator[Page]:
    with signed_in(chrome, site, viewport={"width": 800, "height": 600}) as context:
        page = context.new_page()
        complaints = collect_complaints(page)
        page.add_init_script(_LISTEN)
        yield page
        assert complaints == []


def unmute(player: PlayerPage) -> None:
    """As a person does: by a click."""
    player.run("player.addEventListener('click', () => { player.muted = false; }, { once: true })")
    player.page.locator("nvr-player").click()


@pytest.mark.parametrize("codec", ["aac", "alaw", "ulaw", "opus"])
def test_webcodecs_plays_sound_on_demand(site: Site, page: Page, codec: str) -> None:
    player = PlayerPage.open(page, site, codec, transport="webcodecs")
    assert not player.wait_playing()["hasAudio"]
    unmute(player)
    player.wait(lambda stats: stats["hasAudio"] and stats["state"] == "playing")
    player.wait_js("window.loudest() > 0.05")
    player.run("player.muted = true")
    player.wait(lambda stats: not stats["hasAudio"] and stats["state"] == "playing")
    player.wait_js("window.loudest() === 0 || window.ear.context.state === 'closed'")


@pytest.mark.parametrize("codec", ["aac", "opus"])
def test_mse_plays_sound_on_demand_and_stays_live(site: Site, page: Page, codec: str) -> None:
    player = PlayerPage.open(page, site, codec, transport="mse")
    player.wait_playing()
    unmute(player)
    player.wait(lambda stats: stats["hasAudio"] and stats["state"] == "playing")
    video = "document.querySelector('nvr-player video:last-of-type')"
    player.wait_js(f"{video}.webkitAudioDecodedByteCount > 1000 && !{video}.muted")
    player.wait(lambda stats: stats["delay"]["totalMs"] < 1000)
    player.run("player.muted = true")
    player.wait(lambda stats: not stats["hasAudio"] and stats["state"] == "playing")


def test_a_camera_without_sound_goes_on_playing_when_unmuted(site: Site, page: Page) -> None:
    player = PlayerPage.open(page, site, "silent", transport="webcodecs")
    player.wait_playing()
    unmute(player)
    stats = player.wait_playing()
    assert not stats["hasAudio"]


def test_volume_is_that_of_the_sound(site: Site, page: Page) -> None:
    player = PlayerPage.open(page, site, "aac", transport="webcodecs")
    player.wait_playing()
    unmute(player)
    player.wait_js("window.loudest() > 0.05")
    player.run("player.volume = 0")
    player.wait_js("window.loudest() === 0")
