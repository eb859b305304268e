"""Signing in by another service: OpenID Connect Core 1.0 with state, nonce and PKCE, by allauth, from the one issuer in the settings.

allauth checks state, audience, issuer and expiry, and sends the code's verifier. What it leaves is here: the nonce, that token and userinfo
are about the same person, who may come in, and which groups they are in. No part of a request chooses a server, a scope or a parameter.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from requests import RequestException

PROVIDER_ID = "sso"
_CONNECT = "connect"


class SingleSignOn(OpenIDConnectProvider):  # type: ignore[misc]  # allauth ships no types
    """Named by `provider_class` in SOCIALACCOUNT_PROVIDERS."""

    pkce_enabled_default = True

    @classmethod
    def get_package(cls) -> str:
        """Where its addresses are: allauth's."""
        return "allauth.socialaccount.providers.openid_connect"

    def redirect(self, request: HttpRequest, process: str, next_url: Any = None, data: Any = None, **kwargs: Any) -> HttpResponse:
        """Sends the browser to the issuer. What the address bar says of scopes and parameters is left out."""
        nonce = secrets.token_urlsafe(24)
        kwargs |= {"scope": self.get_default_scope(), "auth_params": {"nonce": nonce}, "nonce": nonce}
        try:
            answer: HttpResponse = super().redirect(request, process, next_url, data, **kwargs)
        except RequestException as error:
            answer = render_authentication_error(request, self, exception=error)
        return answer

    def extract_uid(self, data: dict[str, Any]) -> str:
        """`sub` is unique at one issuer: those of another, set up later, must not be taken for the same people."""
        return f"{sha256(settings.OIDC_ISSUER.encode()).hexdigest()[:16]} {super().extract_uid(data)}"


class OneIssuer(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[SocialApp]:
        """From the settings only; rows in the database count for nothing."""
        if not settings.OIDC_ISSUER or provider not in (None, "openid_connect", PROVIDER_ID):
            return []
        server = {"server_url": settings.OIDC_ISSUER, "oauth_pkce_enabled": True}
        known = {"client_id": settings.OIDC_CLIENT_ID, "secret": settings.OIDC_CLIENT_SECRET, "name": settings.OIDC_NAME}
        return [SocialApp(provider="openid_connect", provider_id=PROVIDER_ID, settings=server, **known)]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Raises ImmediateHttpResponse when the answer is not one to believe, or nobody here is meant by it."""
        claims = _believed(sociallogin)
        if claims is None:
            raise ImmediateHttpResponse(render_authentication_error(request, sociallogin.provider))
        if sociallogin.state.get("process") == _CONNECT:
            return
        if not sociallogin.is_existing:
            _find_owner(request, sociallogin, claims)
        if sociallogin.is_existing:
            put_into_groups(sociallogin.user, claims)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return bool(settings.OIDC_CREATE)

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> Any:
        user = super().save_user(request, sociallogin, form)
        put_into_groups(user, _claims(sociallogin))
        return user


def put_into_groups(user: User, claims: Mapping[str, Any]) -> None:
    """Into those that the claim names and out of the others that it could name; groups it says nothing of stay as they are."""
    if not settings.OIDC_GROUPS:
        return
    said = claims.get(settings.OIDC_GROUPS_CLAIM)
    theirs = {str(name) for name in said} if isinstance(said, list) else {str(said)} if said else set()
    ours = set(settings.OIDC_GROUPS.values())
    wanted = {ours_name for theirs_name, ours_name in settings.OIDC_GROUPS.items() if theirs_name in theirs}
    have = set(user.groups.filter(name__in=ours).values_list("name", flat=True))
    user.groups.add(*(Group.objects.get_or_create(name=name)[0] for name in wanted - have))
    user.groups.remove(*Group.objects.filter(name__in=have - wanted))


def _believed(sociallogin: SocialLogin) -> dict[str, Any] | None:
    """The claims; None for an answer that was not made for this browser's question, or not by our issuer (Core 1.0, 3.1.3.7 and 5.3.2)."""
    token, info = (sociallogin.account.extra_data.get(part) or {} for part in ("id_token", "userinfo"))
    nonce = sociallogin.state.get("nonce")
    is_ours = str(token.get("iss", "")).rstrip("/") == settings.OIDC_ISSUER
    is_asked_for = bool(nonce) and constant_time_compare(str(token.get("nonce")), nonce)
    return _claims(sociallogin) if is_ours and is_asked_for and token.get("sub") and token["sub"] == info.get("sub") else None


def _claims(sociallogin: SocialLogin) -> dict[str, Any]:
    said = sociallogin.account.extra_data
    return (said.get("id_token") or {}) | (said.get("userinfo") or {})


def _find_owner(request: HttpRequest, sociallogin: SocialLogin, claims: Mapping[str, Any]) -> None:
    """By an address that the issuer has verified and one account here has. Somebody else's address lets nobody in."""
    email = str(claims.get("email") or "")
    owners = list(User.objects.filter(email__iexact=email, is_active=True)[:2]) if email else []
    if len(owners) == 1 and claims.get("email_verified") is True:
        sociallogin.connect(request, owners[0])
    elif owners or not settings.OIDC_CREATE:
        raise ImmediateHttpResponse(render(request, "socialaccount/nobody.html", {"name": settings.OIDC_NAME}, status=403))
