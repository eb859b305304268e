"""API tokens: shown once, stored as a hash, valid until revoked or the account is switched off."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from knox.models import AuthToken


def create_token(user: AbstractBaseUser) -> str:
    _, token = AuthToken.objects.create(user=user)
    return str(token)


def revoke_tokens(user: AbstractBaseUser) -> int:
    """Returns how many there were."""
    count, _ = AuthToken.objects.filter(user=user).delete()
    return int(count)
