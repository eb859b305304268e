"""Secrets of second steps, encrypted again under the first of the field keys (docs/security.md#keys).

allauth keeps them inside a JSON column, where cameras.key_rotation doesn't look.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken

from cameras.encryption import EncryptedText
from cameras.key_rotation import Rotation, under_first_key

# Of an app, of recovery codes. Passkeys have none: what is kept of them is public.
_SECRETS = ("secret", "seed")


def renew() -> Rotation:
    renewed, unreadable = 0, []
    field = EncryptedText()
    for pk in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).values_list("pk", flat=True):
        try:
            renewed += _renew(field, pk)
        except InvalidToken:
            unreadable.append(f"{Authenticator._meta.label}.data of {pk}")
    return Rotation(renewed, tuple(unreadable))


def _renew(field: Any, pk: int) -> int:
    """Once more when a code was used meanwhile, which is noted beside the secret. Raises InvalidToken."""
    while (data := Authenticator.objects.filter(pk=pk).values_list("data", flat=True).first()) is not None:
        again = {name: under_first_key(field, data[name]) for name in _SECRETS if name in data}
        if Authenticator.objects.filter(pk=pk, data=data).update(data=data | again):
            return len(again)
    return 0
