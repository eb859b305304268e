"""The recordings page as a person uses it: real web process, real API, real footage; the times are those of the footage."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browsing import PHONE, chromium, collect_complaints, signed_in
from tests.support.footage import packets, tracks
from tests.support.playback_site import RecordedSite
from tests.support.processes import wait_for
from tests.support.site import Site, running_site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

MINUTE = 60_000
ZONE = {"timezone_id": "Europe/Berlin", "locale": "en-GB"}


@dataclass(frozen=True)
class Recorded:
    """The door has footage from `early` and, after the camera was down, from `late` on; the yard only from `early` on. One minute each."""

    site: RecordedSite
    early_ms: int
    late_ms: int

    @property
    def web(self) -> Site:
        return self.site.site


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Recorded]:
    with running_site(tmp_path_factory.mktemp("site"), redis_url, ("Door", "Yard", "Attic")) as web:
        site = RecordedSite(web)
        early_ms = (time.time_ns() // 1_000_000 - 30 * MINUTE) // 1000 * 1000
        late_ms = early_ms + 10 * MINUTE
        paths = []
        for generation, (slug, start_ms) in enumerate([("door", early_ms), ("door", late_ms), ("yard", early_ms)], 1):
            described = tracks(generation=generation)
            paths += site.add(slug, (described, list(packets(60, of=described, start_ms=start_ms))))
        notes = [("door", early_ms + MINUTE, "camera_down", "no answer within 5 s"), ("door", late_ms, "recording", "")]
        site.catalogue(paths, notes=notes)
        yield Recorded(site, early_ms, late_ms)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def desk(chrome: Browser, recorded: Recorded) -> Iterator[Page]:
    """Fails the test for any error on its console."""
    with signed_in(chrome, recorded.web, reduced_motion="reduce", **ZONE) as context:
        page = context.new_page()
        complaints = collect_complaints(page)
        yield page
        assert complaints == []


def iso(at_ms: float) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{int(at_ms) % 1000:03}Z"


def open_at(page: Page, at_ms: int, *, cameras: str = "door", span_s: int = 1800) -> None:
    chosen = "&".join(f"camera={slug}" for slug in cameras.split(","))
    page.goto(f"/recordings/?{chosen}&at={iso(at_ms)}&span={span_s}")
    expect(page.locator("body[data-ready]")).to_be_visible()
    wait_for(lambda: state(page)["spans"], what="the timeline's footage")


def state(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(
        """() => {
          const { view, playheadMs, selection } = document.querySelector("nvr-timeline");
          const accounts = document.querySelector("nvr-timeline").accounts();
          return { ...view, playheadMs, selection, spans: accounts.flatMap(({ spans }) => spans), lanes: accounts.length };
        }"""
    )
    return found


def surface(page: Page) -> Locator:
    return page.locator(".tl-surface")


def place_of(page: Page, at_ms: float, *, lane: int = 0) -> tuple[float, float]:
    """Where a moment is on the screen."""
    box = surface(page).bounding_box()
    assert box is not None
    now = state(page)
    return box["x"] + (at_ms - now["startMs"]) / now["spanMs"] * box["width"], box["y"] + 60 + lane * 34


def time_at(page: Page, x: float) -> float:
    box = surface(page).bounding_box()
    assert box is not None
    now = state(page)
    return float(now["startMs"] + (x - box["x"]) / box["width"] * now["spanMs"])


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(page.evaluate("location.search.slice(1)"))


def test_the_address_restores_cameras_time_and_zoom(desk: Page, recorded: Recorded) -> None:
    at_ms = recorded.early_ms + 20_125
    open_at(desk, at_ms, cameras="door,yard", span_s=900)
    found = state(desk)
    assert (found["playheadMs"], found["spanMs"], found["lanes"]) == (at_ms, 900_000, 2)
    assert desk.locator(".tl-names li").all_text_contents() == ["Door", "Yard"]
    local = desk.evaluate("ms => new Date(ms).toLocaleTimeString('en-GB')", at_ms)
    expect(desk.locator("#clock")).to_have_text(local)
    desk.keyboard.press("ArrowRight")
    wait_for(lambda: query(desk).get("at") == [iso(at_ms + 5_000)], what="the address to follow")
    desk.reload()
    expect(desk.locator("body[data-ready]")).to_be_visible()
    assert state(desk)["playheadMs"] == at_ms + 5_000


def test_a_gap_says_why_under_the_pointer_and_in_the_list(desk: Page, recorded: Recorded) -> None:
    open_at(desk, recorded.early_ms + 30_000)

    def reason() -> str:
        """Under the pointer; the account of what is farther away may still be on its way."""
        x, y = place_of(desk, recorded.early_ms + 5 * MINUTE)
        desk.mouse.move(x + 1, y)
        desk.mouse.move(x, y)
        return desk.locator(".tl-card").inner_text()

    wait_for(lambda: "no answer within 5 s (9 min)" in reason(), what="the reason of the whole gap")
    desk.locator("#gaps summary").click()
    line = desk.locator("#gaps button", has_text="no answer within 5 s")
    line.click()
    wait_for(lambda: abs(state(desk)["playheadMs"] - recorded.late_ms) < 2_000, what="the end of the gap to be shown")


def test_click_seeks_and_the_picture_of_that_moment_comes(desk: Page, recorded: Recorded) -> None:
    open_at(desk, recorded.late_ms + 5_000)
    desk.mouse.click(*place_of(desk, recorded.early_ms + 40_000))
    wait_for(lambda: abs(state(desk)["playheadMs"] - recorded.early_ms - 40_000) < 3_000, what="the playhead to be where one clicked")
    expect(desk.locator("nvr-playback")).to_have_attribute("state", "paused")
    wait_for(lambda: desk.evaluate("document.querySelector('nvr-playback video')?.videoWidth > 0"), what="a picture")
    desk.keyboard.press(" ")
    before = state(desk)["playheadMs"]
    wait_for(lambda: state(desk)["playheadMs"] > before + 800, what="the playhead to run")
    expect(desk.get_by_role("button", name="Pause")).to_be_visible()
    desk.keyboard.press(" ")
    expect(desk.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_dragging_the_playhead_scrubs_with_previews(desk: Page, recorded: Recorded) -> None:
    open_at(desk, recorded.early_ms + 10_000, span_s=240)
    x, y = place_of(desk, recorded.early_ms + 10_000)
    desk.mouse.move(x, y)
    desk.mouse.down()
    desk.mouse.move(place_of(desk, recorded.early_ms + 45_000)[0], y, steps=12)
    expect(desk.locator(".tl-card")).to_be_visible()
    expect(desk.locator(".tl-card canvas")).to_be_visible()
    desk.mouse.up()
    expect(desk.locator(".tl-card")).to_be_hidden()
    wait_for(lambda: abs(state(desk)["playheadMs"] - recorded.early_ms - 45_000) < 1_500, what="the playhead to be where it was let go")
    assert state(desk)["spanMs"] == 240_000


def test_wheel_zooms_around_the_pointer_and_dragging_pans(desk: Page, recorded: Recorded) -> None:
    open_at(desk, recorded.early_ms)
    # Wheel events have whole pixels.
    x, y = (round(part) for part in place_of(desk, recorded.early_ms - 3 * MINUTE))
    target_ms = time_at(desk, x)
    desk.mouse.move(x, y)
    for _ in range(6):
        desk.mouse.wheel(0, -200)
    wait_for(lambda: state(desk)["spanMs"] < 1_800_000 / 4, what="less time to be shown")
    assert abs(place_of(desk, target_ms)[0] - x) < 2
    before = state(desk)["startMs"]
    desk.mouse.down()
    desk.mouse.move(x + 200, y, steps=6)
    desk.mouse.up()
    wait_for(lambda: state(desk)["startMs"] < before, what="an earlier time to be shown")
    assert abs(place_of(desk, target_ms)[0] - x - 200) < 3
    for _ in range(60):
        desk.mouse.wheel(0, -400)
    wait_for(lambda: state(desk)["spanMs"] == 1_000, what="a second to fill the timeline")
    for _ in range(90):
        desk.mouse.wheel(0, 400)
    wait_for(lambda: state(desk)["spanMs"] > 30 * 86_400_000, what="a month to fill the timeline")


def test_keys_go_from_recording_to_recording(desk: Page, recorded: Recorded) -> None:
    open_at(desk, recorded.early_ms + 30_000)
    desk.keyboard.press("n")
    wait_for(lambda: abs(state(desk)["playheadMs"] - recorded.late_ms) < 100, what="the next recording")
    desk.keyboard.press("n")
    expect(desk.locator("#toast")).to_have_text("No later recording.")
    desk.keyboard.press("p")
    wait_for(lambda: abs(state(desk)["playheadMs"] - recorded.early_ms) < 100, what="the recording before")
    desk.go_back()
    wait_for(lambda: abs(state(desk)["playheadMs"] - recorded.late_ms) < 100, what="what the back button leads to")
    desk.keyboard.press("+")
    assert state(desk)["spanMs"] == 900_000
    desk.keyboard.press("?")
    expect(desk.locator("#help")).to_be_visible()


def test_a_span_is_selected_adjusted_and_handed_on(desk: Page, recorded: Recorded) -> None:
    open_at(desk, recorded.early_ms + 30_000, cameras="door,yard", span_s=240)
    x, y = place_of(desk, recorded.early_ms + 40_000)
    desk.get_by_role("button", name="Select a span").click()
    expect(desk.locator("#toast")).to_contain_text("Drag over the timeline")
    desk.keyboard.down("Shift")
    desk.mouse.move(x, y)
    desk.mouse.down()
    desk.mouse.move(place_of(desk, recorded.early_ms + 55_000)[0], y, steps=8)
    desk.mouse.up()
    desk.keyboard.up("Shift")
    expect(desk.locator("#selection")).to_be_visible()
    expect(desk.locator("#toast")).to_be_hidden(timeout=1_000)  # on a phone it would lie over the buttons
    selection = state(desk)["selection"]
    assert abs(selection["startMs"] - recorded.early_ms - 40_000) < 1_000
    assert abs(selection["endMs"] - recorded.early_ms - 55_000) < 1_000
    handle_x = place_of(desk, selection["endMs"])[0]
    desk.mouse.move(handle_x, y)
    desk.mouse.down()
    desk.mouse.move(place_of(desk, recorded.early_ms + 50_000)[0], y, steps=8)
    desk.mouse.up()
    adjusted = state(desk)["selection"]
    assert adjusted["startMs"] == selection["startMs"]
    assert abs(adjusted["endMs"] - recorded.early_ms - 50_000) < 1_000
    desk.evaluate(
        """() => {
          window.asked = [];
          const keep = (event) => { window.asked.push([event.type, event.detail]); event.stopImmediatePropagation(); };
          for (const name of ["nvr-export", "nvr-protect", "nvr-delete"]) window.addEventListener(name, keep, true);
        }"""
    )
    for name in ("Export", "Protect", "Delete"):
        desk.locator("#selection").get_by_role("button", name=name).click()
    asked = desk.evaluate("window.asked.map(([type, { cameras, startMs, endMs }]) => ({ type, cameras, startMs, endMs }))")
    wanted = {"cameras": ["door", "yard"], "startMs": round(adjusted["startMs"]), "endMs": round(adjusted["endMs"])}
    assert asked == [{"type": f"nvr-{name}", **wanted} for name in ("export", "protect", "delete")]
    desk.keyboard.press("Escape")
    expect(desk.locator("#selection")).to_be_hidden()


def test_a_protected_span_shows_and_cannot_be_deleted(desk: Page, recorded: Recorded) -> None:
    open_at(desk, recorded.late_ms + 10_000, span_s=240)
    desk.keyboard.press("[")
    bar = desk.locator("#selection")
    bar.get_by_role("button", name="Protect").click()
    desk.get_by_label("Why").fill("Parcel stolen")
    desk.locator("#protect-dialog").get_by_role("button", name="Protect").click()
    expect(desk.locator("#toast")).to_contain_text("Protected")
    desk.locator("#gaps summary").click()
    expect(desk.locator("#gaps")).to_contain_text("Protected: Parcel stolen")
    bar.get_by_role("button", name="Delete").click()
    desk.locator("#delete-dialog").get_by_role("button", name="Delete").click()
    expect(desk.locator("#delete-dialog .form-error")).to_contain_text("protected")
    desk.locator("#delete-dialog").get_by_role("button", name="Keep").click()
    (found,) = desk.request.get("/api/v1/protections/?camera=door").json()["results"]
    token = desk.evaluate("document.cookie.match(/csrftoken=([^;]+)/)?.[1] ?? ''")
    assert desk.request.delete(f"/api/v1/protections/{found['id']}/", headers={"X-CSRFToken": token}).ok


def test_deleted_footage_becomes_a_gap_that_says_so(desk: Page, recorded: Recorded) -> None:
    described = tracks(generation=9)
    start_ms = recorded.early_ms - 20 * MINUTE
    recorded.site.catalogue(recorded.site.add("attic", (described, list(packets(20, of=described, start_ms=start_ms)))))
    open_at(desk, start_ms + 1_000, cameras="attic", span_s=240)
    desk.keyboard.press("[")
    desk.locator("#selection").get_by_role("button", name="Delete").click()
    desk.locator("#delete-dialog").get_by_role("button", name="Delete").click()
    expect(desk.locator("#toast")).to_contain_text("Deleted")
    wait_for(lambda: not state(desk)["spans"], what="the footage to be gone")
    expect(desk.locator("#gaps")).to_contain_text("eleted")


def test_the_calendar_shows_what_each_day_holds_and_goes_there(desk: Page, recorded: Recorded) -> None:
    open_at(desk, recorded.early_ms + 30_000)
    desk.keyboard.press("d")
    sheet = desk.locator("#calendar-sheet")
    chosen = sheet.locator('[aria-pressed="true"]')
    expect(chosen).to_be_focused()
    expect(chosen).to_have_attribute("aria-label", re.compile(r"recorded, .* [kMG]B"))
    desk.keyboard.press("ArrowUp")
    expect(sheet.locator("button:focus")).to_have_attribute("aria-label", re.compile("no footage"))
    desk.keyboard.press("Enter")
    expect(sheet).to_be_hidden()
    week_before = recorded.early_ms + 30_000 - 7 * 86_400_000
    # A clock that was changed meanwhile keeps its hours, not the distance.
    assert abs(state(desk)["playheadMs"] - week_before) <= 3_600_000
    assert state(desk)["startMs"] < state(desk)["playheadMs"] < state(desk)["startMs"] + state(desk)["spanMs"]


def test_the_time_zone_can_be_chosen_and_is_kept(desk: Page, recorded: Recorded) -> None:
    open_at(desk, recorded.early_ms + 30_000)
    desk.locator("#zone").select_option("America/New_York")
    there = desk.evaluate("ms => new Date(ms).toLocaleTimeString('en-GB', { timeZone: 'America/New_York' })", recorded.early_ms + 30_000)
    expect(desk.locator("#clock")).to_have_text(there)
    desk.reload()
    expect(desk.locator("#clock")).to_have_text(there)


def test_cameras_are_chosen_and_one_without_footage_says_so(desk: Page, recorded: Recorded) -> None:
    open_at(desk, recorded.early_ms + 30_000)
    desk.locator("#chooser > button").click()
    desk.get_by_label("Yard", exact=True).check()
    assert desk.locator(".tl-names li").all_text_contents() == ["Door", "Yard"]
    expect(desk.locator("nvr-playback")).to_have_attribute("cameras", "door,yard")
    desk.get_by_role("button", name="Only Attic").click()
    expect(desk.locator("#note")).to_contain_text("No footage yet")
    assert query(desk)["camera"] == ["attic"]
    desk.keyboard.press("Escape")
    desk.go_back()
    expect(desk.locator("nvr-playback")).to_have_attribute("cameras", "door,yard")


def test_who_may_only_play_back_gets_no_buttons_for_more(chrome: Browser, recorded: Recorded) -> None:
    for name, sees in (("carol", True), ("bob", False)):
        with signed_in(chrome, recorded.web, **ZONE) as context:
            context.clear_cookies()
            session = recorded.site.people[name]["session"]
            context.add_cookies([{"name": "sessionid", "value": session, "url": recorded.web.url}])
            page = context.new_page()
            if not sees:
                page.goto("/recordings/")
                expect(page.get_by_role("heading", name="Live only")).to_be_visible()
                page.goto("/cameras/door/")
                expect(page.locator(".camera-head")).not_to_contain_text("Recordings")
                continue
            page.goto("/cameras/door/")
            page.locator(".camera-recordings").click()
            expect(page.locator("body[data-ready]")).to_be_visible()
            assert page.locator("#chooser input").count() == 1
            page.keyboard.press("[")
            expect(page.locator("#selection")).to_be_visible()
            expect(page.locator("#selection [data-right]:visible")).to_have_count(0)


def test_a_phone_pinches_taps_and_finds_room_for_fingers(chrome: Browser, recorded: Recorded) -> None:
    touch: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2, "reduced_motion": "reduce"}
    with signed_in(chrome, recorded.web, **touch, **ZONE) as context:
        page = context.new_page()
        open_at(page, recorded.early_ms + 30_000, cameras="door,yard")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        buttons = page.locator(".rec button:visible")
        sizes: list[float] = buttons.evaluate_all("all => all.map(one => Math.min(one.offsetWidth, one.offsetHeight))")
        assert min(sizes) >= 34
        surface(page).scroll_into_view_if_needed()
        before = state(page)
        x, y = place_of(page, before["startMs"] + before["spanMs"] / 2)
        client = context.new_cdp_session(page)
        for apart in range(20, 85, 5):
            points = [{"x": x - apart, "y": y, "id": 1}, {"x": x + apart, "y": y, "id": 2}]
            kind = "touchStart" if apart == 20 else "touchMove"
            client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        wait_for(lambda: state(page)["spanMs"] < before["spanMs"] / 3, what="less time to be shown")
        page.touchscreen.tap(*place_of(page, recorded.early_ms + 20_000))
        wait_for(lambda: abs(state(page)["playheadMs"] - recorded.early_ms - 20_000) < 3_000, what="the playhead to be where one tapped")


def test_now_leads_to_the_newest_and_the_dashboard_links_here(desk: Page, recorded: Recorded) -> None:
    desk.goto("/")
    link = desk.locator('.cell[data-camera="yard"] [data-do="recordings"]')
    expect(link).to_have_attribute("href", "/recordings/?camera=yard")
    desk.goto("/recordings/?camera=yard")
    expect(desk.locator("body[data-ready]")).to_be_visible()
    desk.get_by_role("button", name="Now", exact=True).click()
    now_ms = time.time_ns() // 1_000_000
    found = state(desk)
    assert abs(found["playheadMs"] - now_ms) < 20_000
    assert found["startMs"] < now_ms < found["startMs"] + found["spanMs"]
    desk.goto(f"/recordings/?camera=door&at={iso(recorded.early_ms + 5_000)}&span=240")
    desk.get_by_role("button", name="Show less time").click()
    desk.keyboard.press(" ")
    expect(desk.locator("nvr-playback")).to_have_attribute("state", "playing")
