"""The events page as a person uses it: real web process, real API, real footage and its pictures."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browsing import PHONE, chromium, collect_complaints, signed_in
from tests.support.footage import packets, tracks
from tests.support.happenings import Happenings, motion
from tests.support.playback_site import RecordedSite
from tests.support.processes import wait_for
from tests.support.site import Site, running_site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
ZONE = {"timezone_id": "Europe/Berlin", "locale": "en-GB"}
MANY = 120


@dataclass(frozen=True)
class Happened:
    """The door has a minute of footage at `start_ms` and three events in it; the attic has many, without footage, days ago."""

    happenings: Happenings
    start_ms: int
    door: list[int]

    @property
    def web(self) -> Site:
        return self.happenings.site.site

    @property
    def site(self) -> RecordedSite:
        return self.happenings.site


@pytest.fixture(scope="module")
def happened(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Happened]:
    with running_site(tmp_path_factory.mktemp("site"), redis_url, ("Door", "Yard", "Attic")) as web:
        site = RecordedSite(web)
        start_ms = (time.time_ns() // 1_000_000 - 30 * MINUTE) // 1000 * 1000
        described = tracks()
        site.catalogue(site.add("door", (described, list(packets(60, of=described, start_ms=start_ms)))))
        happenings = Happenings(site)
        person = [{"label": "person", "score": 0.91}]
        moved: list[tuple[int, dict[str, Any]]] = [
            (5, {"zones": ["Porch"], "labels": person, "box": [0.1, 0.2, 0.3, 0.4], "peak_score": 82}),
            (20, {"peak_score": 30}),
            (40, {"zones": ["Path"], "is_late": True}),
        ]
        door = happenings.add([motion("door", start_ms + second * SECOND, needs_pictures=True, **fields) for second, fields in moved])
        happenings.add([motion("attic", start_ms - 2 * DAY - number * 10 * MINUTE, peak_score=number % 90 + 5) for number in range(MANY)])
        yield Happened(happenings, start_ms, door)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def desk(chrome: Browser, happened: Happened) -> Iterator[Page]:
    """Nothing is reviewed. Fails the test for any error on its console."""
    happened.happenings.unreview()
    with signed_in(chrome, happened.web, **ZONE) as context:
        page = context.new_page()
        complaints = collect_complaints(page)
        yield page
        assert complaints == []


def open_events(page: Page, query: str = "") -> None:
    page.goto(f"/events/{query}")
    expect(page.locator("body[data-ready]")).to_be_visible()
    expect(page.locator("#events")).to_have_attribute("aria-busy", "false")


def cards(page: Page) -> Locator:
    return page.locator(".ev[data-id]")


def card(page: Page, event_id: int) -> Locator:
    return page.locator(f'.ev[data-id="{event_id}"]')


def ids(page: Page) -> list[int]:
    found: list[int] = cards(page).evaluate_all("all => all.map(one => Number(one.dataset.id))")
    return found


def focused(page: Page) -> int:
    found: int = page.evaluate("Number(document.activeElement.closest('.ev')?.dataset.id ?? 0)")
    return found


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(page.evaluate("location.search.slice(1)"))


def local_time(page: Page, at_ms: int) -> str:
    text: str = page.evaluate("ms => new Date(ms).toLocaleTimeString('en-GB')", at_ms)
    return text


def test_events_are_shown_newest_first_by_day_with_their_pictures(desk: Page, happened: Happened) -> None:
    open_events(desk)
    assert ids(desk)[:3] == happened.door[::-1]
    first = card(desk, happened.door[0])
    expect(first.locator(".ev-line")).to_contain_text(local_time(desk, happened.start_ms + 5 * SECOND))
    expect(first.locator(".ev-line")).to_contain_text("Door")
    expect(first.locator(".ev-tags")).to_contain_text("person")
    expect(first.locator(".ev-tags")).to_contain_text("Porch")
    expect(first.locator(".ev-length")).to_have_text("4 s")
    expect(card(desk, happened.door[2]).locator(".ev-badges")).to_contain_text("Found late")
    wait_for(lambda: first.locator("img").evaluate("image => image.naturalWidth > 300"), what="the event's own picture")
    expect(desk.locator(".ev-day-head h2").first).to_have_text(re.compile("Today|Yesterday"))
    expect(first.locator(".ev-open")).to_have_attribute("aria-label", re.compile(r"Person, Door, \d\d:\d\d:\d\d, in Porch, 4 s"))


def test_moving_pictures_come_where_the_pointer_rests(desk: Page, happened: Happened) -> None:
    open_events(desk)
    one = card(desk, happened.door[0])
    one.locator(".ev-open").hover()
    expect(one.locator(".ev-moving")).to_be_visible()
    wait_for(lambda: one.locator(".ev-moving").evaluate("image => image.naturalWidth > 100"), what="the animation")
    desk.mouse.move(2, 2)
    expect(one.locator(".ev-moving")).to_have_count(0)
    desk.emulate_media(reduced_motion="reduce")
    one.locator(".ev-open").hover()
    desk.wait_for_timeout(400)
    expect(one.locator(".ev-moving")).to_have_count(0)


def test_all_pages_come_as_one_scrolls_and_the_end_is_said(desk: Page) -> None:
    open_events(desk, "?camera=attic")
    assert len(ids(desk)) < MANY
    for _ in range(30):
        if cards(desk).count() == MANY:
            break
        desk.evaluate("scrollTo(0, document.body.scrollHeight)")
        desk.wait_for_timeout(200)
    found = ids(desk)
    assert len(found) == len(set(found)) == MANY
    expect(desk.locator("#foot")).to_contain_text(f"That was all: {MANY} events.")


def test_a_page_that_does_not_come_can_be_asked_for_again(desk: Page) -> None:
    desk.route(re.compile(r"/api/v1/events/\?"), lambda route: route.abort())
    open_events(desk)
    expect(desk.get_by_role("alert").filter(has_text="The events can’t be loaded")).to_be_visible()
    desk.unroute_all()
    desk.get_by_role("button", name="Try again").click()
    expect(cards(desk).first).to_be_visible()
    expect(desk.locator(".ev-trouble")).to_have_count(0)


def test_filters_live_in_the_address(desk: Page, happened: Happened) -> None:
    open_events(desk)
    desk.locator('[data-filter="cameras"] > button').click()
    desk.get_by_label("Door", exact=True).check()
    wait_for(lambda: ids(desk) == happened.door[::-1], what="the door's events alone")
    desk.keyboard.press("Escape")
    desk.locator('[data-filter="labels"] > button').click()
    desk.get_by_label("Person", exact=True).check()
    wait_for(lambda: ids(desk) == happened.door[:1], what="the event with a person")
    desk.keyboard.press("Escape")
    assert query(desk) == {"camera": ["door"], "label": ["person"]}
    desk.reload()
    wait_for(lambda: ids(desk) == happened.door[:1], what="the same after a reload")
    expect(desk.locator('[data-filter="labels"] [data-chosen]')).to_have_text("Person")
    desk.go_back()
    wait_for(lambda: ids(desk) == happened.door[::-1], what="what the back button leads to")
    desk.locator('[data-filter="time"] > button').click()
    desk.get_by_label("Yesterday", exact=True).check()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("heading", name="No event fits")).to_be_visible()
    desk.locator("#clear").click()
    wait_for(lambda: len(ids(desk)) > 10, what="all events again")
    assert query(desk) == {}


def test_a_day_and_a_strength_can_be_chosen(desk: Page, happened: Happened) -> None:
    open_events(desk)
    day = desk.evaluate("ms => new Date(ms).toLocaleDateString('sv-SE')", happened.start_ms - 2 * DAY)
    desk.locator('[data-filter="time"] > button').click()
    desk.get_by_label("Day", exact=True).fill(day)
    expect(desk.locator(".ev-day-head h2")).to_have_count(1)
    assert query(desk)["time"] == [day]
    before = cards(desk).count()
    desk.keyboard.press("Escape")
    desk.locator('[data-filter="score"] > button').click()
    desk.locator("#score").fill("30")
    wait_for(lambda: query(desk).get("score") == ["30"], what="the strength to be taken")
    wait_for(lambda: 0 < cards(desk).count() < before, what="fewer events")


def test_keys_move_mark_and_open(desk: Page, happened: Happened) -> None:
    open_events(desk)
    newest, middle, oldest = happened.door[::-1]
    desk.keyboard.press("j")
    assert focused(desk) == newest
    desk.keyboard.press("ArrowRight")
    assert focused(desk) == middle
    desk.keyboard.press("k")
    desk.keyboard.press("r")
    assert focused(desk) == middle
    expect(card(desk, newest)).to_have_class(re.compile("is-reviewed"))
    wait_for(lambda: happened.happenings.reviewed() == {newest}, what="the server to know")
    desk.keyboard.press("k")
    desk.keyboard.press("r")
    expect(card(desk, newest)).not_to_have_class(re.compile("is-reviewed"))
    assert focused(desk) == newest
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    expect(desk.locator("#event")).to_be_visible()
    assert query(desk)["event"] == [str(middle)]
    desk.keyboard.press("j")
    expect(desk.locator("#event-title")).to_have_text("Person · Door")
    desk.keyboard.press("Escape")
    expect(desk.locator("#event")).to_be_hidden()
    wait_for(lambda: focused(desk) == oldest, what="the focus to be on the card of the event that was open")
    assert "event" not in query(desk)
    desk.keyboard.press("?")
    expect(desk.locator("#help")).to_be_visible()


def test_all_that_is_shown_is_marked_and_taken_back(desk: Page, happened: Happened) -> None:
    open_events(desk, "?camera=door")
    desk.keyboard.press("Shift+R")
    expect(desk.locator("#toast")).to_contain_text("Marked 3 as reviewed.")
    wait_for(lambda: happened.happenings.reviewed() == set(happened.door), what="the server to know")
    expect(desk.locator("#review-all")).to_be_disabled()
    desk.locator("#toast").get_by_role("button", name="Undo").click()
    wait_for(lambda: happened.happenings.reviewed() == set(), what="the server to have taken it back")
    desk.locator("#review-all").click()
    desk.locator('[data-review="done"]').click()
    wait_for(lambda: sorted(ids(desk)) == sorted(happened.door), what="what is reviewed")
    desk.locator('[data-review="new"]').click()
    expect(desk.get_by_role("heading", name="No event fits")).to_be_visible()


def test_a_mark_that_the_server_refuses_is_taken_back(desk: Page, happened: Happened) -> None:
    open_events(desk, "?camera=door")
    desk.route(re.compile(r"/api/v1/events/\d+/$"), lambda route: route.fulfill(status=503, body='{"detail": "The database is locked."}'))
    card(desk, happened.door[0]).locator(".ev-review").click()
    expect(desk.locator("#toast")).to_contain_text("Not marked: The database is locked.")
    expect(card(desk, happened.door[0])).not_to_have_class(re.compile("is-reviewed"))


def test_an_opened_event_shows_where_it_moved_and_plays(desk: Page, happened: Happened) -> None:
    open_events(desk, f"?camera=door&event={happened.door[0]}")
    dialog = desk.locator("#event")
    expect(dialog.locator("h2")).to_have_text("Person · Door")
    expect(dialog.locator("dl")).to_contain_text("person 91 %")
    expect(dialog.locator("dl")).to_contain_text("strong (82 of 100)")
    expect(dialog.locator(".ev-box")).to_be_visible()
    picture, box = dialog.locator(".ev-still img").bounding_box(), dialog.locator(".ev-box").bounding_box()
    assert picture and box
    assert abs((box["x"] - picture["x"]) / picture["width"] - 0.1) < 0.01
    assert abs(box["height"] / picture["height"] - 0.4) < 0.01
    desk.keyboard.press("p")
    playback = dialog.locator("nvr-playback")
    expect(playback).to_have_attribute("state", "playing")
    clock = "document.querySelector('nvr-playback').currentMs"
    wait_for(lambda: desk.evaluate(clock) > happened.start_ms + 4 * SECOND, what="its footage to play")
    expect(playback).to_have_attribute("state", re.compile("ended|paused"), timeout=20_000)
    assert abs(desk.evaluate(clock) - happened.start_ms - 12 * SECOND) < SECOND
    desk.keyboard.press("Escape")
    expect(playback).to_have_count(0)


def test_an_opened_event_leads_to_the_timeline_and_can_be_exported_and_protected(desk: Page, happened: Happened) -> None:
    open_events(desk, f"?event={happened.door[0]}")
    dialog = desk.locator("#event")
    dialog.get_by_role("button", name="Export").click()
    expect(desk.locator(".export-dialog")).to_be_visible()
    expect(desk.locator(".export-expected")).to_contain_text("About")
    desk.keyboard.press("Escape")
    dialog.get_by_role("button", name="Protect").click()
    desk.get_by_label("Why").fill("Parcel stolen")
    desk.locator("#protect-dialog").get_by_role("button", name="Protect").click()
    expect(desk.locator("#toast")).to_contain_text("Protected")
    (kept,) = desk.request.get("/api/v1/protections/?camera=door").json()["results"]
    assert (kept["start_ms"], kept["note"]) == (happened.start_ms + 3 * SECOND, "Parcel stolen")
    token = desk.evaluate("document.cookie.match(/csrftoken=([^;]+)/)?.[1] ?? ''")
    assert desk.request.delete(f"/api/v1/protections/{kept['id']}/", headers={"X-CSRFToken": token}).ok
    desk.keyboard.press("t")
    desk.wait_for_url(re.compile("/recordings/"))
    wait_for(
        lambda: desk.evaluate("document.querySelector('nvr-timeline')?.playheadMs") == happened.start_ms + 5 * SECOND,
        what="the timeline at the begin of the event",
    )


def test_a_link_to_an_event_that_is_gone_says_so(desk: Page) -> None:
    open_events(desk, "?event=999999")
    expect(desk.locator("#toast")).to_contain_text("not there any more")
    expect(cards(desk).first).to_be_visible()


def test_the_time_zone_is_the_one_that_was_chosen(desk: Page, happened: Happened) -> None:
    open_events(desk)
    desk.locator("#zone").select_option("America/New_York")
    at_ms = happened.start_ms + 5 * SECOND
    there = desk.evaluate("ms => new Date(ms).toLocaleTimeString('en-GB', { timeZone: 'America/New_York' })", at_ms)
    expect(card(desk, happened.door[0]).locator("time")).to_have_text(there)


def test_news_come_live_and_nothing_moves_under_ones_hands(desk: Page, happened: Happened) -> None:
    open_events(desk)
    desk.mouse.move(2, 2)
    now_ms = time.time_ns() // 1_000_000
    (first,) = happened.happenings.add([motion("yard", now_ms - 3 * SECOND, end_ms=None)])
    happened.happenings.tell(first, "begun")
    expect(card(desk, first)).to_be_visible()
    expect(card(desk, first)).to_have_class(re.compile("is-going-on"))
    assert ids(desk)[0] == first
    desk.evaluate("scrollTo(0, 600)")
    before = desk.evaluate("[scrollY, document.querySelectorAll('.ev')[9].getBoundingClientRect().top]")
    (second,) = happened.happenings.add([motion("yard", now_ms - SECOND)])
    happened.happenings.tell(second, "ended")
    happened.happenings.tell(first, "ended", end_ms=now_ms)
    expect(desk.locator("#news")).to_have_text("1 new event")
    expect(card(desk, first)).not_to_have_class(re.compile("is-going-on"))
    assert desk.evaluate("[scrollY, document.querySelectorAll('.ev')[9].getBoundingClientRect().top]") == before
    desk.locator("#news").click()
    wait_for(lambda: ids(desk)[:2] == [second, first], what="the new event on top")
    assert desk.evaluate("scrollY") == 0
    happened.happenings.remove(first, second)


def test_the_number_of_events_to_review_is_beside_their_name(desk: Page, happened: Happened) -> None:
    open_events(desk, "?camera=door")
    badge = desk.locator(".bar-nav [data-unreviewed]")
    expect(badge).to_have_text("99+ not reviewed")
    happened.happenings.review(but=happened.door)
    card(desk, happened.door[0]).locator(".ev-review").click()
    expect(badge).to_have_text("2 not reviewed")
    desk.keyboard.press("Shift+R")
    expect(badge).to_be_hidden()


def test_the_dashboard_shows_where_something_moves(desk: Page, happened: Happened) -> None:
    desk.goto("/")
    yard = desk.locator('.cell[data-camera="yard"]')
    expect(yard).to_be_visible()
    now_ms = time.time_ns() // 1_000_000
    (event,) = happened.happenings.add([motion("yard", now_ms, end_ms=None)])
    happened.happenings.tell(event, "begun")
    expect(yard).to_have_attribute("data-moving", "")
    expect(yard.locator(".tile-motion")).to_contain_text("Something moves")
    desk.reload()
    expect(yard).to_have_attribute("data-moving", "")
    desk.goto("/cameras/yard/")
    expect(desk.locator("#last-events")).to_contain_text("Motion · now")
    happened.happenings.tell(event, "ended", end_ms=now_ms + 7 * SECOND)
    expect(desk.locator("#last-events")).to_contain_text("Motion · 7 s")
    desk.locator("#last-events a").first.click()
    expect(desk.locator("#event")).to_be_visible()
    desk.goto("/")
    expect(yard).not_to_have_attribute("data-moving", "")
    happened.happenings.remove(event)


def test_people_see_events_of_what_they_may_play_back(chrome: Browser, happened: Happened) -> None:
    people = happened.site.people
    for name, sees in (("carol", ["Door"]), ("bob", None)):
        with signed_in(chrome, happened.web, **ZONE) as context:
            context.clear_cookies()
            context.add_cookies([{"name": "sessionid", "value": people[name]["session"], "url": happened.web.url}])
            page = context.new_page()
            page.goto("/events/")
            if sees is None:
                expect(page.get_by_role("heading", name="Live only")).to_be_visible()
                continue
            expect(cards(page)).to_have_count(3)
            assert set(page.locator(".ev-place").all_text_contents()) == set(sees)
            card(page, happened.door[0]).locator(".ev-open").click()
            expect(page.locator("#event [data-do=export]")).to_be_hidden()
            expect(page.locator("#event [data-do=protect]")).to_be_hidden()


def test_a_phone_swipes_taps_and_has_room_for_fingers(chrome: Browser, happened: Happened) -> None:
    happened.happenings.unreview()
    touch: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2, "reduced_motion": "reduce"}
    with signed_in(chrome, happened.web, **touch, **ZONE) as context:
        page = context.new_page()
        open_events(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        box = card(page, happened.door[0]).locator(".ev-card").bounding_box()
        assert box
        x, y = box["x"] + 200, box["y"] + box["height"] / 2
        client = context.new_cdp_session(page)
        for step in range(12):
            kind = "touchMove" if step else "touchStart"
            client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x + step * 10, "y": y}]})
        expect(card(page, happened.door[0])).to_have_class(re.compile("is-enough"))
        client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        expect(card(page, happened.door[0])).to_have_class(re.compile("is-reviewed"))
        wait_for(lambda: happened.happenings.reviewed() == {happened.door[0]}, what="the server to know")
        expect(page.locator("#event")).to_be_hidden()
        page.locator("#filters-button").tap()
        sizes: list[float] = page.locator(".ev-page button:visible:not(.ev-open)").evaluate_all(
            "all => all.map(one => Math.min(one.offsetWidth, one.offsetHeight))"
        )
        assert min(sizes) >= 36
        card(page, happened.door[1]).locator(".ev-open").tap()
        expect(page.locator("#event")).to_be_visible()
        assert page.evaluate("document.querySelector('#event').scrollWidth") <= PHONE["width"]
