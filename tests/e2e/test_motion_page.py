"""The motion page of a camera as a person uses it: real web process, real API, a picture over the bus."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, expect

from streaming.media.packet import Role
from tests.support.accessibility import violations
from tests.support.browsing import PHONE, chromium, collect_complaints, signed_in
from tests.support.live_camera import LiveCamera
from tests.support.processes import wait_for
from tests.support.site import Site, running_site
from tests.support.walkers import trace_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

LEVEL = """
import time
from cameras.events import MotionLevel, publish
from cameras.models import Camera
camera = Camera.objects.get(slug="door")
at_ms = time.time_ns() // 1_000_000 - 3000
publish(camera.pk, MotionLevel(type="motion.level", camera="door", at_ms=at_ms, score=62, is_motion=True, lag_ms=3000))
"""
# A minute in which two people walked by, of whom one made an event.
WALKED = """
from cameras.models import Camera
from recordings.models import Event, MotionTrace, Segment, Volume
camera, start_ms = Camera.objects.get(slug="door"), given["start_ms"]
volume = Volume.objects.create(name="Disk", path=given["path"])
row = Segment.objects.create(
    camera=camera, role="main", volume=volume, path="a.mp4", started_at_ms=start_ms, ended_at_ms=start_ms + 60_000,
    started_90k=start_ms * 90, generation=1, size_bytes=1, init_bytes=1, index=b"",
    video_codec="avc1.640029", width_px=1280, height_px=720, is_finished=True)
MotionTrace.objects.create(
    segment=row, camera=camera, started_at_ms=start_ms, analysed_until_ms=start_ms + 60_000, entries=bytes.fromhex(given["entries"]))
Event.objects.create(
    camera=camera, kind="motion", start_ms=start_ms + 10_000, end_ms=start_ms + 16_000, seen_until_ms=start_ms + 16_000,
    footage_start_ms=start_ms, footage_end_ms=start_ms + 26_000, peak_score=60)
"""
# The door's camera turns, and stands at the gate now.
TURNS = """
import time
from PIL import Image
from cameras.control.presets import picture_path
from cameras.models import Camera, HeadMove, Preset
from django.utils import timezone
camera = Camera.objects.get(slug="door")
camera.presets.all().delete()
gate, yard = (Preset.objects.create(camera=camera, token=name, name=name, position=at) for at, name in enumerate(("Gate", "Yard")))
Preset.objects.filter(pk=yard.pk).update(picture_at=timezone.now())
picture_path(yard).parent.mkdir(parents=True, exist_ok=True)
Image.new("RGB", (640, 360), (90, 110, 90)).save(picture_path(yard))
HeadMove.objects.create(camera=camera, start_ms=1000, end_ms=2000, preset=gate)
"""
STAYS = """
from cameras.models import Camera, HeadMove
HeadMove.objects.all().delete()
Camera.objects.get(slug="door").presets.all().delete()
"""
SQUARE = [[0.2, 0.2], [0.6, 0.2], [0.6, 0.6], [0.2, 0.6]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site"), redis_url, ("Door", "Yard")) as site:
        yield site


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def desk(chrome: Browser, site: Site) -> Iterator[Page]:
    """Fails the test for any error on its console."""
    with signed_in(chrome, site, locale="en-GB", timezone_id="Europe/Berlin") as context:
        page = context.new_page()
        complaints = collect_complaints(page)
        yield page
        assert complaints == []


def put(site: Site, *zones: dict[str, Any], is_on: bool = False) -> None:
    """What is kept of the door, straight into the site's database."""
    door = site.cameras["door"]
    with closing(sqlite3.connect(site.data_dir / "nvr.sqlite3", timeout=10)) as database, database:
        database.executescript("DELETE FROM recordings_zone; DELETE FROM recordings_motionrule; DELETE FROM recordings_motionwatch")
        database.execute("UPDATE cameras_camera SET detects_motion=?", (is_on,))
        if is_on:
            database.execute("INSERT INTO recordings_motionwatch (camera_id, since_ms) VALUES (?, 0)", (door,))
        for one in zones:
            row = (door, one["name"], one["kind"], json.dumps(one["points"]))
            database.execute("INSERT INTO recordings_zone (camera_id, name, kind, points, holds_everywhere) VALUES (?, ?, ?, ?, 1)", row)


def open_page(page: Page, site: Site, *zones: dict[str, Any], is_on: bool = False) -> None:
    put(site, *zones, is_on=is_on)
    page.goto("/cameras/door/motion/")
    expect(page.locator("#status-words")).not_to_have_text("…")


