"""Signing in by another service, against a real provider in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.contrib.auth.models import Group, User
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from nvr import env
from nvr.people.models import SignIn
from tests.support.oidc_provider import Provider, running_provider
from tests.support.people import PASSWORD, House
from tests.support.second_step import give_second_step

LOGIN = "/accounts/oidc/sso/login/"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running_provider() as found:
        yield found


@pytest.fixture(autouse=True)
def _site(settings: Settings, provider: Provider) -> None:
    settings.OIDC_ISSUER, settings.OIDC_NAME = provider.issuer, "Example SSO"
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = "nvr", "a secret of some length"
    settings.OIDC_GROUPS, settings.OIDC_GROUPS_CLAIM, settings.OIDC_CREATE = {}, "groups", False


def asked(client: Client, address: str = LOGIN) -> str:
    """Where the provider is asked."""
    return str(client.post(address)["Location"])


def back(client: Client, location: str) -> HttpResponse:
    parts = urlsplit(location)
    return client.get(f"{parts.path}?{parts.query}")  # type: ignore[return-value]  # a subclass of the test client's


def sign_in(provider: Provider, sub: str, client: Client | None = None) -> tuple[Client, HttpResponse]:
    client = client or Client()
    return client, back(client, provider.agree(asked(client), sub))


def test_who_has_a_verified_address_here_is_signed_in_and_known_by_name_after(house: House, provider: Provider) -> None:
    User.objects.filter(pk=house.bob.pk).update(email="Bob@example.org")
    provider.person("b1", email="bob@example.org", email_verified=True)
    assert "Sign in with Example SSO" in Client().get("/accounts/login/").content.decode()
    client, answer = sign_in(provider, "b1")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/account/").status_code == 200
    assert SignIn.objects.get(user=house.bob).by == "sso"
    User.objects.filter(pk=house.bob.pk).update(email="")
    assert sign_in(provider, "b1")[0].get("/account/").status_code == 200, "the link stays when the address changes"


@pytest.mark.parametrize(
    "claims", [{"email": "bob@example.org"}, {"email": "bob@example.org", "email_verified": "true"}, {"email_verified": True}, {}]
)
def test_an_address_that_is_not_verified_lets_nobody_in(
    house: House, provider: Provider, settings: Settings, claims: dict[str, object]
) -> None:
    User.objects.filter(pk__in=[house.bob.pk]).update(email="bob@example.org")
    provider.person("mallory", **claims)
    _, answer = sign_in(provider, "mallory")
    assert answer.status_code == 403
    assert "No account here" in answer.content.decode()
    settings.OIDC_CREATE = "email" in claims
    assert sign_in(provider, "mallory")[1].status_code == 403, "nor is the account of somebody else's address made twice"
    assert not SocialAccount.objects.exists()


def test_an_address_of_two_accounts_is_nobodys(house: House, provider: Provider) -> None:
    User.objects.filter(pk__in=[house.bob.pk, house.alice.pk]).update(email="home@example.org")
    provider.person("h1", email="home@example.org", email_verified=True)
    assert sign_in(provider, "h1")[1].status_code == 403


def test_unknown_people_get_an_account_only_where_that_is_wanted(house: House, provider: Provider, settings: Settings) -> None:
    provider.person("n1", email="new@example.org", email_verified=True, preferred_username="newcomer", groups=["family", "x"])
    assert sign_in(provider, "n1")[1].status_code == 403
    settings.OIDC_CREATE, settings.OIDC_GROUPS = True, {"family": "Family"}
    client, answer = sign_in(provider, "n1")
    assert answer.status_code == 302
    made = User.objects.get(username="newcomer")
    assert not (made.is_staff or made.is_superuser or made.has_usable_password())
    assert [group.name for group in made.groups.all()] == ["Family"]
    assert client.get("/api/v1/cameras/").json()["results"] == []


def test_groups_follow_the_claim_and_others_stay(house: House, provider: Provider, settings: Settings) -> None:
    settings.OIDC_GROUPS = {"idp-ops": "Operators", "idp-family": "Family"}
    User.objects.filter(pk=house.bob.pk).update(email="bob@example.org")
    house.bob.groups.add(Group.objects.create(name="Own"), Group.objects.create(name="Family"))
    provider.person("b2", email="bob@example.org", email_verified=True, groups=["idp-ops"])
    sign_in(provider, "b2")
    assert set(house.bob.groups.values_list("name", flat=True)) == {"Own", "Operators"}
    provider.person("b2", email="bob@example.org", email_verified=True, groups="idp-family")
    sign_in(provider, "b2")
    assert set(house.bob.groups.values_list("name", flat=True)) == {"Own", "Family"}


def test_the_question_has_state_nonce_and_a_challenge_and_takes_nothing_from_the_address(house: House) -> None:
    question = asked(Client(), f"{LOGIN}?scope=offline_access&auth_params=prompt%3Dnone%26nonce%3Dmine")
    query = parse_qs(urlsplit(question).query)
    assert set(query["scope"][0].split()) == {"openid", "profile", "email"}
    assert query["code_challenge_method"] == ["S256"] and query["state"] and len(query["nonce"][0]) > 20
    assert "prompt" not in query
    assert Client().get(LOGIN).status_code == 200, "a picture on another site signs nobody in"


@pytest.mark.parametrize("what", ["state", "nonce"])
def test_an_answer_to_another_question_is_not_believed(house: House, provider: Provider, what: str) -> None:
    User.objects.filter(pk=house.bob.pk).update(email="bob@example.org")
    provider.person("b3", email="bob@example.org", email_verified=True)
    client = Client()
    parts = urlsplit(asked(client))
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | {what: "somebody-elses-" + "x" * 28}
    answer = back(client, provider.agree(urlunsplit(parts._replace(query=urlencode(query))), "b3"))
    assert "That didn" in answer.content.decode()
    assert client.get("/account/").status_code == 302


def test_an_answer_is_good_in_the_browser_that_asked(house: House, provider: Provider) -> None:
    User.objects.filter(pk=house.bob.pk).update(email="bob@example.org")
    provider.person("b4", email="bob@example.org", email_verified=True)
    location = provider.agree(asked(Client()), "b4")
    victim = Client()
    back(victim, location)
    assert victim.get("/account/").status_code == 302


def test_a_service_is_connected_on_the_account_page(house: House, provider: Provider) -> None:
    provider.person("c1", email="elsewhere@example.org", email_verified=False)
    browser = house.browser("bob")
    browser.post("/accounts/reauthenticate/?next=/account/", {"password": PASSWORD})
    assert "Connect" in browser.get("/accounts/3rdparty/").content.decode()
    back(browser, provider.agree(asked(browser, f"{LOGIN}?process=connect&next=/account/"), "c1"))
    assert SocialAccount.objects.get().user == house.bob
    assert sign_in(provider, "c1")[0].get("/account/").status_code == 200
    browser.post("/accounts/3rdparty/", {"account": SocialAccount.objects.get().pk})
    assert sign_in(provider, "c1")[1].status_code == 403


def test_a_second_step_here_is_asked_for_also_then(house: House, provider: Provider) -> None:
    User.objects.filter(pk=house.bob.pk).update(email="bob@example.org")
    give_second_step(house.bob)
    provider.person("b5", email="bob@example.org", email_verified=True)
    client, answer = sign_in(provider, "b5")
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/account/").status_code == 302


def test_another_issuers_people_are_other_people(house: House, provider: Provider, settings: Settings) -> None:
    User.objects.filter(pk=house.bob.pk).update(email="bob@example.org")
    provider.person("b6", email="bob@example.org", email_verified=True)
    sign_in(provider, "b6")
    User.objects.filter(pk=house.bob.pk).update(email="")
    settings.OIDC_ISSUER = provider.issuer.replace("127.0.0.1", "localhost")
    assert sign_in(provider, "b6")[0].get("/account/").status_code == 302


def test_a_service_that_is_away_is_told(house: House, settings: Settings) -> None:
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    assert "could not be reached" in Client().post(LOGIN).content.decode()


def test_nobody_but_the_settings_names_a_service(house: House, settings: Settings) -> None:
    SocialApp.objects.create(
        provider="openid_connect", provider_id="evil", name="Evil", client_id="x", settings={"server_url": "http://evil.example"}
    )
    assert Client().post("/accounts/oidc/evil/login/").status_code == 404
    settings.OIDC_ISSUER = ""
    assert Client().post(LOGIN).status_code == 404
    assert "Sign in with" not in Client().get("/accounts/login/").content.decode()


def test_settings_that_are_half_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="NVR_OIDC_CLIENT_ID"):
        env.require_together("NVR_OIDC_ISSUER", "https://sso.example", NVR_OIDC_CLIENT_ID="")
    monkeypatch.setenv("NVR_OIDC_GROUPS", "a=b, c = d")
    assert env.pairs("NVR_OIDC_GROUPS") == {"a": "b", "c": "d"}
    monkeypatch.setenv("NVR_OIDC_GROUPS", "a")
    with pytest.raises(ImproperlyConfigured, match="theirs=ours"):
        env.pairs("NVR_OIDC_GROUPS")
