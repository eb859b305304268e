"""Devices that somebody is signed in with: listed, signed out at once, and seen without a write per request."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from nvr.people.models import SignIn
from nvr.people.sign_ins import SEEN_EVERY
from tests.support.people import PASSWORD, House

SESSIONS = "/api/v1/sessions/"
PHONE = "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"


def sign_in(name: str = "bob", address: str = "203.0.113.7", agent: str = PHONE) -> Client:
    client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT=agent)
    assert client.post("/accounts/login/", {"login": name, "password": PASSWORD}).status_code == 302
    return client


def test_every_device_is_listed_to_its_owner_only(house: House) -> None:
    phone, desk = sign_in(), sign_in(address="2001:db8::7", agent="curl/8")
    sign_in("alice")
    listed = {one["address"]: one for one in desk.get(SESSIONS).json()["results"]}
    assert set(listed) == {"203.0.113.7", "2001:db8::7"}
    assert (listed["203.0.113.7"]["device"], listed["203.0.113.7"]["by"]) == ("Firefox on Android", "password")
    assert [one["is_this"] for one in listed.values()] == [address == "2001:db8::7" for address in listed]
    page = phone.get("/account/").content.decode()
    assert "Firefox on Android" in page and "this one" in page and "2001:db8::7" in page
    assert str(phone.session.session_key) not in page + str(listed)


def test_a_device_is_signed_out_at_once_and_for_good(house: House) -> None:
    lost, mine = sign_in(), sign_in()
    row = SignIn.objects.get(session=lost.session.session_key)
    assert sign_in("charlie").delete(f"{SESSIONS}{row.pk}/").status_code == 404
    assert lost.get("/account/").status_code == 200
    assert mine.delete(f"{SESSIONS}{row.pk}/").status_code == 204
    assert lost.get(SESSIONS).status_code in (401, 403)
    assert lost.get("/account/").status_code == 302
    assert mine.get("/account/").status_code == 200
    assert SignIn.objects.filter(user=house.bob).count() == 1


def test_all_others_are_signed_out(house: House) -> None:
    mine, others, alice = sign_in(), [sign_in(), sign_in()], sign_in("alice")
    assert "2 other devices" in mine.post("/account/sessions/end/", follow=True).content.decode()
    assert [one.get("/account/").status_code for one in (mine, *others, alice)] == [200, 302, 302, 200]
    program = house.api("bob")
    assert program.delete(SESSIONS).json() == {"signed_out": 1}, "a program is no session"
    assert mine.get("/account/").status_code == 302


def test_changing_the_password_leaves_only_the_device_it_is_done_on(house: House) -> None:
    other, mine = sign_in(), sign_in()
    new = "a much longer passphrase"
    answer = mine.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302
    assert (mine.get("/account/").status_code, other.get("/account/").status_code) == (200, 302)
    assert [one["is_this"] for one in mine.get(SESSIONS).json()["results"] if one["is_this"]] == [True]


def test_seeing_a_device_is_written_once_a_minute(house: House) -> None:
    client = sign_in()
    client.get("/healthz")
    with CaptureQueriesContext(connection) as asked:
        client.get("/healthz")
    assert all(query["sql"].startswith("SELECT") for query in asked.captured_queries)
    SignIn.objects.update(seen_at=F("seen_at") - 2 * SEEN_EVERY)
    cache.clear()
    client.get("/healthz", REMOTE_ADDR="203.0.113.99")
    row = SignIn.objects.get()
    assert timezone.now() - row.seen_at < timedelta(seconds=30)
    assert row.address == "203.0.113.99"


def test_a_session_from_before_appears_and_one_that_ended_doesnt(house: House) -> None:
    client = sign_in()
    SignIn.objects.all().delete()
    cache.clear()
    client.get("/account/")
    assert len(client.get(SESSIONS).json()["results"]) == 1
    Session.objects.update(expire_date=timezone.now())
    assert house.api("bob").get(SESSIONS).json()["results"] == []


def test_made_up_session_cookies_leave_nothing(house: House) -> None:
    for number in range(3):
        client = Client()
        client.cookies["sessionid"] = f"madeup{number}"
        assert client.get("/account/").status_code == 302
    assert not SignIn.objects.exists()
