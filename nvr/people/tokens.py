"""API tokens: shown once, stored as a hash, valid until they expire, are revoked or the account is switched off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from knox.models import AuthToken

from cameras.models import Camera
from nvr.people.models import ApiToken


def create_token(
    user: AbstractBaseUser,
    *,
    name: str = "",
    scope: str = ApiToken.Reach.FULL,
    actions: Iterable[str] = (),
    cameras: Iterable[Camera] | None = None,
    valid_for: timedelta | None = None,
) -> str:
    """`cameras` None is all that the person may see, now and later. What the person may not, the token may not either."""
    return make_token(user, name=name, scope=scope, actions=actions, cameras=cameras, valid_for=valid_for)[1]


def make_token(
    user: AbstractBaseUser,
    *,
    name: str = "",
    scope: str = ApiToken.Reach.FULL,
    actions: Iterable[str] = (),
    cameras: Iterable[Camera] | None = None,
    valid_for: timedelta | None = None,
) -> tuple[ApiToken, str]:
    """The row, and the token itself, which is told to nobody else."""
    chosen = sorted({str(action) for action in actions})
    with transaction.atomic():
        token, secret = AuthToken.objects.create(user=user, expiry=valid_for)
        details = ApiToken.objects.create(token=token, name=name, scope=scope, actions=chosen, is_all_cameras=cameras is None)
        if cameras is not None:
            details.cameras.set(cameras)
    return details, str(secret)


def tokens_of(user: AbstractBaseUser) -> QuerySet[ApiToken]:
    """Those that still open something, newest first."""
    alive = Q(token__expiry=None) | Q(token__expiry__gt=timezone.now())
    found = ApiToken.objects.filter(alive, token__user=user.pk).select_related("token").prefetch_related("cameras")
    return found.order_by("-token__created", "-pk")


def revoke_token(details: ApiToken) -> None:
    AuthToken.objects.filter(pk=details.token_id).delete()


def revoke_tokens(user: AbstractBaseUser) -> int:
    """Returns how many there were."""
    tokens = AuthToken.objects.filter(user=user)
    count: int = tokens.count()
    tokens.delete()
    return count


def forget_expired() -> int:
    expired = AuthToken.objects.filter(expiry__lte=timezone.now())
    count: int = expired.count()
    expired.delete()
    return count
