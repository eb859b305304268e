"""Tickets: a right to one action on one camera for a short time, for what can't send a cookie or a header.

A minute suffices to open a live connection. Who plays footage asks for more of it all the time, so those tickets last as long as a film.
Signed, not stored. A ticket dies with its time, with the session or token it was asked for with, with the user's account being switched
off and with a change of password.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from knox.models import AuthToken
from rest_framework.request import Request

from cameras.access import TicketError
from cameras.models import Action, Camera
from nvr.people.models import ApiToken, SignIn

__all__ = ["VALID_FOR", "TicketError", "check", "expires_at", "holder_of", "issue", "lifetime"]

VALID_FOR = timedelta(seconds=60)
PLAYBACK_VALID_FOR = timedelta(hours=12)
_SALT = "nvr.ticket"


def issue(user: AbstractBaseUser, camera: Camera, action: str, *, held_by: str = "") -> str:
    """`held_by` is what `holder_of` says of the request."""
    return signing.dumps([user.pk, camera.pk, str(action), _fingerprint(user), held_by], salt=_SALT)


def holder_of(request: Request) -> str:
    """The session or token of a request, as a word that a ticket keeps."""
    if isinstance(request.auth, AuthToken):
        details = getattr(request.auth, "details", None)
        return f"token {details.pk}" if details is not None else ""
    sign_in = SignIn.objects.filter(session=request.session.session_key).first()
    return f"session {sign_in.pk}" if sign_in is not None else ""


def check(ticket: str, *, valid_for: timedelta | None = None) -> tuple[int, int, str]:
    """Returns the ids of user and camera, and the action. Whether the user still has the right is not asked here."""
    try:
        action = str(signing.loads(ticket, salt=_SALT)[2])
        user_id, camera_id, _, fingerprint, held_by = signing.loads(ticket, salt=_SALT, max_age=valid_for or lifetime(action))
    except signing.SignatureExpired as error:
        raise TicketError("this ticket has expired; ask for a new one") from error
    except (signing.BadSignature, ValueError) as error:
        raise TicketError("this is not a ticket of ours") from error
    user = get_user_model().objects.filter(pk=user_id, is_active=True).first()
    if user is None or not constant_time_compare(fingerprint, _fingerprint(user)) or not _still_held(held_by):
        raise TicketError("this ticket has been revoked")
    return user_id, camera_id, action


def _still_held(held_by: str) -> bool:
    kind, _, number = held_by.partition(" ")
    if not kind:
        return True
    if kind == "token":
        details = ApiToken.objects.select_related("token").filter(pk=number).first()
        return details is not None and (details.token.expiry is None or details.token.expiry > timezone.now())
    return SignIn.objects.filter(pk=number, session__expire_date__gt=timezone.now()).exists()


def lifetime(action: str) -> timedelta:
    return PLAYBACK_VALID_FOR if action == Action.PLAYBACK else VALID_FOR


def expires_at(action: str) -> datetime:
    return timezone.now() + lifetime(action)


def _fingerprint(user: AbstractBaseUser) -> str:
    return salted_hmac(_SALT, user.get_session_auth_hash()).hexdigest()[:16]