def zone(name: str, **others: Any) -> dict[str, Any]:
    return {"name": name, "kind": "watch", "points": SQUARE, **others}


def place(page: Page, x: float, y: float) -> tuple[float, float]:
    """Parts of the picture, on the screen."""
    box = page.locator(".zone-editor").bounding_box()
    assert box is not None
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*place(page, *start))
    page.mouse.down()
    page.mouse.move(*place(page, (start[0] + end[0]) / 2, (start[1] + end[1]) / 2))
    page.mouse.move(*place(page, *end))
    page.mouse.up()


def save(page: Page) -> None:
    with page.expect_response(lambda answer: answer.url.endswith("/motion/") and answer.request.method == "PATCH"):
        page.get_by_role("button", name="Save").click()
    expect(page.locator("#save-bar")).to_be_hidden()


def kept(page: Page) -> list[Any]:
    zones = page.request.get("/api/v1/cameras/door/motion/").json()["zones"]
    return [[zone["name"], zone["kind"], zone["points"], zone["sensitivity"]] for zone in zones]


def row(page: Page, name: str) -> Locator:
    return page.locator(".zone-row", has_text=name)


def name_field(page: Page) -> Locator:
    """Of the zone that is selected."""
    return page.locator(".zone-item", has=page.locator("[aria-expanded=true]")).get_by_label("Name")


def assert_near(points: list[list[float]], wanted: list[tuple[float, float]]) -> None:
    assert len(points) == len(wanted), points
    for (x, y), (wanted_x, wanted_y) in zip(points, wanted, strict=True):
        assert abs(x - wanted_x) < 0.005 and abs(y - wanted_y) < 0.005, (points, wanted)


def test_a_zone_drawn_with_the_mouse_is_there_again(desk: Page, site: Site) -> None:
    open_page(desk, site)
    corners = [(0.1, 0.2), (0.5, 0.15), (0.6, 0.7), (0.2, 0.8)]
    desk.get_by_role("button", name="Zone to watch").click()
    for corner in corners:
        desk.mouse.click(*place(desk, *corner))
    desk.mouse.click(*place(desk, *corners[0]))
    name_field(desk).fill("Drive")
    expect(desk.locator("#save-words")).to_have_text("Not saved yet: zones.")
    save(desk)
    ((name, kind, points, sensitivity),) = kept(desk)
    assert (name, kind, sensitivity) == ("Drive", "watch", None)
    assert_near(points, corners)
    desk.reload()
    expect(row(desk, "Drive")).to_contain_text("%")
    expect(desk.locator('.zone[data-kind="watch"] .zone-name')).to_have_text("Drive")


def test_a_drag_draws_a_rectangle_and_escape_draws_nothing(desk: Page, site: Site) -> None:
    open_page(desk, site)
    desk.get_by_role("button", name="Zone to watch").click()
    desk.mouse.click(*place(desk, 0.3, 0.3))
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("button", name="Zone to watch")).to_be_visible()
    expect(desk.locator("#save-bar")).to_be_hidden()
    desk.get_by_role("button", name="Zone to ignore").click()
    drag(desk, (0.5, 0.5), (0.99, 0.999))
    save(desk)
    ((name, kind, points, _),) = kept(desk)
    assert (name, kind) == ("Ignored 1", "ignore")
    assert_near(points, [(0.5, 0.5), (0.99, 0.5), (0.99, 1), (0.5, 1)])


def test_corners_and_zones_are_dragged_added_and_taken_away(desk: Page, site: Site) -> None:
    open_page(desk, site, zone("Drive"))
    desk.mouse.click(*place(desk, 0.3, 0.5))
    expect(row(desk, "Drive")).to_have_attribute("aria-expanded", "true")
    drag(desk, (0.6, 0.6), (0.7, 0.8))
    drag(desk, (0.4, 0.2), (0.4, 0.1))
    desk.mouse.click(*place(desk, 0.2, 0.4))
    drag(desk, (0.45, 0.4), (0.55, 0.45))
    save(desk)
    ((_, _, points, _),) = kept(desk)
    assert_near(points, [(0.3, 0.25), (0.5, 0.15), (0.7, 0.25), (0.8, 0.85), (0.3, 0.65), (0.3, 0.45)])
    desk.locator(".zone-handle").nth(1).click()
    desk.keyboard.press("Delete")
    desk.get_by_role("button", name="Remove corner").click()
    expect(desk.locator(".zone-handle")).to_have_count(4)
    desk.get_by_role("button", name="Delete this zone").click()
    expect(desk.locator(".zone")).to_have_count(0)
    save(desk)
    assert kept(desk) == []


