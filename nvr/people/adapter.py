from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

from nvr.people import attempts
from nvr.people.attempt_rules import Step
from nvr.people.known_device import remember_device
from nvr.people.stages import note_weakness, weaknesses


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Accounts are made by an administrator, never by a visitor. The page, the API and whoever is asked for a password again count
    their tries together.
    """

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Raises TooManyAttempts."""
        request.nvr_attempt = attempts.take(request, str(credentials.get("username") or ""), Step.PASSWORD)  # type: ignore[attr-defined]

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        attempt = getattr(request, "nvr_attempt", None)
        if user is not None and attempt is not None:
            attempts.give_back(attempt)
        if user is not None:
            request.nvr_is_weak = bool(weaknesses(user, str(credentials.get("password") or "")))  # type: ignore[attr-defined]
        return user

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **hints: Any) -> HttpResponse | None:
        note_weakness(request, getattr(request, "nvr_is_weak", False))
        response: HttpResponse | None = super().pre_login(request, user, **hints)
        return response

    def get_login_stages(self) -> list[str]:
        return [*super().get_login_stages(), "nvr.people.stages.NewPasswordStage", "nvr.people.stages.SecondStepStage"]

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **hints: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **hints)
        remember_device(request, response, user)
        return response
