"""The events page and the search by area: who gets what to choose from, and what an empty page explains."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from cameras.models import Action, Camera, Grant
from recordings.models import Event, Zone
from tests.support.people import House

PAGES = ["/events/", "/events/search/"]


def text_of(house: House, who: str, path: str = "/events/") -> str:
    answer = house.browser(who).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def described(page: str) -> list[dict[str, Any]]:
    """What the page tells its script of the cameras."""
    found: list[dict[str, Any]] = json.loads(page.split('id="events-cameras" type="application/json">')[1].split("</script>")[0])
    return found


def add_event(camera: Camera | None, **fields: Any) -> Event:
    times = {"start_ms": 1_000, "end_ms": 2_000, "seen_until_ms": 2_000, "footage_start_ms": 0, "footage_end_ms": 3_000}
    return Event.objects.create(camera=camera, **{"kind": Event.Kind.MOTION, **times, **fields})


@pytest.fixture
def two_rights(house: House) -> House:
    """Bob may play back the front door; he may view the garden, too, but not its past."""
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.PLAYBACK)
    Grant.objects.create(user=house.bob, camera=house.other, action=Action.VIEW)
    return house


@pytest.mark.parametrize("path", PAGES)
def test_nobody_is_sent_to_the_login_page(house: House, path: str) -> None:
    answer = house.browser("nobody").get(path)
    assert answer.status_code == 302
    assert answer["Location"] == f"/accounts/login/?next={path}"


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_name_only_cameras_one_may_play_back(two_rights: House, path: str) -> None:
    assert {camera["slug"] for camera in described(text_of(two_rights, "alice", path))} == {"front-door", "garden"}
    page = text_of(two_rights, "bob", path)
    assert [camera["slug"] for camera in described(page)] == ["front-door"]
    assert "Garden" not in page


@pytest.mark.parametrize("path", PAGES)
def test_who_may_only_view_finds_no_camera_and_is_told_why(house: House, path: str) -> None:
    page = text_of(house, "bob", path)
    assert "Front door" not in page
    assert "right to play back" in page


def test_zones_and_labels_to_choose_from_are_those_of_ones_own_cameras(two_rights: House) -> None:
    triangle = [[0.1, 0.1], [0.5, 0.1], [0.3, 0.5]]
    Zone.objects.create(camera=two_rights.camera, name="Porch", points=triangle)
    Zone.objects.create(camera=two_rights.camera, name="Tree", points=triangle, kind=Zone.Kind.IGNORE)
    Zone.objects.create(camera=two_rights.other, name="Pond", points=triangle)
    add_event(two_rights.camera, labels=[{"label": "person", "score": 0.9}])
    add_event(two_rights.other, labels=[{"label": "heron", "score": 0.9}])
    page = text_of(two_rights, "bob")
    assert 'value="Porch"' in page
    assert 'value="person"' in page
    assert not any(name in page for name in ("Tree", "Pond", "heron"))


def test_what_is_about_the_installation_is_for_staff(two_rights: House) -> None:
    add_event(None, kind=Event.Kind.STORAGE, subject="Disk")
    assert 'value="storage"' in text_of(two_rights, "alice")
    assert "data-events" in text_of(two_rights, "alice")
    assert 'value="storage"' not in text_of(two_rights, "bob")
    assert "data-events" not in text_of(two_rights, "bob")


def test_an_empty_page_says_where_to_switch_motion_detection_on(two_rights: House) -> None:
    assert "/cameras/front-door/motion/" in text_of(two_rights, "alice").split("Motion detection is off")[1]
    assert "Ask the person who runs this NVR" in text_of(two_rights, "bob").split("Motion detection is off")[1]
    Camera.objects.update(detects_motion=True)
    page = text_of(two_rights, "bob")
    assert "Motion detection is off" not in page
    assert "Nothing has happened yet" in page


def test_only_who_may_configure_it_is_sent_to_a_cameras_settings(two_rights: House) -> None:
    Grant.objects.create(user=two_rights.carol, camera=two_rights.camera, action=Action.PLAYBACK)
    Grant.objects.create(user=two_rights.carol, camera=two_rights.other, action=Action.PLAYBACK)
    page = text_of(two_rights, "carol")
    assert "/cameras/front-door/motion/" in page
    assert "/cameras/garden/motion/" not in page


def test_a_camera_page_lists_events_for_who_may_play_back(two_rights: House) -> None:
    assert 'id="last-events"' in text_of(two_rights, "bob", "/cameras/front-door/")
    assert 'id="last-events"' not in text_of(two_rights, "bob", "/cameras/garden/")


@pytest.mark.parametrize("path", PAGES)
def test_the_number_of_queries_does_not_grow_with_the_cameras(
    two_rights: House, path: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        camera = Camera.objects.create(name=f"Camera {number}", slug=f"camera-{number}")
        Grant.objects.create(user=two_rights.bob, camera=camera, action=Action.PLAYBACK)
        add_event(camera)
    browser = two_rights.browser("bob")
    with django_assert_max_num_queries(12):
        browser.get(path)


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_have_neither_inline_scripts_nor_inline_styles(two_rights: House, path: str) -> None:
    page = text_of(two_rights, "alice", path)
    assert "<style" not in page
    assert " style=" not in page
    assert all("src=" in tag.split(">")[0] or "application/json" in tag.split(">")[0] for tag in page.split("<script")[1:])


def test_names_are_shown_as_they_are_written(two_rights: House) -> None:
    Camera.objects.filter(pk=two_rights.camera.pk).update(name='<b>"Tor" & Weg</b>')
    page = text_of(two_rights, "bob")
    assert "<b>" not in page.replace('<b id="filters-count"', "")
    assert "&lt;b&gt;" in page
