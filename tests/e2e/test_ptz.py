"""Turning a camera as a person does: pad, keys, presets, the picture itself; on a desk and on a phone."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from streaming.media.packet import Role
from tests.support.browsing import PHONE, chromium, collect_complaints, signed_in
from tests.support.live_camera import LiveCamera
from tests.support.onvif import camera as stub
from tests.support.onvif.camera import PASSWORD, USERNAME, StubCamera, onvif_camera
from tests.support.processes import wait_for
from tests.support.site import Site, running_site

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def camera() -> Iterator[StubCamera]:
    written = io.BytesIO()
    Image.linear_gradient("L").resize((1280, 720)).convert("RGB").save(written, "JPEG")
    kept, stub.JPEG = stub.JPEG, written.getvalue()
    with onvif_camera() as camera:
        yield camera
    stub.JPEG = kept


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, redis_url: str, camera: StubCamera) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("ptz"), redis_url, ("Yard", "Fixed")) as site:
        site.set_state("yard", "live")
        with LiveCamera(site.redis_url, site.cameras["yard"], {Role.MAIN: "h264", Role.SUB: "h264"}):
            yield site


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(chrome: Browser, site: Site) -> Iterator[Page]:
    with signed_in(chrome, site) as context:
        page = context.new_page()
        complaints = collect_complaints(page)
        yield page
        assert complaints == []


@pytest.fixture
def turnable(page: Page, camera: StubCamera) -> Page:
    """The camera looks straight ahead, away from where it can turn no further."""
    open_turnable(page, camera)
    camera.head.go((0, 0, 0), "by hand")
    return page


def open_turnable(page: Page, camera: StubCamera) -> None:
    """The camera's page with its pad, set up by whoever comes first."""
    page.goto("/cameras/yard/")
    if not page.evaluate("fetch('/api/v1/cameras/yard/ptz/').then(answer => answer.json())")["is_set_up"]:
        connect(page, camera)
    expect(page.locator('.ptz-panel[data-state="ready"]')).to_be_visible()


ASK = """async ([method, path, body]) => {
    const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
    const headers = {"X-CSRFToken": token, "Content-Type": "application/json"};
    const answer = await fetch(`/api/v1/cameras/yard/${path}`, {method, headers, body: body && JSON.stringify(body)});
    return answer.status === 204 ? null : await answer.json();
}"""


def ask(page: Page, method: str, path: str, body: Any = None) -> Any:
    return page.evaluate(ASK, [method, path, body])


def have_presets(page: Page, camera: StubCamera, *names: str) -> None:
    """No others, and no tours."""
    for kind in ("tours", "presets"):
        for one in ask(page, "GET", f"ptz/{kind}/"):
            ask(page, "DELETE", f"ptz/{kind}/{one['id']}/")
    for number, name in enumerate(names, 1):
        camera.head.go((number / 4, 0, 0), "by hand")
        ask(page, "POST", "ptz/presets/", {"name": name})
    page.reload()
    expect(page.locator('.ptz-panel[data-state="ready"]')).to_be_visible()
    expect(page.locator(".ptz-preset")).to_have_count(len(names))


def connect(page: Page, camera: StubCamera) -> None:
    page.get_by_role("button", name="ONVIF settings").click()
    dialog = page.locator("dialog.onvif-dialog")
    dialog.get_by_label("Address").fill(f"127.0.0.1:{camera.port}")
    dialog.get_by_label("User name").fill(USERNAME)
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Connect").click()
    expect(dialog.get_by_text("Example SC-1, firmware 1.2, answers.")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()


def read_again(page: Page) -> dict[str, Any]:
    """What the camera says now that it can."""
    ask(page, "POST", "onvif/check/")
    found: dict[str, Any] = ask(page, "GET", "ptz/")["abilities"]
    return found


def look(page: Page, name: str) -> None:
    """Keeps a picture for a person to look at, where NVR_TEST_PICTURES says."""
    if directory := os.environ.get("NVR_TEST_PICTURES"):
        page.screenshot(path=Path(directory) / f"{name}.png", full_page=True)


def check_access(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}).response
    assert found["passes"], "axe looked at nothing"
    assert [(violation["id"], [node["target"] for node in violation["nodes"]]) for violation in found["violations"]] == []


