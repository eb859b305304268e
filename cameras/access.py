"""Who is on the other end of a WebSocket, and may they: by ticket, Bearer token or session cookie, whichever of these comes first.

    Refused       the connection is to be accepted, told `text` and closed with `close_code` (docs/live-protocol.md)
    TicketError   the ticket is malformed, expired or revoked

A session cookie counts only together with a browser's Origin: every browser sends one on a WebSocket, and a program can take a token.
An Identity outlives the check at the door: whatever stays open asks it again every few seconds, and ends when the session, the token, the
ticket, the account or the right has ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from importlib import import_module
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import get_user, get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.http.cookie import parse_cookie
from django.utils import timezone
from django.utils.module_loading import import_string
from knox.auth import TokenAuthentication
from knox.models import AuthToken
from rest_framework.exceptions import AuthenticationFailed

from cameras.audit.actors import Actor, act_from_here, of_socket, token_name
from cameras.models import Action, Camera
from cameras.permissions import cameras_for, rights_by_camera
from cameras.token_scope import is_limited, scoped_user

# A ticket to the picture, or to footage, is one to its sound too: for whoever may hear.
_BESIDES = {Action.VIEW: (Action.HEAR,), Action.PLAYBACK: (Action.HEAR,)}
_DEFAULT_PORTS = {"http": 80, "https": 443}


class TicketError(Exception):
    """The message says what is wrong with the ticket."""


class Refused(Exception):  # an answer, not a fault
    def __init__(self, close_code: int, text: str) -> None:
        super().__init__(text)
        self.close_code = close_code
        self.text = text


@dataclass(frozen=True, slots=True)
class Identity:
    """`proof` is the key of the session, the digest of the token, or the ticket. A ticket speaks for one camera and one action only."""

    user_id: int
    via: Literal["ticket", "token", "session"]
    proof: str = field(default="", repr=False)
    camera_id: int | None = None
    action: str | None = None

    def covers(self, camera_id: int, action: str) -> bool:
        """Whether it speaks for this at all. Whether its user may do it is another question."""
        if self.camera_id not in (None, camera_id):
            return False
        return self.action is None or action == self.action or action in _BESIDES.get(Action(self.action), ())


async def identify(scope: Mapping[str, Any]) -> Identity:
    """Raises Refused 4403 for a foreign Origin, 4408 for a bad ticket, 4401 for a stranger."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    origin = headers.get("origin")
    if origin is not None and not is_origin_allowed(origin, headers.get("host", ""), settings.CSRF_TRUSTED_ORIGINS):
        raise Refused(4403, "this page comes from another site, which NVR_TRUSTED_ORIGINS does not name")
    ticket = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("ticket")
    identity: Identity = await database_sync_to_async(_identify)(ticket[0] if ticket else None, headers, origin is not None)
    act_from_here(await database_sync_to_async(_actor)(scope, identity))
    return identity


def identity_of(request: Any) -> Identity:
    """Who sent an HTTP request that was let in, for what outlives it: a long answer, a ticket. The only reader of a request's `auth`."""
    auth = getattr(request, "auth", None)
    if isinstance(auth, Identity):  # of a ticket
        return auth
    if isinstance(auth, AuthToken):
        return Identity(request.user.pk, "token", auth.digest)
    return Identity(request.user.pk, "session", request.session.session_key or "")


def current_user(identity: Identity) -> AbstractBaseUser | None:
    """Asks the database again. None when the session, token or ticket is not good any more, or the user's account is switched off."""
    if identity.via == "session":
        user = _session_user(identity.proof)
    elif identity.via == "token":
        token = AuthToken.objects.filter(digest=identity.proof).select_related("user").first()
        user = None if token is None or _is_past(token.expiry) else scoped_user(token)
    else:
        user = _ticket_user(identity.proof)
    return user if user is not None and user.pk == identity.user_id and user.is_active else None


def may_still(identity: Identity, camera_id: int, action: Action) -> bool:
    """As current_user(), and does the user still have the right? About four queries."""
    if not identity.covers(camera_id, action):
        return False
    user = current_user(identity)
    return user is not None and cameras_for(user, action).filter(pk=camera_id).exists()


async def rights_of(identity: Identity) -> dict[int, frozenset[Action]]:
    """What it may do now, by camera. Asks the database again. Raises Refused when the identity is not good any more."""
    rights: dict[int, frozenset[Action]] = await database_sync_to_async(_rights_of)(identity)
    return rights


async def find_camera(identity: Identity, slug: str, action: Action = Action.VIEW) -> Camera:
    """Raises Refused 4404 when there is no such camera, 4403 when it is not theirs."""
    camera: Camera = await database_sync_to_async(_find_camera)(identity, slug, action)
    return camera


async def still_may(identity: Identity, camera_id: int, action: Action = Action.VIEW) -> bool:
    is_allowed: bool = await database_sync_to_async(may_still)(identity, camera_id, action)
    return is_allowed


