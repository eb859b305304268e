from __future__ import annotations

import pytest

from tests.support.people import House

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("name", "status"), [("alice", 200), ("carol", 200), ("bob", 404), ("charlie", 404), ("nobody", 302)])
def test_storage_is_for_staff(house: House, name: str, status: int) -> None:
    assert house.browser(name).get("/storage/").status_code == status


def test_only_those_who_may_change_volumes_are_led_there(house: House) -> None:
    assert b"/admin/recordings/volume/" in house.browser("alice").get("/storage/").content
    assert b"/admin/recordings/volume/" not in house.browser("carol").get("/storage/").content
