"""Guessing is slowed down, at every door alike, and nobody is kept out of their own account by somebody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from axes.signals import user_locked_out
from django.db.models import F
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings
from pytest_django.fixtures import DjangoAssertNumQueries

from nvr.people.address import client_address, counted_address
from nvr.people.attempt_rules import LIMIT_PER_ADDRESS, LIMIT_PER_DEVICE, LIMIT_PER_PAIR, SOFT_LIMIT, WINDOW, Step
from nvr.tasks import forget_sign_ins
from tests.support.people import PASSWORD, House

LOGIN = "/accounts/login/"
TOKEN = "/api/v1/auth/token/"
RIGHT = {"login": "bob", "password": PASSWORD}


def guess(client: Client, name: str = "bob", *, at: str = "203.0.113.7", password: str = "") -> Any:
    return client.post(LOGIN, {"login": name, "password": password or "wrong"}, REMOTE_ADDR=at)


def let_pass(time: timedelta) -> None:
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - time)


def flood_from_everywhere(house: House) -> None:
    """As many wrong passwords for bob as it takes, each from another address."""
    for number in range(SOFT_LIMIT[Step.PASSWORD]):
        assert guess(Client(), at=f"198.51.100.{number}").status_code == 200


def test_too_many_wrong_passwords_have_to_wait_and_are_told_how_long(house: House, client: Client) -> None:
    for _ in range(LIMIT_PER_PAIR):
        assert guess(client).status_code == 200
    answer = client.post(LOGIN, RIGHT, REMOTE_ADDR="203.0.113.7")
    assert answer.status_code == 429
    assert "Too many wrong attempts. Try again in 15 minutes." in answer.content.decode()
    assert 0 < int(answer["Retry-After"]) <= WINDOW.total_seconds() + 1
    let_pass(WINDOW)
    assert client.post(LOGIN, RIGHT, REMOTE_ADDR="203.0.113.7").status_code == 302


def test_page_and_api_count_together(house: House, client: Client) -> None:
    for number in range(LIMIT_PER_PAIR):
        if number % 2:
            assert guess(client, "BOB", at="127.0.0.1").status_code == 200
        else:
            assert house.api("nobody").post(TOKEN, {"username": "bob", "password": "wrong"}, format="json").status_code == 401
    answer = house.api("nobody").post(TOKEN, {"username": "bob", "password": PASSWORD}, format="json")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 60
    assert "in 15 minutes" in answer.json()["detail"]


def test_a_flood_from_one_address_keeps_nobody_out_elsewhere(house: House, client: Client) -> None:
    for _ in range(3 * LIMIT_PER_PAIR):
        guess(client, at="203.0.113.7")
    assert Client().post(LOGIN, RIGHT, REMOTE_ADDR="203.0.113.8").status_code == 302


def test_a_flood_from_everywhere_slows_strangers_down_for_seconds(house: House) -> None:
    flood_from_everywhere(house)
    answer = Client().post(LOGIN, RIGHT, REMOTE_ADDR="203.0.113.8")
    assert (answer.status_code, answer["Retry-After"]) == (429, "5")
    let_pass(timedelta(seconds=6))
    assert Client().post(LOGIN, RIGHT, REMOTE_ADDR="203.0.113.8").status_code == 302


def test_a_browser_that_signed_in_before_has_tries_of_its_own(house: House, client: Client) -> None:
    assert client.post(LOGIN, RIGHT).status_code == 302
    client.post("/accounts/logout/")
    flood_from_everywhere(house)
    for _ in range(LIMIT_PER_PAIR + 1):
        guess(Client(), at="127.0.0.1")
    assert client.post(LOGIN, RIGHT).status_code == 302
    client.post("/accounts/logout/")
    for _ in range(LIMIT_PER_DEVICE):
        assert guess(client).status_code == 200
    assert guess(client).status_code == 429
    assert guess(client, "alice").status_code == 200, "it is known to bob's account only"


@pytest.mark.parametrize("cookie", ["", "x", "eyJhIjoiYiJ9:1abc:forged"])
def test_a_made_up_browser_is_a_stranger(house: House, client: Client, cookie: str) -> None:
    client.cookies["nvr_device"] = cookie
    for _ in range(LIMIT_PER_PAIR):
        guess(client)
    assert guess(client).status_code == 429


def test_an_address_that_tries_everybody_has_to_wait_for_all(house: House, client: Client) -> None:
    for number in range(LIMIT_PER_ADDRESS):
        assert guess(client, f"person {number}").status_code == 200
    assert guess(client, "alice", password=PASSWORD).status_code == 429


def test_a_name_that_nobody_has_is_answered_like_any_other_and_not_kept(house: House, client: Client) -> None:
    texts = set()
    for name in ("bob", "hunter2"):
        answers = [guess(client, name) for _ in range(LIMIT_PER_PAIR + 1)]
        texts.add(tuple((answer.status_code, answer.content.decode().replace(name, "").split("form-error")[1][:200]) for answer in answers))
    assert len(texts) == 1
    assert "hunter2" not in str(AccessAttempt.objects.values())


def test_ten_thousand_wrong_logins_leave_a_handful_of_rows(
    house: House, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    answers: list[HttpResponse] = [guess(client, f"person {number}") for number in range(LIMIT_PER_ADDRESS + 20)]
    assert [answer.status_code for answer in answers[-20:]] == [429] * 20
    assert AccessAttempt.objects.count() == LIMIT_PER_ADDRESS
    with django_assert_max_num_queries(6):
        guess(client, "person 10000")
    for number in range(100):
        client.post(LOGIN, {"login": "bob", "password": "x"}, REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT=f"browser {number}")
    assert AccessAttempt.objects.count() == LIMIT_PER_ADDRESS + 1
    let_pass(WINDOW)
    forget_sign_ins()
    assert not AccessAttempt.objects.exists()


def test_being_locked_out_is_told_once(house: House, client: Client) -> None:
    told: list[str] = []

    def hear(username: str, **_: Any) -> None:
        told.append(username)

    user_locked_out.connect(hear)
    try:
        for _ in range(3 * LIMIT_PER_PAIR):
            guess(client)
    finally:
        user_locked_out.disconnect(hear)
    assert told == ["bob"]


def test_signing_in_makes_up_for_mistakes(house: House, client: Client) -> None:
    for _ in range(3):
        for _ in range(LIMIT_PER_PAIR - 1):
            assert guess(client, at="127.0.0.1").status_code == 200
        assert client.post(LOGIN, RIGHT).status_code == 302
        client.post("/accounts/logout/")
        client.cookies.clear()


@pytest.mark.parametrize(
    ("headers", "behind_tls", "address"),
    [
        ({"REMOTE_ADDR": "203.0.113.7", "HTTP_X_FORWARDED_FOR": "198.51.100.1"}, False, "203.0.113.7"),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.1, 203.0.113.9"}, True, "203.0.113.9"),
        ({"REMOTE_ADDR": "127.0.0.1"}, True, None),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "nonsense"}, True, None),
        ({"REMOTE_ADDR": "::ffff:203.0.113.7"}, False, "203.0.113.7"),
        ({"REMOTE_ADDR": ""}, False, None),
    ],
)
def test_the_address_is_the_one_that_the_proxy_saw(
    settings: Settings, headers: dict[str, str], behind_tls: bool, address: str | None
) -> None:
    settings.IS_BEHIND_TLS, settings.ALLAUTH_TRUSTED_PROXY_COUNT = behind_tls, int(behind_tls)
    assert client_address(RequestFactory().get("/", **headers)) == address  # type: ignore[arg-type]


def test_all_of_a_homes_ipv6_network_counts_as_one(rf: RequestFactory) -> None:
    assert (
        counted_address(rf.get("/", REMOTE_ADDR="2001:db8:1:2:aaaa::1"))
        == counted_address(rf.get("/", REMOTE_ADDR="2001:db8:1:2::f"))
        == "2001:db8:1:2::"
    )