def test_all_of_it_by_keyboard(desk: Page, site: Site) -> None:
    open_page(desk, site)
    desk.get_by_role("button", name="Zone to watch").press("Enter")
    desk.get_by_role("button", name="Put a rectangle").press("Enter")
    first = desk.locator(".zone-handle").first
    expect(first).to_be_focused()
    expect(first).to_have_attribute("aria-label", "Corner 1 of 4 of “Zone 1”: 30 % from the left, 30 % from the top")
    desk.keyboard.press("Shift+ArrowLeft")
    desk.keyboard.press("ArrowUp")
    expect(desk.locator("#said")).to_have_text("Corner 1 of 4 of “Zone 1”: 25 % from the left, 29.5 % from the top")
    desk.keyboard.press("+")
    expect(desk.locator(".zone-handle")).to_have_count(5)
    expect(desk.locator(".zone-handle").nth(1)).to_be_focused()
    desk.keyboard.press("Delete")
    expect(desk.locator(".zone-handle")).to_have_count(4)
    desk.keyboard.press("Control+z")
    expect(desk.locator(".zone-handle")).to_have_count(5)
    desk.keyboard.press("Control+y")
    expect(desk.locator(".zone-handle")).to_have_count(4)
    desk.keyboard.press("Escape")
    expect(desk.locator(".zone-handle")).to_have_count(0)
    row(desk, "Zone 1").press("Enter")
    desk.get_by_label("Its own sensitivity").check()
    desk.get_by_label("Sensitivity of this zone").press("End")
    desk.get_by_role("button", name="Save").press("Enter")
    expect(desk.locator("#save-bar")).to_be_hidden()
    assert kept(desk) == [["Zone 1", "watch", [[0.25, 0.295], [0.7, 0.3], [0.7, 0.7], [0.3, 0.7]], 100]]


def test_what_is_not_saved_is_shown_warned_about_and_discarded(desk: Page, site: Site) -> None:
    open_page(desk, site, zone("Drive"))
    desk.get_by_label("Sensitivity", exact=True).fill("70")
    desk.get_by_label("A pause that ends an event").fill("20")
    row(desk, "Drive").click()
    name_field(desk).fill("Road")
    expect(desk.locator("#save-words")).to_have_text("Not saved yet: zones and 2 settings.")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    desk.once("dialog", stay)
    desk.get_by_role("link", name="Recordings").first.click()
    wait_for(lambda: asked, what="the browser to ask before it leaves")
    assert (asked, desk.url) == (["beforeunload"], f"{site.url}/cameras/door/motion/")
    desk.get_by_role("button", name="Discard").click()
    expect(desk.locator("#save-bar")).to_be_hidden()
    expect(desk.get_by_label("Sensitivity", exact=True)).to_have_value("50")
    expect(desk.get_by_label("A pause that ends an event")).to_have_value("8")
    expect(row(desk, "Drive")).to_be_visible()
    desk.get_by_role("button", name="Undo").click()
    expect(row(desk, "Road")).to_be_visible()


def test_what_can_t_be_saved_says_so_beside_itself(desk: Page, site: Site) -> None:
    open_page(desk, site, zone("Drive"), zone("Lawn", points=[[0.7, 0.7], [0.9, 0.7], [0.9, 0.9]]))
    desk.get_by_label("In these hours").check()
    expect(desk.locator("[data-field=schedule] > .field-error")).to_contain_text("Give the hours of a day at least")
    desk.get_by_role("textbox", name="Monday").fill("8-25")
    expect(desk.locator("#hours-trouble-0")).to_contain_text("“25” is no time of day")
    expect(desk.get_by_role("button", name="Save")).to_be_disabled()
    desk.get_by_role("textbox", name="Monday").fill("8-18, 22-2")
    expect(desk.locator("#hours-trouble-0")).to_be_hidden()
    desk.get_by_label("Shortest duration").fill("")
    expect(desk.locator("[data-field=shortest_ms] .field-error")).to_have_text("Give a number from 0 to 60.")
    desk.get_by_label("Shortest duration").fill("1.5")
    row(desk, "Lawn").click()
    name_field(desk).fill("drive")
    desk.get_by_role("button", name="Save").click()
    expect(desk.locator(".zone-item[data-trouble] .field-error")).to_contain_text("two zones called “drive”")
    name_field(desk).fill("Lawn")
    save(desk)
    desk.reload()
    expect(desk.get_by_role("textbox", name="Monday")).to_have_value("08:00-18:00, 22:00-02:00")
    expect(desk.get_by_label("Time zone")).to_have_value("Europe/Berlin")
    expect(desk.get_by_label("Shortest duration")).to_have_value("1.5")


