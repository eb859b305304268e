"""Who gets the motion page of a camera, and what is on it for whom."""

from __future__ import annotations

import pytest

from cameras.models import Action, Grant
from tests.support.people import House

PAGE = "/cameras/front-door/motion/"


@pytest.mark.parametrize(("who", "status"), [("alice", 200), ("bob", 403), ("carol", 200), ("charlie", 404)])
def test_it_is_for_who_may_configure_the_camera(house: House, who: str, status: int) -> None:
    assert house.browser(who).get(PAGE).status_code == status


def test_nobody_is_sent_to_the_login_page_and_back(house: House) -> None:
    assert house.browser("nobody").get(PAGE)["Location"] == f"/accounts/login/?next={PAGE}"


@pytest.mark.parametrize(("who", "links"), [("alice", True), ("bob", False), ("carol", True)])
def test_the_camera_page_leads_there_who_may(house: House, who: str, links: bool) -> None:
    assert (f'href="{PAGE}"' in house.browser(who).get("/cameras/front-door/").content.decode()) is links


def test_somebody_who_may_configure_but_is_no_staff_gets_there_but_not_to_the_admin(house: House) -> None:
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.CONFIGURE)
    page = house.browser("bob").get("/cameras/front-door/").content.decode()
    assert f'href="{PAGE}"' in page
    assert "/admin/" not in page
    assert house.browser("bob").get(PAGE).status_code == 200


def test_the_cameras_form_in_the_admin_leads_there(house: House) -> None:
    form = house.browser("carol").get(f"/admin/cameras/camera/{house.camera.pk}/change/").content.decode()
    assert f'<a href="{PAGE}">' in form
    assert PAGE not in house.browser("alice").get("/admin/cameras/camera/add/").content.decode()


def test_the_past_is_shown_to_who_may_play_it_back(house: House) -> None:
    """To configure a camera is not to look into its past."""
    page = house.browser("carol").get(PAGE).content.decode()
    assert 'data-may-play-back="no"' in page
    assert "heat-choice" not in page
    Grant.objects.create(user=house.carol, camera=house.camera, action=Action.PLAYBACK)
    page = house.browser("carol").get(PAGE).content.decode()
    assert 'data-may-play-back="yes"' in page
    assert "heat-choice" in page


def test_it_has_neither_inline_scripts_nor_inline_styles(house: House) -> None:
    page = house.browser("alice").get(PAGE).content.decode()
    assert "<style" not in page
    assert " style=" not in page
    assert all("src=" in tag.split(">")[0] for tag in page.split("<script")[1:])
