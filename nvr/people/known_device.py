"""A cookie by which a browser is known to the accounts that have signed in with it. It opens nothing: whoever has one gets tries of
their own, which others can't use up (attempt_rules.py).
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.http import HttpRequest, HttpResponse

_COOKIE = "nvr_device"
_SALT = "nvr.device"
_VALID_FOR = timedelta(days=180)
_ACCOUNTS_PER_BROWSER = 8


def device_of(request: HttpRequest, user: AbstractBaseUser | None) -> str | None:
    """What this browser is called for that account; None where the account never signed in with it."""
    return None if user is None else _read(request).get(str(user.pk))


def remember_device(request: HttpRequest, response: HttpResponse, user: AbstractBaseUser) -> None:
    known = _read(request)
    name = known.pop(str(user.pk), None) or secrets.token_hex(8)
    newest = dict([*known.items(), (str(user.pk), name)][-_ACCOUNTS_PER_BROWSER:])
    response.set_cookie(
        _COOKIE,
        signing.dumps(newest, salt=_SALT),
        max_age=_VALID_FOR,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> dict[str, str]:
    try:
        known = signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_SALT, max_age=_VALID_FOR)
    except (signing.BadSignature, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