def test_the_picture_and_the_level_move_and_sizes_are_shown_in_the_picture(desk: Page, site: Site) -> None:
    with LiveCamera(site.redis_url, site.cameras["door"], {Role.MAIN: "h264", Role.SUB: "h264"}):
        open_page(desk, site, is_on=True)
        expect(desk.locator("nvr-player")).to_have_attribute("state", "playing")
        site.python(LEVEL)
        expect(desk.locator(".level-motion")).to_have_count(1)
        expect(desk.locator(".level-now")).to_have_text("62")
        expect(desk.locator(".level-words")).to_have_text("Motion. Seen 3 s after it happened.")
        desk.get_by_label("Smallest size").focus()
        expect(desk.locator(".zone-ghost-line")).to_be_visible()
        desk.get_by_label("Smallest size").press("End")
        expect(desk.locator(".zone-ghost text")).to_have_text("50 %")
        desk.get_by_label("Smallest size").blur()
        expect(desk.locator(".zone-ghost-line")).to_have_count(0)


def test_settings_are_tried_on_what_was_seen_before(desk: Page, site: Site) -> None:
    start_ms = time.time_ns() // 1_000_000 // 1000 * 1000 - 1_200_000
    site.python(WALKED, start_ms=start_ms, path=str(site.data_dir / "disk"), entries=trace_of(start_ms, [10_000, 40_000]).hex())
    open_page(desk, site)
    panel = desk.locator("#replay")
    panel.get_by_role("button", name="Try").click()
    expect(panel.locator(".replay-words")).to_have_text("2 events instead of 1: 1 more.")
    expect(panel.locator(".replay-doubt")).to_contain_text("59 minutes of it was not analysed")
    expect(panel.locator("[data-track=made] .replay-mark")).to_have_count(1)
    new = panel.locator("[data-track=would] .replay-mark[data-alone]")
    new.hover()
    expect(panel.locator("[data-track=would] .replay-card")).to_contain_text(", 6 s, strength")
    desk.get_by_label("Smallest size").press("End")
    expect(panel).to_have_attribute("data-outdated", "")
    panel.get_by_role("button", name="Try").click()
    expect(panel.locator(".replay-words")).to_have_text("0 events instead of 1: 1 no longer.")
    assert violations(desk) == []
    desk.get_by_role("button", name="Discard").click()
    panel.get_by_role("button", name="Try").click()
    new.press("Enter")
    desk.wait_for_url("**/recordings/?camera=door&at=*")
    assert datetime.fromisoformat(parse_qs(urlsplit(desk.url).query)["at"][0]).timestamp() * 1000 == start_ms + 40_000


def test_detection_is_switched_where_its_state_is_told(desk: Page, site: Site) -> None:
    open_page(desk, site)
    expect(desk.locator("#status-words")).to_contain_text("switched off")
    desk.locator(".switch").click()
    expect(desk.locator("#status-words")).to_contain_text("as soon as the motion worker runs")
    desk.reload()
    expect(desk.get_by_role("switch", name="Motion detection")).to_be_checked()
    desk.locator(".switch").click()
    expect(desk.locator("#status-words")).to_contain_text("switched off")


