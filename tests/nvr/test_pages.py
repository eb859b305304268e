"""Who sees which page, and what is on it."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cameras.findings import Finding, bad, good, look
from cameras.models import Camera, Diagnosis, Grant, Layout
from tests.support.people import House

PAGES = ["/", "/system/", "/cameras/front-door/", "/cameras/front-door/check/", "/cameras/add/"]


def text_of(house: House, who: str, path: str) -> str:
    answer = house.browser(who).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_nobody_is_sent_to_the_login_page_and_back(house: House, path: str) -> None:
    answer = house.browser("nobody").get(path)
    assert answer.status_code == 302
    assert answer["Location"] == f"/accounts/login/?next={path}"


@pytest.mark.parametrize(
    ("who", "shown"),
    [("alice", {"front-door", "garden"}), ("bob", {"front-door"}), ("carol", {"front-door"}), ("charlie", set())],
)
def test_dashboard_and_system_page_show_the_cameras_one_may_view(house: House, who: str, shown: set[str]) -> None:
    for path in ("/", "/system/"):
        page = text_of(house, who, path)
        assert {slug for slug in ("front-door", "garden") if f'data-camera="{slug}"' in page} == shown


@pytest.mark.parametrize(("who", "status"), [("alice", 200), ("bob", 200), ("carol", 200), ("charlie", 404)])
def test_camera_page_is_not_found_by_who_may_not_view_it(house: House, who: str, status: int) -> None:
    assert house.browser(who).get("/cameras/front-door/").status_code == status


def test_a_camera_that_may_not_be_viewed_and_one_that_is_not_there_look_alike(house: House) -> None:
    browser = house.browser("charlie")
    hidden, absent = (browser.get(f"/cameras/{slug}/").content.decode() for slug in ("garden", "nowhere"))
    assert "garden" not in hidden.lower()
    assert [line for line in hidden.splitlines() if "csrf" not in line] == [line for line in absent.splitlines() if "csrf" not in line]


@pytest.mark.parametrize(("who", "path", "links"), [("alice", "/cameras/garden/", True), ("bob", "/cameras/front-door/", False)])
def test_only_who_may_change_a_camera_gets_the_link_to_its_form(house: House, who: str, path: str, links: bool) -> None:
    assert ("Change this camera" in text_of(house, who, path)) is links


@pytest.mark.parametrize(("who", "status"), [("alice", 200), ("carol", 200), ("bob", 404), ("charlie", 404)])
def test_who_may_configure_a_camera_may_have_it_examined(house: House, who: str, status: int) -> None:
    assert house.browser(who).get("/cameras/front-door/check/").status_code == status
    if who != "charlie":
        assert ("Check this camera" in text_of(house, who, "/cameras/front-door/")) is (status == 200)


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        (good("codec", "x"), "All was well"),
        (look("codec", "x", "", ""), "Worth a look: Video format"),
        (bad("login", "x", "", ""), "To mend: Login"),
    ],
)
def test_the_last_examination_is_on_the_cameras_page(house: House, finding: Finding, words: str) -> None:
    Diagnosis.objects.create(camera=house.camera).finish([finding])
    assert words in text_of(house, "carol", "/cameras/front-door/")
    assert words not in text_of(house, "bob", "/cameras/front-door/")


def test_the_link_to_a_cameras_form_is_for_staff_with_that_right_and_leads_there(house: House) -> None:
    browser = house.browser("carol")
    page = browser.get("/cameras/front-door/").content.decode()
    link = f"/admin/cameras/camera/{house.camera.pk}/change/"
    assert link in page
    assert browser.get(link).status_code == 200


def test_without_a_camera_an_administrator_is_told_how_to_add_one(house: House) -> None:
    Camera.objects.all().delete()
    browser = house.browser("alice")
    page = browser.get("/").content.decode()
    assert "No camera yet" in page
    assert "/cameras/add/" in page
    assert browser.get("/cameras/add/").status_code == 200


@pytest.mark.parametrize(("who", "may_add"), [("alice", True), ("bob", False), ("carol", False), ("charlie", False)])
def test_who_may_add_cameras_has_a_page_for_it(house: House, who: str, may_add: bool) -> None:
    assert (house.browser(who).get("/cameras/add/").status_code == 200) is may_add
    for path in ("/", "/system/"):
        assert ("/cameras/add/" in text_of(house, who, path)) is may_add


def test_who_holds_the_permission_needs_no_administration_to_add_cameras(house: House) -> None:
    house.bob.user_permissions.add(Permission.objects.get(codename="add_camera"))
    assert house.browser("bob").get("/cameras/add/").status_code == 200
    assert "/cameras/add/" in text_of(house, "bob", "/")


def test_without_a_camera_an_ordinary_person_is_told_whom_to_ask(house: House) -> None:
    page = text_of(house, "charlie", "/")
    assert "No camera for you yet" in page
    assert "/admin/" not in page


def test_the_reason_of_a_camera_that_is_down_is_on_the_page(house: House) -> None:
    Camera.objects.filter(pk=house.camera.pk).update(state="down", state_reason="wrong user name or password <401>")
    assert 'data-reason="wrong user name or password &lt;401&gt;"' in text_of(house, "bob", "/")


def test_the_active_layout_of_this_person_comes_with_the_page(house: House) -> None:
    tiles = [{"camera": "front-door", "x": 0, "y": 0, "w": 6, "h": 6}]
    Layout.objects.create(user=house.bob, name="Mine", kind="custom", tiles=tiles, is_active=True)
    Layout.objects.create(user=house.alice, name="Hers", kind="9", is_active=True)
    page = text_of(house, "bob", "/")
    assert 'data-kind="custom"' in page.split('id="wall"')[1].split(">")[0]
    assert json.dumps(tiles).replace('"', "&quot;") in page
    assert 'id="wall" data-kind="auto"' in text_of(house, "carol", "/")


def test_the_number_of_queries_does_not_grow_with_the_cameras(house: House, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(20):
        camera = Camera.objects.create(name=f"Camera {number}", slug=f"camera-{number}")
        Grant.objects.create(user=house.bob, camera=camera)
    browser = house.browser("bob")
    for path in ("/", "/system/"):
        with django_assert_max_num_queries(8):
            browser.get(path)


@pytest.mark.parametrize("path", [*PAGES, "/accounts/password/change/", "/accounts/logout/", "/?kiosk=1", "/nowhere/"])
def test_pages_have_neither_inline_scripts_nor_inline_styles(house: House, path: str) -> None:
    answer = house.browser("alice").get(path)
    page = answer.content.decode()
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
    assert "<style" not in page
    assert " style=" not in page
    assert all("src=" in tag.split(">")[0] for tag in page.split("<script")[1:])


def test_colours_chosen_in_this_browser_come_with_the_page(house: House) -> None:
    browser = house.browser("bob")
    assert "data-theme" not in browser.get("/").content.decode().split("<head>")[0]
    browser.cookies["theme"] = "dark"
    assert 'data-theme="dark"' in browser.get("/").content.decode()
    browser.cookies["theme"] = '"><script>'
    assert "data-theme" not in browser.get("/").content.decode().split("<head>")[0]


def test_signing_in_leads_to_the_dashboard_and_signing_out_back(house: House, client: Client) -> None:
    answer = client.post("/accounts/login/", {"login": "bob", "password": "correct horse battery"}, follow=True)
    assert answer.request["PATH_INFO"] == "/"
    answer = client.post("/accounts/logout/", follow=True)
    assert answer.request["PATH_INFO"] == "/accounts/login/"


def test_a_wrong_password_is_told_beside_the_form(house: House, client: Client) -> None:
    answer = client.post("/accounts/login/", {"login": "bob", "password": "wrong"})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()


def test_a_password_that_is_too_simple_is_refused_with_the_reason(house: House) -> None:
    browser = house.browser("bob")
    answer = browser.post(
        "/accounts/password/change/", {"oldpassword": "correct horse battery", "password1": "password12", "password2": "password12"}
    )
    assert "too common" in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()


def test_a_foreign_form_is_explained(house: House) -> None:
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post("/accounts/logout/")
    assert answer.status_code == 403
    assert "Please try that again" in answer.content.decode()


def test_plain_http_sends_nothing_that_browsers_complain_about(house: House) -> None:
    headers = house.browser("alice").get("/").headers
    assert "Cross-Origin-Opener-Policy" not in headers
    assert headers["Content-Security-Policy"] and headers["X-Content-Type-Options"] == "nosniff"


def test_pages_without_an_icon_of_their_own_get_ours(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"] == "/static/favicon.svg"


def test_a_page_that_breaks_says_so_without_needing_anything(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = house.browser("alice")
    browser.raise_request_exception = False
    monkeypatch.setattr("nvr.pages.views.cameras_for", lambda user: 1 / 0)
    answer = browser.get("/")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()
