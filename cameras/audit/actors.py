"""Who does what is being done: known from the request, the socket or the command at hand, without handing it through every call.

A request's user is looked at when something is noted, not before: REST framework finds it only in the view.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from knox.models import AuthToken

from cameras.client_address import client_address
from cameras.models import Means


@dataclass(frozen=True, slots=True)
class Actor:
    """`proof` tells which token or link it was, never the secret itself."""

    user_id: int | None = None
    who: str = ""
    means: str = Means.SYSTEM
    proof: str = ""
    address: str = ""

    def of(self, user: AbstractBaseUser) -> Actor:
        """The same means, in that person's name."""
        return replace(self, user_id=user.pk, who=user.get_username())


_at_hand: ContextVar[Actor | HttpRequest | None] = ContextVar("audit_actor", default=None)
_unless_known = Actor()


def current_actor() -> Actor:
    """The system when nobody is known. May cost the query for a request's user."""
    found = _at_hand.get()
    if isinstance(found, HttpRequest):
        return of_request(found)
    return found or _unless_known


@contextmanager
def acting(actor: Actor | HttpRequest) -> Iterator[None]:
    token = _at_hand.set(actor)
    try:
        yield
    finally:
        _at_hand.reset(token)


def act_from_here(actor: Actor) -> None:
    """For the rest of the asyncio task at hand: a socket's."""
    _at_hand.set(actor)


def act_unless_known(actor: Actor) -> None:
    """For the whole process: a command's."""
    global _unless_known
    _unless_known = actor


def of_request(request: HttpRequest) -> Actor:
    auth = getattr(request, "auth", None)
    if isinstance(auth, AuthToken):
        means, proof = Means.TOKEN, token_name(auth)
    elif auth is not None:
        means, proof = Means.TICKET, ""
    else:
        means, proof = Means.PAGE, ""
    user = getattr(request, "user", None)
    address = client_address(request.META.get("REMOTE_ADDR"), request.META.get("HTTP_X_FORWARDED_FOR")) or ""
    return _named(Actor(means=means, proof=proof, address=address), user if user is not None and user.is_authenticated else None)


def of_socket(scope: Mapping[str, Any], user: AbstractBaseUser | None, via: str, proof: str = "") -> Actor:
    """`via` is that of cameras.access.Identity."""
    means = {"ticket": Means.TICKET, "token": Means.TOKEN}.get(via, Means.PAGE)
    forwarded = next((value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"x-forwarded-for"), None)
    address = client_address((scope.get("client") or [""])[0], forwarded) or ""
    return _named(Actor(means=means, proof=proof, address=address), user)


def of_link(number: int, request: HttpRequest) -> Actor:
    return replace(of_request(request), user_id=None, who="", means=Means.LINK, proof=f"link {number}")


def token_name(token: AuthToken) -> str:
    """Its name, if it has one, else the letters it begins with, which knox keeps for telling tokens apart."""
    details = getattr(token, "details", None)  # a row of the app above this one
    return str(getattr(details, "name", "") or f"{token.token_key[:8]}…")


def _named(actor: Actor, user: Any) -> Actor:
    return actor.of(user) if user is not None else actor