def test_somebody_elses_change_is_taken_or_told(desk: Page, site: Site) -> None:
    open_page(desk, site, zone("Drive"))
    put(site, zone("Road"))
    expect(row(desk, "Road")).to_be_visible(timeout=15_000)
    row(desk, "Road").click()
    name_field(desk).fill("Mine")
    put(site, zone("Theirs"))
    expect(desk.locator("#save-words")).to_contain_text("Somebody else has saved", timeout=15_000)
    expect(row(desk, "Mine")).to_be_visible()
    save(desk)
    assert [name for name, *_ in kept(desk)] == ["Mine"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anybody_out(chrome: Browser, site: Site, scheme: str) -> None:
    with signed_in(chrome, site, color_scheme=scheme) as context:
        page = context.new_page()
        open_page(page, site, zone("Drive"), zone("Tree", kind="ignore", points=[[0.7, 0.1], [0.9, 0.1], [0.9, 0.4]]), is_on=True)
        row(page, "Drive").click()
        page.get_by_label("In these hours").check()
        page.get_by_role("textbox", name="Monday").fill("x")
        page.locator("summary", has_text="More").click()
        page.locator("summary", has_text="How to draw").click()
        assert violations(page) == []
        page.get_by_role("button", name="Zone to watch").click()
        assert violations(page) == []


def test_on_a_phone_one_draws_and_moves_with_a_finger(chrome: Browser, site: Site) -> None:
    with signed_in(chrome, site, viewport=PHONE, has_touch=True, is_mobile=True) as context:
        page = context.new_page()
        complaints = collect_complaints(page)
        open_page(page, site, zone("Drive"))
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        page.get_by_role("button", name="Zone to ignore").tap()
        for corner in [(0.7, 0.1), (0.95, 0.1), (0.95, 0.5)]:
            page.touchscreen.tap(*place(page, *corner))
        page.get_by_role("button", name="Done").tap()
        expect(page.locator('.zone[data-kind="ignore"]')).to_have_attribute("data-selected", "")
        page.touchscreen.tap(*place(page, 0.4, 0.4))
        expect(page.locator('.zone[data-kind="watch"]')).to_have_attribute("data-selected", "")
        swipe(page, place(page, 0.61, 0.61), place(page, 0.51, 0.81))
        expect(page.locator(".zone-handle").nth(2)).to_have_attribute("aria-label", re.compile("51.* % from the left, 81.* % from the top"))
        assert page.evaluate("scrollY") == 0
        page.get_by_role("button", name="Save").click()  # after a swipe so quick, Chromium takes a tap for one that stops a fling
        expect(page.locator("#save-bar")).to_be_hidden()
        drive, ignored = kept(page)
        assert_near(drive[2], [(0.2, 0.2), (0.6, 0.2), (0.51, 0.81), (0.2, 0.6)])
        assert_near(ignored[2], [(0.7, 0.1), (0.95, 0.1), (0.95, 0.5)])
        row(page, "Drive").tap()
        expect(page.locator(".zone-handle")).to_have_count(0)
        swipe(page, place(page, 0.5, 0.9), place(page, 0.5, 0.1))
        wait_for(lambda: page.evaluate("scrollY") > 50, what="the page to scroll under the finger")
        assert violations(page) == []
        assert complaints == []


def swipe(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """As a finger does it; Playwright only taps."""
    protocol = page.context.new_cdp_session(page)
    for step in range(9):
        x, y = (start[at] + (end[at] - start[at]) * step / 8 for at in (0, 1))
        kind = "touchMove" if step else "touchStart"
        protocol.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    protocol.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator(".zone-editor")).not_to_have_attribute("data-dragging", "")


def test_a_camera_that_turns_has_zones_of_its_positions(desk: Page, site: Site) -> None:
    site.python(TURNS)
    try:
        open_page(desk, site, zone("Everywhere"))
        choice, still = desk.get_by_label("Draw for"), desk.locator("#preset-picture")
        choice.select_option("Gate")
        expect(desk.locator("#place")).to_have_text("Live: the camera stands at “Gate”.")
        expect(still).to_be_hidden()
        choice.select_option("Yard")
        expect(still).to_be_visible()
        assert still.evaluate("image => image.decode().then(() => image.naturalWidth)") == 640
        desk.get_by_role("button", name="Zone to ignore").click()
        drag(desk, (0.1, 0.1), (0.3, 0.4))
        expect(desk.locator(".zone")).to_have_count(2)
        expect(desk.locator(".zone-row-place")).to_have_text(["", "Yard"])
        assert violations(desk) == []
        save(desk)
        choice.select_option("Gate")
        expect(desk.locator(".zone")).to_have_count(1)
        desk.locator(".zone-row", has_text="Ignored 1").click()
        expect(choice.locator("option:checked")).to_have_text("Yard")
        desk.get_by_label("Holds at").locator("visible=true").select_option("all positions")
        save(desk)
        rows = desk.request.get("/api/v1/cameras/door/motion/").json()["zones"]
        assert [(row["name"], row["holds_everywhere"]) for row in rows] == [("Everywhere", True), ("Ignored 1", True)]
    finally:
        site.python(STAYS)
