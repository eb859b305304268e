"""Invitations and new passwords: by a link that is good once, made for accounts and never for addresses somebody types."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from unittest.mock import patch

import kombu.exceptions
import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from nvr.people.links import invite, mail_resets, password_path
from nvr.tasks import mail_resets_to
from tests.support.people import PASSWORD, House

RESET = "/accounts/password/reset/"
NEW = "quite another passphrase"


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the worker is asked to do."""
    found: list[str] = []
    monkeypatch.setattr(mail_resets_to, "delay", found.append)
    return found


@pytest.fixture(autouse=True)
def _mail(settings: Settings) -> None:
    settings.EMAIL_HOST, settings.PUBLIC_URL = "mail.example", "https://nvr.example"


def choose(path: str, password: str = NEW, client: Client | None = None) -> tuple[Client, str]:
    """Opens the link and posts a password. Returns the last page's text."""
    client = client or Client()
    answer = client.get(path, follow=True)
    if "Choose a password" not in answer.content.decode():
        return client, answer.content.decode()
    posted = client.post(answer.request["PATH_INFO"], {"password1": password, "password2": password}, follow=True)
    return client, posted.content.decode()


def signs_in(name: str, password: str) -> bool:
    return Client().post("/accounts/login/", {"login": name, "password": password}).status_code == 302


def test_a_new_password_by_mail(house: House) -> None:
    User.objects.filter(pk=house.bob.pk).update(email="Bob@example.org")
    browser = house.browser("bob")
    assert mail_resets("bob@EXAMPLE.org") == 1
    assert mail_resets("bob@example.org") == 0, "one was sent a moment ago"
    letter = mail.outbox[0]
    assert letter.to == ["Bob@example.org"]
    link = re.findall(r"https://nvr\.example(/\S+)", str(letter.body))[0]
    assert "too short" in choose(link, "short")[1]
    assert "That is your password now" in choose(link)[1]
    assert signs_in("bob", NEW) and not signs_in("bob", PASSWORD)
    assert browser.get("/account/").status_code == 302, "other devices are signed out"
    assert "good no more" in choose(link)[1], "once"


def test_a_link_ends(house: House, settings: Settings) -> None:
    link = password_path(house.bob)
    assert "good no more" in choose(link[:-2] + "/")[1]
    with patch("django.contrib.auth.tokens.PasswordResetTokenGenerator._now", return_value=_in(settings.PASSWORD_RESET_TIMEOUT + 60)):
        assert "good no more" in choose(link)[1]
    assert signs_in("bob", PASSWORD)
    house.bob.refresh_from_db()
    assert "good no more" in choose(link)[1], "who has signed in knows the password"


def test_nobody_learns_whose_an_address_is(house: House, asked_for: list[str]) -> None:
    User.objects.filter(pk=house.bob.pk).update(email="bob@example.org")
    answers = [Client().post(RESET, {"email": address}) for address in ("bob@example.org", "nobody@example.org")]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, f"{RESET}done/")] * 2
    assert asked_for == ["bob@example.org", "nobody@example.org"], "it is looked up elsewhere"
    assert mail_resets("nobody@example.org") == 0 and not mail.outbox


def test_addresses_are_not_flooded(house: House, asked_for: list[str]) -> None:
    codes = [Client().post(RESET, {"email": "bob@example.org"}).status_code for _ in range(8)]
    assert codes == [302] * 5 + [429] * 3
    assert len(asked_for) == 5


def test_the_link_is_made_of_our_own_address_only(house: House, asked_for: list[str]) -> None:
    User.objects.filter(pk=house.bob.pk).update(email="bob@example.org")
    Client().post(RESET, {"email": "bob@example.org"}, HTTP_HOST="evil.example")
    mail_resets(asked_for[0])
    assert "evil" not in str(mail.outbox[0].body)


@pytest.mark.parametrize("how", ["switched off", "signs in elsewhere"])
def test_who_has_no_password_here_gets_none(house: House, how: str) -> None:
    house.bob.email = "bob@example.org"
    if how == "switched off":
        house.bob.is_active = False
    else:
        house.bob.set_unusable_password()
        SocialAccount.objects.create(user=house.bob, provider="oidc", uid="b")
    house.bob.save()
    assert mail_resets("bob@example.org") == 0


def test_without_mail_an_administrator_is_named(house: House, settings: Settings, asked_for: list[str]) -> None:
    settings.PUBLIC_URL = ""
    assert "Ask an administrator" in Client().get(RESET).content.decode()
    assert Client().post(RESET, {"email": "bob@example.org"}).status_code == 200
    assert not asked_for


def test_a_mail_queue_that_is_away_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_address: str) -> None:
        raise kombu.exceptions.OperationalError("away")

    monkeypatch.setattr(mail_resets_to, "delay", fail)
    assert "No mail can be sent" in Client().post(RESET, {"email": "bob@example.org"}).content.decode()


def test_somebody_is_invited_in_the_admin_and_chooses_a_password(house: House, settings: Settings) -> None:
    settings.EMAIL_HOST = ""
    answer = house.browser("alice").post(
        "/admin/auth/user/add/", {"username": "dave", "email": "dave@example.org", **_no_grants()}, follow=True
    )
    dave = User.objects.get(username="dave")
    assert not dave.has_usable_password()
    link = re.findall(r"<code>http://testserver(\S+)</code>", answer.content.decode())[0]
    assert "That is your password now" in choose(link)[1]
    assert signs_in("dave", NEW)


def test_an_invitation_is_mailed_where_that_works(house: House) -> None:
    answer = house.browser("alice").post(
        "/admin/auth/user/add/", {"username": "dave", "email": "dave@example.org", **_no_grants()}, follow=True
    )
    assert "on its way to dave@example.org" in answer.content.decode()
    assert "user name is dave" in str(mail.outbox[0].body)
    assert "/accounts/password/reset/key/" not in answer.content.decode()


def test_who_may_change_people_gets_no_link_to_an_administrator(house: House) -> None:
    house.carol.user_permissions.set(Permission.objects.filter(codename__in=["change_user", "view_user"]))
    erin, manager = invite(username="erin"), invite(username="mona")
    manager.user_permissions.add(Permission.objects.get(codename="manage_people"))
    everybody = [house.alice.pk, house.bob.pk, manager.pk, erin.pk]
    for action in ("remove_second_steps", "make_links"):
        wish = {"action": action, "_selected_action": everybody}
        page = house.browser("carol").post("/admin/auth/user/", wish, follow=True).content.decode()
        for name in ("alice", "bob", "mona"):
            assert f"Only an administrator does that with the account of {name}" in page
    assert page.count("/accounts/password/reset/key/") == 1


def test_invite_command(house: House, capsys: pytest.CaptureFixture[str], settings: Settings) -> None:
    call_command("invite", "erin")
    link = re.findall(r"https://nvr\.example(\S+)", capsys.readouterr().out)[0]
    assert "That is your password now" in choose(link)[1]
    call_command("invite", "frank", "--email", "frank@example.org", "--staff")
    assert "on its way" in capsys.readouterr().out and User.objects.get(username="frank").is_staff
    call_command("invite", "erin")
    assert "/accounts/password/reset/key/" in capsys.readouterr().out
    with pytest.raises(CommandError, match="valid username"):
        call_command("invite", "not a name!")


def _in(seconds: int) -> datetime:
    return datetime.now() + timedelta(seconds=seconds)  # noqa: DTZ005  # as Django's own _now


def _no_grants() -> dict[str, str]:
    return {"grants-TOTAL_FORMS": "0", "grants-INITIAL_FORMS": "0"}