def test_set_up_from_the_page_and_a_wrong_password_is_told(page: Page, camera: StubCamera) -> None:
    page.goto("/cameras/yard/")
    ask(page, "DELETE", "onvif/")
    camera.relays = dict.fromkeys(camera.relays, False)
    page.reload()
    expect(page.locator("#ptz")).to_be_hidden()
    page.get_by_role("button", name="ONVIF settings").click()
    dialog = page.locator("dialog.onvif-dialog")
    dialog.get_by_label("Address").fill(f"127.0.0.1:{camera.port}")
    dialog.get_by_label("User name").fill(USERNAME)
    dialog.get_by_label("Password").fill("wrong")
    dialog.get_by_role("button", name="Connect").click()
    expect(dialog.get_by_text("The camera refuses the user name or password.")).to_be_visible()
    check_access(page)
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Connect").click()
    expect(dialog.get_by_text("Example SC-1, firmware 1.2, answers.")).to_be_visible()
    look(page, "onvif-dialog")
    dialog.get_by_role("button", name="Output 1 on").click()
    expect(dialog.get_by_text("Output 1 is on.")).to_be_visible()
    assert camera.relays == {"relay1": True}
    dialog.get_by_role("button", name="Close").click()
    expect(page.locator('.ptz-panel[data-state="ready"]')).to_be_visible()


def test_hold_to_move_and_release_to_stop(turnable: Page, camera: StubCamera) -> None:
    button = turnable.get_by_role("button", name="Right", exact=True)
    button.hover()
    turnable.mouse.down()
    wait_for(lambda: camera.head.is_moving, what="the camera turning")
    turnable.wait_for_timeout(1200)
    assert camera.head.is_moving
    turnable.mouse.up()
    wait_for(lambda: not camera.head.is_moving, seconds=1, what="the camera standing still")
    expect(turnable.get_by_text("You are steering.")).to_be_visible()


def test_the_pad_turns_where_it_is_dragged(turnable: Page, camera: StubCamera) -> None:
    box = turnable.locator(".ptz-disc").bounding_box()
    assert box is not None
    before = camera.head.position
    turnable.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.7)
    turnable.mouse.down()
    wait_for(lambda: camera.head.is_moving, what="the camera turning")
    turnable.mouse.move(box["x"] + box["width"] * 0.95, box["y"] + box["height"] * 0.95)
    look(turnable, "pad-held")
    turnable.mouse.up()
    wait_for(lambda: not camera.head.is_moving, seconds=1, what="the camera standing still")
    after = camera.head.position
    assert after[0] > before[0] or after[0] == 1
    assert after[1] < before[1] or after[1] == -1


@pytest.mark.parametrize(("key", "axis", "sign"), [("ArrowLeft", 0, -1), ("ArrowUp", 1, 1), ("+", 2, 1)])
def test_keys_are_held_too(turnable: Page, camera: StubCamera, key: str, axis: int, sign: int) -> None:
    before = camera.head.position[axis]
    turnable.keyboard.down(key)
    wait_for(lambda: camera.head.is_moving, what="the camera turning")
    turnable.wait_for_timeout(300)
    turnable.keyboard.up(key)
    wait_for(lambda: not camera.head.is_moving, seconds=1, what="the camera standing still")
    assert (camera.head.position[axis] - before) * sign > 0


def test_another_window_lets_go(turnable: Page, camera: StubCamera) -> None:
    turnable.keyboard.down("ArrowDown")
    wait_for(lambda: camera.head.is_moving, what="the camera turning")
    turnable.evaluate("window.dispatchEvent(new Event('blur'))")
    wait_for(lambda: not camera.head.is_moving, seconds=1, what="the camera standing still")
    turnable.keyboard.up("ArrowDown")


def test_leaving_the_page_lets_go(turnable: Page, camera: StubCamera) -> None:
    turnable.keyboard.down("ArrowRight")
    wait_for(lambda: camera.head.is_moving, what="the camera turning")
    turnable.goto("/system/")
    wait_for(lambda: not camera.head.is_moving, seconds=1, what="the camera standing still")


def test_presets_are_made_shown_gone_to_and_changed(turnable: Page, camera: StubCamera) -> None:
    have_presets(turnable, camera)
    for number, name in enumerate(("Gate", "Yard door", "Bins"), 1):
        camera.head.go((number / 4, 0, 0), "by hand")
        turnable.get_by_role("button", name="Add", exact=True).click()
        turnable.get_by_role("dialog").get_by_label("Name").fill(name)
        turnable.get_by_role("dialog").get_by_role("button", name="Save").click()
        expect(turnable.locator(".ptz-preset")).to_have_count(number)
    expect(turnable.locator(".ptz-preset img").first).to_be_visible()
    look(turnable, "camera-page-desk")
    assert turnable.evaluate("document.documentElement.scrollWidth <= innerWidth")
    check_access(turnable)
    turnable.locator(".ptz-preset-go", has_text="Gate").click()
    wait_for(lambda: camera.head.position == (0.25, 0, 0), what="the camera at the gate")
    turnable.keyboard.press("3")
    wait_for(lambda: camera.head.position == (0.75, 0, 0), what="the camera at the bins")
    turnable.get_by_role("button", name="Change presets").click()
    turnable.get_by_role("button", name="Move back: Gate").click()
    expect(turnable.locator(".ptz-preset-name").first).to_have_text("Yard door")
    look(turnable, "camera-page-editing")
    check_access(turnable)
    turnable.get_by_role("button", name="Rename: Bins").click()
    turnable.get_by_role("dialog").get_by_label("Name").fill("Dustbins")
    turnable.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(turnable.locator(".ptz-preset-name").last).to_have_text("Dustbins")
    turnable.get_by_role("button", name="Delete: Yard door").click()
    expect(turnable.locator(".ptz-preset")).to_have_count(2)


