from __future__ import annotations

from cameras.models import Grant
from recordings.models import Delivery, NotifyChannel, NotifyMessage, NotifyRule
from tests.support.people import House


def test_rights_are_given_on_the_page_of_a_person(house: House) -> None:
    browser = house.browser("alice")
    page = f"/admin/auth/user/{house.charlie.pk}/change/"
    assert "which cameras" in browser.get(page).content.decode()
    form = {"username": "charlie", "is_active": "on", "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    form |= {"grants-TOTAL_FORMS": "1", "grants-INITIAL_FORMS": "0", "grants-0-action": "view", "grants-0-camera": str(house.other.pk)}
    answer = browser.post(page, form)
    assert answer.status_code == 302, answer.context["errors"]
    assert Grant.objects.filter(user=house.charlie, camera=house.other, action="view").exists()
    assert browser.get("/admin/auth/group/add/").status_code == 200


def test_login_of_the_admin_is_everybodys(house: House) -> None:
    answer = house.browser("nobody").get("/admin/login/")
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/login/")


def test_a_person_goes_with_what_is_theirs(house: House) -> None:
    rule = NotifyRule.objects.create(owner=house.bob, name="Rule", kinds=["motion"])
    message = NotifyMessage.objects.create(rule=rule, sort="motion", earliest_ms=0, due_ms=0)
    channel = NotifyChannel.objects.create(owner=house.bob, name="Mail", kind="email", settings={"to": "b@example.org"})
    Delivery.objects.create(message=message, channel=channel, next_try_ms=0, made_ms=0)
    assert house.browser("alice").post(f"/admin/auth/user/{house.bob.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not NotifyRule.objects.exists()
