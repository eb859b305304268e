"""Tickets: a minute's right to open one connection to one camera, for what can't send a cookie or a header.

Signed, not stored. A ticket dies with its time, with the user's account being switched off and with a change of password.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from cameras.access import TicketError
from cameras.models import Camera

__all__ = ["VALID_FOR", "TicketError", "check", "expires_at", "issue"]

VALID_FOR = timedelta(seconds=60)
_SALT = "nvr.ticket"


def issue(user: AbstractBaseUser, camera: Camera, action: str) -> str:
    return signing.dumps([user.pk, camera.pk, str(action), _fingerprint(user)], salt=_SALT)


def check(ticket: str, *, valid_for: timedelta = VALID_FOR) -> tuple[int, int, str]:
    """Returns the ids of user and camera, and the action. Whether the user still has the right is not asked here."""
    try:
        user_id, camera_id, action, fingerprint = signing.loads(ticket, salt=_SALT, max_age=valid_for)
    except signing.SignatureExpired as error:
        raise TicketError("this ticket has expired; ask for a new one") from error
    except (signing.BadSignature, ValueError) as error:
        raise TicketError("this is not a ticket of ours") from error
    user = get_user_model().objects.filter(pk=user_id, is_active=True).first()
    if user is None or not constant_time_compare(fingerprint, _fingerprint(user)):
        raise TicketError("this ticket has been revoked")
    return user_id, camera_id, action


def expires_at() -> datetime:
    return timezone.now() + VALID_FOR


def _fingerprint(user: AbstractBaseUser) -> str:
    return salted_hmac(_SALT, user.get_session_auth_hash()).hexdigest()[:16]
