"""The second step: set up, asked for at every door, good once, counted, and removed for who lost it."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from nvr.people.attempt_rules import LIMIT_PER_PAIR
from nvr.people.models import SignIn
from nvr.people.second_factor import is_required_for
from tests.support.people import PASSWORD, House
from tests.support.second_step import SECRET, code_of, give_second_step

LOGIN = "/accounts/login/"
STEP = "/accounts/2fa/authenticate/"
TOKEN = "/api/v1/auth/token/"
PAGES = (
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/reauthenticate/",
)


def with_password(name: str = "bob", password: str = PASSWORD) -> Client:
    client = Client()
    client.post(LOGIN, {"login": name, "password": password})
    return client


def confirmed(house: House, name: str = "bob") -> Client:
    """A browser whose person has just entered the password again."""
    browser = house.browser(name)
    browser.post("/accounts/reauthenticate/?next=/account/", {"password": PASSWORD})
    return browser


def test_an_app_is_set_up_and_asked_for_from_then_on(house: House) -> None:
    browser = confirmed(house)
    page = browser.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.findall(r'id="totp-secret">(\w+)<', page)[0]
    assert "data:image/svg+xml;base64," in page
    assert "Incorrect code" in browser.post("/accounts/2fa/totp/activate/", {"code": "000000"}).content.decode()
    page = browser.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}, follow=True).content.decode()
    codes = re.findall(r"<code>(\d{8})</code>", page)
    assert len(codes) == 10
    assert not re.findall(r"<code>\d{8}</code>", browser.get("/accounts/2fa/recovery-codes/").content.decode()), "shown once"
    assert secret not in str(Authenticator.objects.values())
    client = with_password()
    assert client.get("/account/").status_code == 302, "the password alone opens nothing"
    cache.clear()
    assert client.post(STEP, {"code": code_of(secret)}).status_code == 302
    assert client.get("/account/").status_code == 200
    assert SignIn.objects.filter(by="password+totp").count() == 1


def test_pages_of_the_second_step_need_no_inline_script(house: House) -> None:
    browser = confirmed(house)
    give_second_step(house.bob)
    for path in (*PAGES, "/accounts/2fa/totp/deactivate/", "/accounts/2fa/recovery-codes/generate/", "/accounts/2fa/reauthenticate/"):
        answer = browser.get(path, follow=True)
        assert answer.status_code == 200, path
        page = answer.content.decode()
        assert 'class="bar"' in page, f"{path} is not in our style"
        assert " style=" not in page
        assert all("src=" in tag.split(">")[0] or "application/json" in tag.split(">")[0] for tag in page.split("<script")[1:]), path


def test_a_code_is_good_once(house: House) -> None:
    give_second_step(house.bob)
    code = code_of()
    assert with_password().post(STEP, {"code": code}).status_code == 302
    cache.clear()  # as another web process would see it
    answer = with_password().post(STEP, {"code": f"{code[:3]} {code[3:]}"})
    assert "used already" in answer.content.decode()
    assert with_password().post(STEP, {"code": code_of(periods_ago=1)}).status_code == 302
    assert with_password().post(STEP, {"code": code_of(periods_ago=2)}).status_code == 200


def test_a_recovery_code_is_good_once(house: House) -> None:
    codes = give_second_step(house.bob)
    assert with_password().post(STEP, {"code": codes[0]}).status_code == 302
    assert with_password().post(STEP, {"code": codes[0]}).status_code == 200


def test_wrong_codes_have_to_wait_at_page_and_api_alike(house: House) -> None:
    give_second_step(house.bob)
    client = with_password()
    for number in range(LIMIT_PER_PAIR):
        if number % 2:
            assert client.post(STEP, {"code": "000000"}).status_code == 200
        else:
            wrong = {"username": "bob", "password": PASSWORD, "code": "000000"}
            assert house.api("nobody").post(TOKEN, wrong, format="json").json()["detail"] == "wrong code"
    answer = client.post(STEP, {"code": code_of()})
    assert answer.status_code == 429
    assert "Try again in 15 minutes" in answer.content.decode()
    right = {"username": "bob", "password": PASSWORD, "code": code_of()}
    assert house.api("nobody").post(TOKEN, right, format="json").status_code == 429


def test_the_api_wants_the_code_too(house: House) -> None:
    codes = give_second_step(house.bob)
    program = house.api("nobody")
    answer = program.post(TOKEN, {"username": "bob", "password": PASSWORD}, format="json")
    assert (answer.status_code, answer.json()["detail"]) == (401, "this account has a second step: send its code as well")
    assert program.post(TOKEN, {"username": "bob", "password": "wrong"}, format="json").json()["detail"] == "wrong user name or password"
    for code in (code_of(), codes[0]):
        assert program.post(TOKEN, {"username": "bob", "password": PASSWORD, "code": code}, format="json").status_code == 200
        cache.clear()
        assert program.post(TOKEN, {"username": "bob", "password": PASSWORD, "code": code}, format="json").status_code == 401
    assert program.post(TOKEN, {"username": "charlie", "password": PASSWORD}, format="json").status_code == 200


def test_who_half_signed_in_is_nobody(house: House) -> None:
    give_second_step(house.bob)
    client = with_password()
    for path in ("/", "/account/", "/api/v1/cameras/", "/accounts/2fa/", "/accounts/2fa/recovery-codes/"):
        assert client.get(path).status_code in (302, 401, 403), path
    assert not SignIn.objects.exists()


def test_what_protects_the_account_is_changed_with_a_proof_only(house: House) -> None:
    browser = house.browser("bob")
    give_second_step(house.bob)
    for path in ("totp/deactivate/", "recovery-codes/generate/", "webauthn/add/"):
        assert "reauthenticate" in browser.post(f"/accounts/2fa/{path}")["Location"], path
    assert Authenticator.objects.filter(user=house.bob).count() == 2
    assert confirmed(house).post("/accounts/2fa/totp/deactivate/").status_code == 302
    assert not Authenticator.objects.filter(user=house.bob).exists(), "no recovery codes without anything to recover"


def test_a_lost_one_is_removed_by_an_administrator(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    give_second_step(house.bob)
    call_command("second_factor", "bob")
    call_command("second_factor", "bob", "--remove")
    assert capsys.readouterr().out == "bob has a second step\n1 second steps of bob removed\n"
    assert with_password().get("/account/").status_code == 200
    give_second_step(house.bob)
    wish = {"action": "remove_second_steps", "_selected_action": [house.bob.pk]}
    assert house.browser("carol").post("/admin/auth/user/", wish).status_code == 403
    house.browser("alice").post("/admin/auth/user/", wish)
    assert not Authenticator.objects.exists()


def test_who_manages_people_has_to_set_one_up_as_administrators_do(house: House, settings: Settings) -> None:
    house.charlie.user_permissions.add(Permission.objects.get(codename="manage_people"))
    assert not is_required_for(house.charlie)
    settings.ADMINS_NEED_SECOND_FACTOR = True
    assert [is_required_for(house.person(name)) for name in ("alice", "bob", "carol")] == [True, False, True]
    assert is_required_for(User.objects.get(username="charlie"))


def test_administrators_have_to_set_one_up_where_that_is_wanted(house: House, settings: Settings) -> None:
    settings.ADMINS_NEED_SECOND_FACTOR = True
    assert with_password("bob").get("/account/").status_code == 200
    client = with_password("alice")
    assert client.get("/").status_code == 302
    answer = house.api("nobody").post(TOKEN, {"username": "alice", "password": PASSWORD}, format="json")
    assert answer.status_code == 403
    page = client.get("/accounts/second-step/").content.decode()
    secret = re.findall(r'id="totp-secret">(\w+)<', page)[0]
    page = client.post("/accounts/second-step/", {"code": code_of(secret)}).content.decode()
    assert len(re.findall(r"<code>\d{8}</code>", page)) == 10
    assert client.get("/account/").status_code == 200
    client.post("/accounts/reauthenticate/?next=/account/", {"password": PASSWORD})
    assert "cannot deactivate" in client.post("/accounts/2fa/totp/deactivate/").content.decode()
    assert Client().get("/accounts/second-step/")["Location"] == LOGIN


@pytest.mark.parametrize("weak", ["hunter2", "password12"])
def test_a_weak_password_is_changed_before_anything_else(house: House, weak: str) -> None:
    house.alice.set_password(weak)
    house.alice.save()
    answer = house.api("nobody").post(TOKEN, {"username": "alice", "password": weak}, format="json")
    assert (answer.status_code, weak in answer.content.decode()) == (403, False)
    client = with_password("alice", weak)
    assert client.get("/").status_code == 302
    page = "/accounts/new-password/"
    assert "too common" in client.post(page, {"new_password1": "password12", "new_password2": "password12"}).content.decode()
    assert client.post(page, {"new_password1": PASSWORD, "new_password2": PASSWORD})["Location"] == "/"
    assert client.get("/account/").status_code == 200
    assert with_password("alice").get("/account/").status_code == 200
    assert Client().post(page, {"new_password1": PASSWORD, "new_password2": PASSWORD})["Location"] == LOGIN


def test_a_weak_password_is_changed_after_the_second_step(house: House) -> None:
    house.bob.set_password("hunter2")
    house.bob.save()
    give_second_step(house.bob)
    client = with_password("bob", "hunter2")
    assert client.get("/accounts/new-password/")["Location"] == LOGIN
    assert client.post(STEP, {"code": code_of()})["Location"] == "/accounts/new-password/"
    assert client.get("/account/").status_code == 302


def test_secrets_are_kept_encrypted(house: House) -> None:
    give_second_step(house.bob)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in kept and "gAAAA" in kept
