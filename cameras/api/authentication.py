from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from cameras.models import Action
from cameras.token_scope import Scope, scope_for, scoped_user

_ROOT = "/api/v1/"
# What a token that is limited to some actions or cameras opens at all, and which action it takes; the rest is closed to it.
_FOR_LIMITED = {
    "cameras/": Action.VIEW,
    "auth/token/": Action.VIEW,
    "events/": Action.PLAYBACK,
    "protections/": Action.PLAYBACK,
    "exports/": Action.EXPORT,
    "/api/streams": Action.VIEW,
    "/api/frame.jpeg": Action.VIEW,
}


class ScopedTokenAuthentication(TokenAuthentication):  # type: ignore[misc]  # knox ships no types
    """Bearer tokens, kept to their scope whatever the view asks for."""

    def authenticate(self, request: Request) -> tuple[AbstractBaseUser, Any] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        user: AbstractBaseUser = found[0]
        scope = scope_for(user)
        if scope is not None:
            _check(scope, request)
        return user, found[1]

    def authenticate_credentials(self, token: bytes) -> tuple[AbstractBaseUser, Any]:
        _, known = super().authenticate_credentials(token)
        details = getattr(known, "details", None)
        if details is not None:
            details.note_use()
        return scoped_user(known), known


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its registry is untyped
    target_class = ScopedTokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API token, of `POST /api/v1/auth/token/` or the page /account/."}


def _check(scope: Scope, request: Request) -> None:
    view = request.parser_context.get("view") if request.parser_context else None
    if not scope.may_write and request.method not in SAFE_METHODS and not getattr(view, "reads_by_post", False):
        raise PermissionDenied("this token may read only")
    if scope.is_limited:
        place = request.path.removeprefix(_ROOT)
        action = next((action for prefix, action in _FOR_LIMITED.items() if place.startswith(prefix)), None)
        if action is None or not scope.allows(action):
            raise PermissionDenied("this token is limited to some actions or cameras, and this is none of them")
