"""The dashboard as a person uses it, against the real web process; the cameras' pictures come over the bus."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from streaming.media.packet import Role
from tests.support.browsing import PHONE, chromium, collect_complaints, signed_in
from tests.support.live_camera import LiveCamera
from tests.support.processes import wait_for
from tests.support.site import Site, running_site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

CAMERAS = ("Front door", "Garden", "Garage", "Attic", "Yard")
SLUGS = ("front-door", "garden", "garage", "attic", "yard")
# The database is looked at every four seconds; a state published on the channel layer would be there at once.
STATE_TIMEOUT_MS = 12_000


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site"), redis_url, CAMERAS) as site:
        yield site


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def desk(chrome: Browser, site: Site) -> Iterator[Page]:
    """A fresh browser on the dashboard in its "auto" layout, all cameras live; fails the test for any error on its console."""
    for slug in SLUGS:
        site.set_state(slug, "live")
    with signed_in(chrome, site) as context:
        page = context.new_page()
        complaints = collect_complaints(page)
        page.goto("/")
        expect(page.locator("#wall[data-ready]")).to_be_visible()
        choose(page, "auto")
        yield page
        assert complaints == []


def cell(page: Page, slug: str) -> Locator:
    return page.locator(f'.cell[data-camera="{slug}"]')


def choose(page: Page, kind: str) -> None:
    """Presses a layout button and waits until the server has kept it."""
    with page.expect_response(lambda answer: "/api/v1/layouts/" in answer.url and answer.request.method in ("POST", "PATCH")):
        page.locator(f'button[data-kind="{kind}"]').click()


def shown(page: Page) -> list[str]:
    cells: list[str] = page.locator(".cell:not([hidden])").evaluate_all("cells => cells.map(cell => cell.dataset.camera)")
    return cells


def double_tap(page: Page, x: int, y: int) -> None:
    """Two taps that follow each other by a tenth of a second, however long the browser takes to hear of them."""
    client = page.context.new_cdp_session(page)
    begin_s = time.time()
    for late_s, kind in ((0.0, "touchStart"), (0.04, "touchEnd"), (0.1, "touchStart"), (0.14, "touchEnd")):
        points = [{"x": x, "y": y}] if kind == "touchStart" else []
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points, "timestamp": begin_s + late_s})


def test_a_live_camera_moves_and_one_that_is_down_says_why(desk: Page, site: Site) -> None:
    with LiveCamera(site.redis_url, site.cameras["front-door"], {Role.MAIN: "h264", Role.SUB: "h264"}):
        player = cell(desk, "front-door").locator("nvr-player")
        expect(player).to_have_attribute("state", "playing")
        expect(cell(desk, "front-door")).to_have_attribute("data-view", "moving")
        site.set_state("garden", "down", "wrong user name or password")
        expect(cell(desk, "garden")).to_have_attribute("data-view", "stopped", timeout=STATE_TIMEOUT_MS)
        expect(cell(desk, "garden").locator(".tile-state")).to_have_text("No picture")
        expect(cell(desk, "garden").locator(".tile-reason")).to_have_text("wrong user name or password")
        expect(cell(desk, "garden").locator(".tile-since")).to_contain_text("since ")
        expect(desk.locator("#summary")).to_have_text("1 of 5 cameras down")
        site.set_state("garden", "live")
        expect(cell(desk, "garden").locator(".tile-veil")).to_be_hidden(timeout=STATE_TIMEOUT_MS)
        expect(desk.locator("#summary")).to_have_text("5 cameras live")


def test_enlarging_takes_the_best_stream_and_leaves_the_other_players_alone(desk: Page, site: Site) -> None:
    garden = cell(desk, "garden")
    with LiveCamera(site.redis_url, site.cameras["front-door"], {Role.MAIN: "h264", Role.SUB: "h264"}):
        expect(cell(desk, "front-door").locator("nvr-player")).to_have_attribute("state", "playing")
        desk.evaluate("window.before = [...document.querySelectorAll('nvr-player')]")
        opened: list[str] = []
        desk.on("websocket", lambda socket: opened.append(socket.url))
        garden.locator(".tile-open").click()
        expect(garden.locator(".tile")).to_have_class(re.compile("is-enlarged"))
        expect(garden.locator("nvr-player")).to_have_attribute("quality", "auto")
        expect(cell(desk, "front-door")).to_have_attribute("inert", "")
        wait_for(
            lambda: (garden.locator(".tile").bounding_box() or {"width": 0})["width"] > 1300, what="the enlarged tile to fill the wall"
        )
        desk.keyboard.press("Escape")
        expect(garden.locator(".tile")).not_to_have_class(re.compile("is-enlarged"))
        expect(garden.locator(".tile-open")).to_be_focused()
        assert desk.evaluate("[...document.querySelectorAll('nvr-player')].every((player, index) => player === window.before[index])")
        assert [url for url in opened if "/ws/live/front-door/" in url] == []


def test_keyboard_chooses_moves_enlarges_and_explains_itself(desk: Page) -> None:
    desk.keyboard.press("2")
    expect(cell(desk, "garden").locator(".tile-open")).to_be_focused()
    desk.keyboard.press("ArrowLeft")
    expect(cell(desk, "front-door").locator(".tile-open")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.locator(".is-enlarged")).to_have_count(1)
    desk.keyboard.press("ArrowRight")
    expect(cell(desk, "garden").locator(".tile")).to_have_class(re.compile("is-enlarged"))
    expect(cell(desk, "garden").locator("nvr-player")).to_be_attached()
    desk.keyboard.press("i")
    expect(cell(desk, "garden").locator("nvr-player")).to_have_attribute("overlay", "")
    desk.keyboard.press("Escape")
    desk.keyboard.press("?")
    expect(desk.locator("#help")).to_be_visible()
    desk.get_by_label("Use single-key shortcuts").uncheck()
    desk.keyboard.press("Escape")
    desk.keyboard.press("1")
    expect(cell(desk, "front-door").locator(".tile-open")).not_to_be_focused()


def test_the_layout_comes_back_on_reload_and_on_another_device(desk: Page, chrome: Browser, site: Site) -> None:
    choose(desk, "4")
    assert shown(desk) == list(SLUGS[:4])
    desk.get_by_role("button", name="Next page").click()
    assert shown(desk) == ["yard"]
    desk.reload()
    expect(desk.locator('button[data-kind="4"]')).to_have_attribute("aria-pressed", "true")
    expect(desk.locator("#pager-text")).to_have_text("1 / 2")
    with signed_in(chrome, site, viewport=PHONE) as other:
        elsewhere = other.new_page()
        elsewhere.goto("/")
        expect(elsewhere.locator('button[data-kind="4"]')).to_have_attribute("aria-pressed", "true")
        assert shown(elsewhere) == list(SLUGS[:4])


def test_an_arrangement_made_by_mouse_and_keyboard_is_kept(desk: Page) -> None:
    desk.get_by_role("button", name="Own layouts").click()
    desk.get_by_role("button", name="New layout").click()
    first = cell(desk, "front-door")
    expect(first).to_have_class(re.compile("grid-stack-item"))
    desk.evaluate("window.before = document.querySelector('nvr-player')")
    handle = first.locator(".ui-resizable-se")
    box = handle.bounding_box()
    assert box is not None
    desk.mouse.move(box["x"] + 8, box["y"] + 8)
    desk.mouse.down()
    desk.mouse.move(box["x"] + 400, box["y"] + 220, steps=8)
    desk.mouse.up()
    wait_for(lambda: int(first.get_attribute("gs-w") or 0) > 4, what="the tile to be larger")
    first.locator(".tile-open").focus()
    desk.keyboard.press("Shift+ArrowRight")
    width = int(first.get_attribute("gs-w") or 0)
    cell(desk, "attic").get_by_role("button", name="Leave out").click()
    desk.get_by_label("Name").fill("Door first")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.locator("#arrange-bar")).to_be_hidden()
    assert desk.evaluate("window.before.isConnected && window.before === document.querySelector('nvr-player')")
    desk.reload()
    expect(desk.locator("#wall[data-ready]")).to_be_visible()
    assert set(shown(desk)) == set(SLUGS) - {"attic"}
    assert re.search(rf"span {width}$", first.evaluate("cell => getComputedStyle(cell).gridColumn"))
    desk.get_by_role("button", name="Own layouts").click()
    desk.get_by_role("button", name="Delete Door first").click()
    desk.get_by_role("button", name="Delete", exact=True).click()
    expect(desk.locator('button[data-kind="auto"]')).to_have_attribute("aria-pressed", "true")


def test_cameras_come_and_go_while_one_watches(desk: Page) -> None:
    token = desk.evaluate("document.cookie.match(/csrftoken=([^;]+)/)[1]")
    headers = {"X-CSRFToken": token}
    player = cell(desk, "front-door").locator("nvr-player")
    expect(player).to_be_attached()
    player.evaluate("player => { window.before = player; }")
    streams = [{"role": "main", "url": "rtsp://127.0.0.1:9/shed"}]
    added = desk.request.post("/api/v1/cameras/", headers=headers, data={"name": "Shed & co", "streams": streams})
    assert added.ok, added.text()
    slug = added.json()["slug"]
    tile = cell(desk, slug)
    expect(tile.locator(".tile-name")).to_have_text("Shed & co")
    expect(tile.get_by_role("link", name="Open the page of Shed & co", include_hidden=True)).to_have_attribute("href", f"/cameras/{slug}/")
    assert desk.request.patch(f"/api/v1/cameras/{slug}/", headers=headers, data={"name": "Hut"}).ok
    expect(tile.locator(".tile-name")).to_have_text("Hut", timeout=STATE_TIMEOUT_MS)
    assert desk.request.delete(f"/api/v1/cameras/{slug}/", headers=headers).ok
    expect(tile).to_have_count(0, timeout=STATE_TIMEOUT_MS)
    assert player.evaluate("player => window.before === player")


def test_without_the_player_the_page_says_so_and_works(chrome: Browser, site: Site) -> None:
    with signed_in(chrome, site) as context:
        context.route(re.compile(r"/live/player\.[^/]*js"), lambda route: route.abort())
        page = context.new_page()
        page.goto("/")
        expect(cell(page, "front-door").locator(".tile-reason")).to_have_text(re.compile("could not be loaded"))
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        expect(page.locator(".is-enlarged")).to_have_count(1)


def test_kiosk_shows_pictures_only_and_hides_the_pointer(desk: Page) -> None:
    desk.goto("/?kiosk=1")
    expect(desk.locator("#wall[data-ready]")).to_be_visible()
    expect(desk.locator("header.bar")).to_be_hidden()
    expect(desk.locator("body")).to_have_attribute("data-idle", "")
    places = itertools.count(300)

    def is_awake() -> bool:
        """It falls asleep again by itself: a machine that is busy may look too late."""
        desk.mouse.move(next(places), 300)
        return not desk.evaluate("document.body.hasAttribute('data-idle')")

    wait_for(is_awake, what="the pointer to come back")
    desk.keyboard.press("Escape")
    expect(desk.locator("header.bar")).to_be_visible()


def test_a_phone_gets_one_column_and_fingers_enough_room(desk: Page, chrome: Browser, site: Site) -> None:
    with signed_in(chrome, site, viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2) as context:
        phone = context.new_page()
        phone.goto("/")
        expect(phone.locator("#wall[data-ready]")).to_be_visible()
        lefts: list[int] = phone.locator(".cell").evaluate_all("cells => cells.map(cell => Math.round(cell.getBoundingClientRect().x))")
        assert len(set(lefts)) == 1
        assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        buttons = phone.locator(".toolbar button:visible, .bar button:visible, .tile-tools .tool:visible")
        sizes: list[float] = buttons.evaluate_all("all => all.map(one => Math.min(one.offsetWidth, one.offsetHeight))")
        # Six layout buttons share the width of the phone with the rest of the bar.
        assert min(sizes) >= 38
        phone.touchscreen.tap(200, 180)
        expect(cell(phone, "front-door").locator(".tile-tools")).to_have_css("opacity", "1")
        expect(phone.locator(".is-enlarged")).to_have_count(0)
        double_tap(phone, 200, 180)
        expect(phone.locator(".is-enlarged")).to_have_count(1)
        cell(phone, "front-door").get_by_role("button", name="Back to all cameras", exact=True).tap()
        expect(phone.locator(".is-enlarged")).to_have_count(0)


def test_colours_are_kept_in_this_browser(desk: Page) -> None:
    toggle = desk.locator("[data-theme-toggle]")
    toggle.click()
    toggle.click()
    expect(desk.locator("html")).to_have_attribute("data-theme", "dark")
    desk.reload()
    expect(desk.locator("html")).to_have_attribute("data-theme", "dark")
    toggle.click()
    desk.reload()
    expect(desk.locator("html")).not_to_have_attribute("data-theme", re.compile(".*"))


def test_losing_the_server_is_told_and_ends_by_itself(chrome: Browser, site: Site) -> None:
    with signed_in(chrome, site) as context:
        page = context.new_page()
        page.goto("/")
        notice = page.locator("#connection-notice")
        site.stop("web")
        expect(notice).to_have_text(re.compile("can’t be reached"))
        site.start_web()
        expect(notice).to_be_hidden(timeout=15_000)


def test_the_camera_page_plays_counts_and_saves_a_picture(desk: Page, site: Site, tmp_path: Path) -> None:
    with LiveCamera(site.redis_url, site.cameras["front-door"], {Role.MAIN: "h264", Role.SUB: "h264"}):
        desk.goto("/cameras/front-door/")
        player = desk.locator("nvr-player")
        expect(player).to_have_attribute("state", "playing")
        desk.get_by_role("button", name="Delay and statistics").click()
        expect(player.locator(".nvr-overlay")).to_be_visible()
        with desk.expect_download() as download:
            desk.get_by_role("link", name="Save picture").click()
        picture = tmp_path / "picture.jpg"
        download.value.save_as(picture)
        assert picture.read_bytes()[:2] == b"\xff\xd8"
        desk.get_by_label("Quality").select_option("sub")
        expect(player).to_have_attribute("quality", "sub")
    site.set_state("front-door", "down", "no answer within 5 s")
    expect(desk.locator("#state-text")).to_have_text("No picture: no answer within 5 s", timeout=STATE_TIMEOUT_MS)
    expect(desk.locator(".tile-reason")).to_have_text("no answer within 5 s")
    expect(desk.locator("#history li")).to_have_count(1)


def test_the_system_page_names_each_part(desk: Page) -> None:
    desk.goto("/system/")
    expect(desk.locator(".part-name", has_text="Database").first).to_be_visible()
    expect(desk.locator(".part", has_text="Redis")).to_contain_text("Running")
    expect(desk.locator(".part", has_text="ingest")).to_contain_text("Missing")
