"""Searching what moved in a part of the picture, and events on the timeline, as a person does it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browsing import PHONE, chromium, collect_complaints, signed_in
from tests.support.footage import packets, tracks
from tests.support.happenings import Happenings, motion
from tests.support.playback_site import RecordedSite
from tests.support.processes import wait_for
from tests.support.site import Site, running_site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SECOND, MINUTE = 1_000, 60_000
ZONE = {"timezone_id": "Europe/Berlin", "locale": "en-GB"}


@dataclass(frozen=True)
class Watched:
    """A minute of the door's footage is analysed: at 10 s and 40 s something moved at its left, and at 25 s at its right. The yard's
    is not."""

    happenings: Happenings
    start_ms: int
    events: list[int]

    @property
    def web(self) -> Site:
        return self.happenings.site.site


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Watched]:
    with running_site(tmp_path_factory.mktemp("site"), redis_url, ("Door", "Yard", "Attic")) as web:
        site = RecordedSite(web)
        start_ms = (time.time_ns() // 1_000_000 - 20 * MINUTE) // 1000 * 1000
        described = tracks()
        paths = site.add("door", (described, list(packets(60, of=described, start_ms=start_ms))))
        paths += site.add("yard", (described, list(packets(5, of=described, start_ms=start_ms))))
        site.catalogue(paths)
        happenings = Happenings(site)
        moved = [(10, 0.2), (40, 0.2), (25, 0.8)]
        happenings.trace("door", moved=[(start_ms + second * SECOND, x, 0.5) for second, x in moved])
        events = happenings.add(
            [
                motion("door", start_ms + 10 * SECOND, needs_pictures=True, zones=["Porch"], labels=[{"label": "person", "score": 0.9}]),
                motion("door", start_ms + 40 * SECOND, needs_pictures=True),
            ]
        )
        yield Watched(happenings, start_ms, events)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def desk(chrome: Browser, watched: Watched) -> Iterator[Page]:
    """Fails the test for any error on its console."""
    with signed_in(chrome, watched.web, reduced_motion="reduce", **ZONE) as context:
        page = context.new_page()
        complaints = collect_complaints(page)
        yield page
        assert complaints == []


def open_search(page: Page, query: str = "?camera=door&last=hour") -> None:
    page.goto(f"/events/search/{query}")
    expect(page.locator("body[data-ready]")).to_be_visible()
    expect(page.locator("#still")).to_be_visible()


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Over the picture; parts of it."""
    box = page.locator("#surface").bounding_box()
    assert box
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    page.mouse.move(*points[0])
    page.mouse.down()
    page.mouse.move(*points[1], steps=5)
    page.mouse.up()


def area(page: Page) -> list[tuple[float, float]]:
    """As the address keeps it."""
    (text,) = parse_qs(page.evaluate("location.search.slice(1)"))["area"]
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in text.split(";"))]


def results(page: Page) -> list[int]:
    """When what was found begins, as their links say."""
    found: list[int] = page.locator(".area-result a").evaluate_all(
        "links => links.map(link => Date.parse(new URL(link.href).searchParams.get('at')))"
    )
    return found


def test_a_drawn_rectangle_finds_what_moved_there_and_leads_to_it(desk: Page, watched: Watched) -> None:
    open_search(desk)
    expect(desk.locator("#go")).to_be_disabled()
    drag(desk, (0.05, 0.2), (0.4, 0.8))
    desk.locator("#go").click()
    expect(desk.locator("#outcome")).to_have_text("Something moved here twice.")
    seconds = [(at_ms - watched.start_ms) / SECOND for at_ms in results(desk)]
    assert all(abs(second - expected) <= 2 for second, expected in zip(seconds, (40, 10), strict=True))
    expect(desk.locator("#unknown")).to_have_text("There is footage of 1 min of these 1 h.")
    assert desk.locator(".area-bar.is-unknown").count() > 50
    expect(desk.locator("button.area-bar").first).to_be_visible()
    wait_for(lambda: desk.locator(".area-result img").first.evaluate("image => image.naturalWidth > 100"), what="a picture")
    desk.locator(".area-result a").last.click()
    desk.wait_for_url(re.compile("/recordings/"))
    wait_for(
        lambda: (
            abs(desk.evaluate("document.querySelector('nvr-timeline')?.playheadMs ?? 0") - watched.start_ms - 10 * SECOND) <= 2 * SECOND
        ),
        what="the timeline at what was found",
    )


def test_another_part_of_the_picture_has_its_own_answer_and_its_own_address(desk: Page, watched: Watched) -> None:
    open_search(desk)
    drag(desk, (0.7, 0.3), (0.95, 0.7))
    desk.locator("#go").click()
    expect(desk.locator("#outcome")).to_have_text("Something moved here once.")
    desk.reload()
    expect(desk.locator("#outcome")).to_have_text("Something moved here once.")
    corner = area(desk)[0]
    assert abs(corner[0] - 0.7) < 0.01
    drag(desk, (0.8, 0.5), (0.4, 0.5))
    assert abs(area(desk)[0][0] - 0.3) < 0.02
    desk.locator("#go").click()
    expect(desk.locator("#outcome")).to_have_text("Nothing moved here.")


def test_a_polygon_is_drawn_corner_by_corner(desk: Page) -> None:
    open_search(desk)
    desk.get_by_role("button", name="Corner by corner").click()
    box = desk.locator("#surface").bounding_box()
    assert box
    for x, y in [(0.1, 0.3), (0.3, 0.3), (0.25, 0.7), (0.1, 0.3)]:
        desk.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    assert len(area(desk)) == 3
    desk.locator("#go").click()
    expect(desk.locator("#outcome")).to_have_text("Something moved here twice.")
    drag(desk, (0.25, 0.7), (0.4, 0.9))
    assert max(x for x, _ in area(desk)) > 0.38
    desk.get_by_role("button", name="Draw anew").click()
    expect(desk.locator("#go")).to_be_disabled()


