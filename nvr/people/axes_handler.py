"""What axes asks and hears: its backend, first of all, refuses who may not try; its signals say when somebody was locked out."""

from __future__ import annotations

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest

from nvr.people import attempts
from nvr.people.attempt_rules import Step


class AttemptHandler(AxesDatabaseHandler):  # type: ignore[misc]  # axes ships no types
    """The page and the API take their try before they ask for authentication; whoever doesn't has it taken here."""

    def is_allowed(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        if not hasattr(request, "nvr_attempt"):
            try:
                request.nvr_attempt = attempts.take(request, _username(credentials), Step.PASSWORD)  # type: ignore[attr-defined]
            except attempts.TooManyAttempts:
                return False
        return True

    def user_login_failed(self, sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
        attempt = getattr(request, "nvr_attempt", None)
        if request is not None and attempt is not None:
            attempts.tell_if_locked(request, attempt)
            del request.nvr_attempt  # type: ignore[attr-defined]

    def user_logged_in(self, sender: object, request: HttpRequest, user: AbstractBaseUser, **_: Any) -> None:
        attempts.forget_own(request, user)

    def user_logged_out(self, sender: object, request: HttpRequest, user: AbstractBaseUser | None, **_: Any) -> None:
        """Nothing is counted then."""


def _username(credentials: dict[str, Any] | None) -> str:
    return str((credentials or {}).get("username") or "")