def is_origin_allowed(origin: str, host: str, trusted: Iterable[str]) -> bool:
    """Whether a page of this Origin may talk to us: one we served ourselves, or a trusted one ("https://*.example.org" is a pattern)."""
    try:
        page, ours = urlsplit(origin), urlsplit(f"//{host}")
        default = _DEFAULT_PORTS[page.scheme]
        is_ours = page.hostname is not None and (page.hostname, page.port or default) == (ours.hostname, ours.port or default)
    except (KeyError, ValueError):
        return False
    return is_ours or any(fnmatchcase(origin.lower(), pattern.lower().rstrip("/")) for pattern in trusted)


async def visible_cameras(identity: Identity) -> list[Camera]:
    """Asks the database again. Raises Refused when the identity is not good any more."""
    cameras: list[Camera] = await database_sync_to_async(_visible_cameras)(identity)
    return cameras


async def is_person(identity: Identity) -> bool:
    """Whether it speaks for all that is the person's: no ticket, and no token for some actions or cameras only."""
    found: bool = await database_sync_to_async(_is_person)(identity)
    return found


async def is_staff(identity: Identity) -> bool:
    """Whether it may hear of what concerns the whole installation. Asks the database again; a ticket speaks for its camera only."""
    found: bool = await database_sync_to_async(_is_staff)(identity)
    return found


def _identify(ticket: str | None, headers: Mapping[str, str], is_browser: bool) -> Identity:
    if ticket is not None:
        try:
            user, camera_id, action = import_string(settings.NVR_TICKET_CHECKER)(ticket)
        except TicketError as error:
            raise Refused(4408, str(error)) from error
        return Identity(user.pk, "ticket", ticket, camera_id=camera_id, action=action)
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        try:
            user, known = TokenAuthentication().authenticate_credentials(token.strip().encode())
        except AuthenticationFailed as error:
            raise Refused(4401, "this token is not valid (any more)") from error
        return Identity(user.pk, "token", known.digest)
    session_key = parse_cookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME, "")
    found = _session_user(session_key)
    if found is None:
        raise Refused(4401, "log in, or send a Bearer token or a ticket")
    if not is_browser:
        raise Refused(4401, "a session cookie counts only from a browser; a program sends a Bearer token or a ticket")
    return Identity(found.pk, "session", session_key)


def _actor(scope: Mapping[str, Any], identity: Identity) -> Actor:
    """For the audit. One query or two."""
    token = AuthToken.objects.filter(digest=identity.proof).first() if identity.via == "token" else None
    user = get_user_model()._default_manager.filter(pk=identity.user_id).first()
    return of_socket(scope, user, identity.via, token_name(token) if token is not None else "")


def _find_camera(identity: Identity, slug: str, action: Action) -> Camera:
    camera = Camera.objects.filter(slug=slug).first()
    if camera is None:
        raise Refused(4404, "there is no such camera")
    if not may_still(identity, camera.pk, action):
        raise Refused(4403, f"you have no right to {'see' if action == Action.VIEW else 'do this with'} this camera")
    return camera


def _visible_cameras(identity: Identity) -> list[Camera]:
    cameras = cameras_for(_user_of(identity), Action.VIEW)
    if identity.action not in (None, Action.VIEW):
        return []
    return list(cameras if identity.camera_id is None else cameras.filter(pk=identity.camera_id))


def _rights_of(identity: Identity) -> dict[int, frozenset[Action]]:
    return {
        camera_id: frozenset(action for action in rights if identity.covers(camera_id, action))
        for camera_id, rights in rights_by_camera(_user_of(identity)).items()
    }


def _is_person(identity: Identity) -> bool:
    user = None if identity.via == "ticket" else current_user(identity)
    return user is not None and not is_limited(user)


def _is_staff(identity: Identity) -> bool:
    user = None if identity.via == "ticket" else current_user(identity)
    return user is not None and bool(getattr(user, "is_staff", False)) and not is_limited(user)


def _user_of(identity: Identity) -> AbstractBaseUser:
    """Raises Refused."""
    user = current_user(identity)
    if user is None:
        raise Refused(4408 if identity.via == "ticket" else 4401, "you are not logged in any more")
    return user


def _ticket_user(ticket: str) -> AbstractBaseUser | None:
    """What a ticket has opened stays open when its time is over, and ends with whatever it was issued on."""
    try:
        user: AbstractBaseUser = import_string(settings.NVR_TICKET_CHECKER)(ticket, is_in_use=True)[0]
    except TicketError:
        return None
    return user


def _session_user(session_key: str) -> AbstractBaseUser | None:
    """As the middleware would find it, with Django's check that the password has not changed since."""
    if not session_key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    return user if isinstance(user, AbstractBaseUser) else None


def _is_past(moment: datetime | None) -> bool:
    return moment is not None and moment <= timezone.now()
