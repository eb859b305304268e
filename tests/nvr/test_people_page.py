from __future__ import annotations

import json
import re

from django.contrib.auth.models import Permission

from tests.support.people import House


def test_the_page_is_for_those_who_manage_people_and_the_menu_leads_there(house: House) -> None:
    house.bob.user_permissions.add(Permission.objects.get(codename="manage_people"))
    for person, status in (("alice", 200), ("bob", 200), ("carol", 404), ("charlie", 404), ("nobody", 302)):
        browser = house.browser(person)
        assert browser.get("/people/").status_code == status, person
        if person != "nobody":
            assert (b'href="/people/"' in browser.get("/").content) is (status == 200)
    assert b"/people/#camera-front-door" in house.browser("bob").get("/cameras/front-door/").content
    assert b"/people/" not in house.browser("carol").get("/cameras/front-door/").content


def test_it_names_all_cameras_and_nothing_else_of_them(house: House) -> None:
    house.charlie.user_permissions.add(Permission.objects.get(codename="manage_people"))
    page = house.browser("charlie").get("/people/").content.decode()
    found = re.search(r'<script id="facts" type="application/json">(.*?)</script>', page)
    assert found is not None
    facts = json.loads(found[1])
    assert facts["cameras"] == [{"slug": "front-door", "name": "Front door"}, {"slug": "garden", "name": "Garden"}]
    assert (facts["me"], facts["isSuperuser"]) == (house.charlie.pk, False)
    assert "rtsp:" not in page


def test_sound_is_offered_to_who_may_hear(house: House) -> None:
    for person, is_offered in (("alice", True), ("bob", False)):
        page = house.browser(person).get("/cameras/front-door/").content.decode()
        button = next(tag for tag in page.split("<") if 'id="mute"' in tag)
        assert (" hidden" not in button) is is_offered