def test_an_area_is_drawn_with_the_keyboard(desk: Page) -> None:
    open_search(desk)
    desk.locator("#surface").focus()
    desk.keyboard.press("Enter")
    for key in ["ArrowLeft"] * 14 + ["Shift+ArrowRight"] * 2:
        desk.keyboard.press(key)
    corners = area(desk)
    assert abs(corners[0][0] - 0.02) < 0.001
    assert abs(corners[1][0] - 0.46) < 0.001
    desk.locator("#go").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("#outcome")).to_have_text("Something moved here twice.")


def test_what_was_never_looked_through_is_told_apart_from_what_was_not_recorded(desk: Page) -> None:
    desk.goto("/events/search/?camera=yard&last=week&area=0,0;1,0;1,1;0,1")
    expect(desk.locator("#outcome")).to_have_text("Nothing is known of that time.")
    expect(desk.locator("#unknown")).to_contain_text("None of the footage was looked through for motion")
    expect(desk.locator("#off-note")).to_be_visible()
    desk.goto("/events/search/?camera=attic&last=week&area=0,0;1,0;1,1;0,1")
    expect(desk.locator("#outcome")).to_have_text("There is no footage of that time.")
    expect(desk.locator("#progress")).to_be_hidden()


def test_times_that_make_no_sense_are_named(desk: Page) -> None:
    open_search(desk)
    desk.get_by_label("From").fill("2026-01-02T10:00")
    desk.get_by_label("to", exact=True).fill("2026-01-01T10:00")
    expect(desk.locator("#span .form-error")).to_have_text("The end must come after the start.")


def test_a_search_that_fails_says_why(desk: Page) -> None:
    desk.route(re.compile("/motion/search/"), lambda route: route.fulfill(status=503, body='{"detail": "The database is locked."}'))
    open_search(desk, "?camera=door&last=hour&area=0,0;1,0;1,1;0,1")
    expect(desk.locator("#trouble")).to_have_text("The search ended early: The database is locked.")


def test_a_phone_draws_with_a_finger(chrome: Browser, watched: Watched) -> None:
    touch: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2, "reduced_motion": "reduce"}
    with signed_in(chrome, watched.web, **touch, **ZONE) as context:
        page = context.new_page()
        open_search(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        box = page.locator("#surface").bounding_box()
        assert box
        client = context.new_cdp_session(page)
        for step in range(10):
            point = {"x": box["x"] + (0.05 + step * 0.04) * box["width"], "y": box["y"] + (0.3 + step * 0.04) * box["height"]}
            client.send("Input.dispatchTouchEvent", {"type": "touchMove" if step else "touchStart", "touchPoints": [point]})
        client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        # So soon after a swipe a tap would only stop what was thrown.
        page.wait_for_timeout(400)
        page.locator("#go").tap()
        expect(page.locator("#outcome")).to_have_text("Something moved here twice.")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def timeline(page: Page, start_ms: int, *, at_s: float = 25, span_s: int = 120) -> None:
    page.goto(f"/recordings/?camera=door&at={start_ms + round(at_s * 1000)}&span={span_s}")
    expect(page.locator("body[data-ready]")).to_be_visible()
    count = "document.querySelector('nvr-timeline').accounts().flatMap(({ events }) => events).length"
    wait_for(lambda: page.evaluate(count) == 2, what="the timeline's events")


def mark(page: Page, at_ms: float) -> tuple[float, float]:
    """Where the events of the first lane are."""
    box = page.locator(".tl-surface").bounding_box()
    assert box
    view = page.evaluate("document.querySelector('nvr-timeline').view")
    return box["x"] + (at_ms - view["startMs"]) / view["spanMs"] * box["width"], box["y"] + 51


def playhead(page: Page) -> int:
    found: int = page.evaluate("document.querySelector('nvr-timeline').playheadMs")
    return found


def test_the_timeline_marks_events_and_a_click_goes_to_one(desk: Page, watched: Watched) -> None:
    timeline(desk, watched.start_ms, span_s=3600)
    at_ms = watched.start_ms + 12 * SECOND
    desk.mouse.move(*mark(desk, at_ms))
    expect(desk.locator(".tl-card")).to_contain_text("person in Porch")
    expect(desk.locator(".tl-card canvas")).to_be_visible()
    desk.mouse.click(*mark(desk, at_ms))
    wait_for(lambda: playhead(desk) == watched.start_ms + 10 * SECOND, what="the begin of the event")
    desk.get_by_role("button", name="Events on the timeline").click()
    desk.mouse.move(*mark(desk, at_ms))
    expect(desk.locator(".tl-card")).not_to_contain_text("person")
    desk.reload()
    expect(desk.get_by_role("button", name="Events on the timeline")).to_have_attribute("aria-pressed", "false")
    desk.keyboard.press("v")
    expect(desk.get_by_role("button", name="Events on the timeline")).to_have_attribute("aria-pressed", "true")


def test_keys_go_from_event_to_event(desk: Page, watched: Watched) -> None:
    timeline(desk, watched.start_ms, at_s=1)
    for key, second in [("e", 10), ("e", 40), ("b", 10)]:
        desk.keyboard.press(key)
        wait_for(lambda second=second: playhead(desk) == watched.start_ms + second * SECOND, what=f"the event at {second} s")  # type: ignore[misc]
    desk.keyboard.press("b")
    expect(desk.locator("#toast")).to_have_text("No earlier event.")
    desk.go_back()
    wait_for(lambda: playhead(desk) == watched.start_ms + 40 * SECOND, what="what the back button leads to")
