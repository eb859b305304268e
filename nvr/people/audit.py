"""Signing in and out, and changes of people and their tokens, for the audit."""

from __future__ import annotations

import getpass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser, Group
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from cameras.audit.activities import gather
from cameras.audit.actors import Actor, act_unless_known, current_actor, of_request, token_name
from cameras.audit.entries import note
from cameras.audit.following import follow
from cameras.models import AuditAction, Means
from nvr.people.models import ApiToken

_GUESSES_QUIET_MS = 5 * 60_000
# What these do is the system's doing; what other commands do is done by who typed them.
_SERVICES = {"nvr", "web", "runserver", "ingest", "render", "onvif", "mqtt", "prepare", "migrate", "test"}


def follow_people() -> None:
    user_model = get_user_model()
    follow(user_model, kind="user", ignore=("last_login", "date_joined"), sets=("groups", "user_permissions"))
    follow(Group, kind="group", sets=("permissions",))
    follow(ApiToken, kind="token", ignore=("used_at", "token"), name=_token_and_owner, number=_token_number, sets=("cameras",))
    follow(Authenticator, kind="second step", ignore=("data", "last_used_at", "created_at"), name=_step_and_owner)
    follow(SocialAccount, kind="account elsewhere", ignore=("uid", "extra_data"), name=_service_and_owner)
    user_logged_in.connect(_signed_in, dispatch_uid="audit")
    user_logged_out.connect(_signed_out, dispatch_uid="audit")
    user_login_failed.connect(_failed, dispatch_uid="audit")


def name_the_command(argv: list[str]) -> None:
    """Whoever types a command is known by the name they have on this machine."""
    is_command = len(argv) > 1 and argv[0].endswith("manage.py") and not argv[1].startswith("-")
    if is_command and argv[1] not in _SERVICES:
        act_unless_known(Actor(who=_operator(), means=Means.COMMAND, proof=argv[1]))


def _operator() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container whose user has no name
        return ""


def _token_and_owner(details: ApiToken) -> str:
    return f"{token_name(details.token)} of {details.token.user.get_username()}"


def _token_number(details: ApiToken) -> str:
    return f"{details.token.token_key[:8]}…"


def _step_and_owner(step: Any) -> str:
    return f"{step.get_type_display()} of {step.user.get_username()}"


def _service_and_owner(account: Any) -> str:
    return f"{account.provider} of {account.user.get_username()}"


def _signed_in(user: AbstractBaseUser, request: HttpRequest | None = None, **_: Any) -> None:
    note(AuditAction.LOGIN, kind="user", object_id=user.pk, name=user.get_username(), by=_at(request).of(user))


def _signed_out(user: AbstractBaseUser | None, request: HttpRequest | None = None, **_: Any) -> None:
    if user is not None:
        note(AuditAction.LOGOUT, kind="user", object_id=user.pk, name=user.get_username(), by=_at(request).of(user))


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """A name that no account has is not kept: it may be a password that was typed into the wrong field."""
    tried = str(credentials.get("username") or "")
    known = get_user_model()._default_manager.filter(username__iexact=tried).first() if tried else None
    _guessed("user", known, request)


def note_wrong_code(user: AbstractBaseUser, request: HttpRequest) -> None:
    """Whoever is asked for one knows the password, so this is what its owner should hear of."""
    _guessed("second step", user, request)


def note_link(user: AbstractBaseUser, *, is_mailed: bool) -> None:
    """By which somebody may choose the password of an account: never the link itself."""
    how = "by mail" if is_mailed else "handed over"
    details = {"added": {"links for a new password": [how]}}
    note(AuditAction.CHANGE, kind="user", object_id=user.pk, name=user.get_username(), details=details)


def _guessed(kind: str, known: AbstractBaseUser | None, request: HttpRequest | None) -> None:
    by = _at(request)
    gather(
        AuditAction.LOGIN_FAILED,
        kind=kind,
        object_id=known.pk if known is not None else "",
        name=known.get_username() if known is not None else "",
        quiet_ms=_GUESSES_QUIET_MS,
        each=True,
        by=Actor(means=by.means, address=by.address),
    )


def _at(request: HttpRequest | None) -> Actor:
    return of_request(request) if request is not None else current_actor()