def test_a_tour_is_made_and_runs(turnable: Page, camera: StubCamera, site: Site) -> None:
    have_presets(turnable, camera, "Gate", "Bins")
    turnable.get_by_role("button", name="Add tour").click()
    dialog = turnable.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Round")
    for field in dialog.get_by_label("Seconds there").all():
        field.fill("2")
    look(turnable, "tour-dialog")
    check_access(turnable)
    dialog.get_by_role("button", name="Save").click()
    expect(turnable.get_by_text("Off, 2 stops.")).to_be_visible()
    turnable.request.delete("/api/v1/cameras/yard/ptz/lock/")
    begun = camera.head.commands.count("GotoPreset")
    turnable.get_by_role("button", name="Start: Round").click()
    site.start("onvif")
    try:
        wait_for(lambda: camera.head.commands.count("GotoPreset") >= begun + 2, seconds=60, what="the tour at its second stop")
        expect(turnable.get_by_text("Running: Bins, 2 stops.")).to_be_visible()
        look(turnable, "tours-desk")
        turnable.get_by_role("button", name="Stop: Round").click()
        expect(turnable.get_by_text("Off, 2 stops.")).to_be_visible()
    finally:
        site.stop("onvif")
    check_access(turnable)


def test_a_click_on_the_picture_turns_towards_it(turnable: Page, camera: StubCamera) -> None:
    camera.head.go((0, 0, 0), "by hand")
    turnable.get_by_role("button", name="Turn towards what you click").click()
    box = turnable.locator("#viewer .tile-picture").bounding_box()
    assert box is not None
    turnable.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    wait_for(lambda: camera.head.position[0] > 0.05, what="the camera turning right")
    assert abs(camera.head.position[1]) < 0.05


def test_the_enlarged_tile_has_a_pad(page: Page, turnable: Page, camera: StubCamera) -> None:
    page.goto("/")
    page.locator('.cell[data-camera="fixed"] .tile-open').click()
    page.keyboard.press("Escape")
    page.locator('.cell[data-camera="yard"] .tile-open').click()
    expect(page.locator('.ptz-panel-small[data-state="ready"]')).to_be_visible()
    look(page, "tile-desk")
    page.get_by_role("button", name="Up", exact=True).hover()
    page.mouse.down()
    wait_for(lambda: camera.head.is_moving, what="the camera turning")
    page.keyboard.press("Escape")
    wait_for(lambda: not camera.head.is_moving, seconds=1, what="the camera standing still")
    page.mouse.up()
    expect(page.locator(".ptz-panel-small")).to_have_count(0)


def test_what_the_camera_lacks_is_not_shown(turnable: Page, camera: StubCamera) -> None:
    spaces = camera.spaces
    try:
        camera.spaces = {"ContinuousZoomVelocitySpace"}
        camera.has_home = False
        assert read_again(turnable)["turns"] is False
        turnable.reload()
        expect(turnable.get_by_role("button", name="Closer")).to_be_visible()
        expect(turnable.locator(".ptz-disc")).to_have_count(0)
        expect(turnable.get_by_role("button", name="Home position")).to_have_count(0)
        expect(turnable.locator("#centre")).to_be_hidden()
    finally:
        camera.spaces, camera.has_home = spaces, True
        read_again(turnable)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone(chrome: Browser, site: Site, camera: StubCamera, scheme: str) -> None:
    with signed_in(chrome, site, viewport=PHONE, color_scheme=scheme, has_touch=True) as context:
        page = context.new_page()
        open_turnable(page, camera)
        assert read_again(page)["turns"] is True
        page.reload()
        expect(page.locator('.ptz-panel[data-state="ready"]')).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        look(page, f"camera-page-phone-{scheme}")
        check_access(page)
