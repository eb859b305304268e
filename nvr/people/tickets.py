"""Tickets: a right to one action on one camera for a short time, for what can't send a cookie or a header.

A minute suffices to open a live connection. Who plays footage asks for more of it all the time, so those tickets last as long as a film.
Signed, not stored. A ticket dies with its time, with the user's account being switched off, with a change of password, and with the session
or token it was issued on, which it carries encrypted: whoever finds a ticket in a log can't make more of it than a ticket.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from cameras.access import Identity, TicketError, current_user
from cameras.models import Action, Camera

__all__ = ["VALID_FOR", "TicketError", "check", "expires_at", "issue", "lifetime"]

VALID_FOR = timedelta(seconds=60)
PLAYBACK_VALID_FOR = timedelta(hours=12)
_SALT = "nvr.ticket"


def issue(user: AbstractBaseUser, camera: Camera, action: str, *, to: Identity | None = None) -> str:
    """`to`: the session or token that asks for it, with which it ends."""
    issuer = "" if to is None else _cipher().encrypt(f"{to.via} {to.proof}".encode()).decode()
    return signing.dumps([user.pk, camera.pk, str(action), _fingerprint(user), issuer], salt=_SALT)


def check(ticket: str, *, valid_for: timedelta | None = None, is_in_use: bool = False) -> tuple[AbstractBaseUser, int, str]:
    """Returns the user, with the scope of the token it was issued on, the id of the camera, and the action.

    Whether the user still has the right is not asked here.

    `is_in_use`: it was accepted once and something is open by it, so its time does not matter any more. Raises TicketError.
    """
    try:
        action = str(signing.loads(ticket, salt=_SALT)[2])
        max_age = None if is_in_use else valid_for or lifetime(action)
        user_id, camera_id, _, fingerprint, issuer = signing.loads(ticket, salt=_SALT, max_age=max_age)
    except signing.SignatureExpired as error:
        raise TicketError("this ticket has expired; ask for a new one") from error
    except (signing.BadSignature, ValueError) as error:
        raise TicketError("this is not a ticket of ours") from error
    user = _holder(user_id, issuer)
    if user is None or not constant_time_compare(fingerprint, _fingerprint(user)):
        raise TicketError("this ticket has been revoked")
    return user, camera_id, action


def lifetime(action: str) -> timedelta:
    return PLAYBACK_VALID_FOR if action == Action.PLAYBACK else VALID_FOR


def expires_at(action: str) -> datetime:
    return timezone.now() + lifetime(action)


def _fingerprint(user: AbstractBaseUser) -> str:
    return salted_hmac(_SALT, user.get_session_auth_hash()).hexdigest()[:16]


def _holder(user_id: int, issuer: str) -> AbstractBaseUser | None:
    """A ticket of a limited token may no more than the token. None when the user's account, or what it was issued on, is no more."""
    if not issuer:
        return get_user_model().objects.filter(pk=user_id, is_active=True).first()
    try:
        via, _, proof = _cipher().decrypt(issuer.encode()).decode().partition(" ")
    except InvalidToken:  # the secret key has changed
        return None
    if via not in ("session", "token"):
        return None
    return current_user(Identity(user_id, "session" if via == "session" else "token", proof))


def _cipher() -> Fernet:
    return Fernet(urlsafe_b64encode(salted_hmac(f"{_SALT}.issuer", "key", algorithm="sha256").digest()))
