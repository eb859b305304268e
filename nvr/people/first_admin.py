"""The first administrator: made once, on an installation that has none, with the password from the environment or a random one.

The random one is handed to the caller to be shown once; only its hash is stored. There is no default password.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth import get_user_model, password_validation
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import IntegrityError, transaction

logger = logging.getLogger(__name__)

# Without 0, O, 1, l, I and vowels: easy to type from a screen, no words by accident. 16 of 27 letters are 76 bits.
_ALPHABET = "bcdfghjkmnpqrstvwxz23456789"


@dataclass(frozen=True, slots=True)
class FirstAdmin:
    """`generated_password` is empty when the person chose one."""

    username: str
    generated_password: str = field(repr=False)


def ensure_first_admin() -> FirstAdmin | None:
    """Returns None when there is an active administrator already. Safe to call from several processes at once.

    Raises ImproperlyConfigured when the name is taken by somebody who is no administrator, or is no user name at all.
    """
    users = get_user_model()._default_manager
    if users.filter(is_superuser=True, is_active=True).exists():
        return None
    username, chosen = settings.ADMIN_USER, settings.ADMIN_PASSWORD
    user = get_user_model()(username=username, is_staff=True, is_superuser=True)
    generated = "" if chosen else generate_password()
    user.set_password(chosen or generated)
    try:
        user.clean_fields()
        with transaction.atomic():
            user.save(force_insert=True)
    except ValidationError as error:
        raise ImproperlyConfigured(f"NVR_ADMIN_USER: {' '.join(error.messages)}") from error
    except IntegrityError as error:
        if users.filter(is_superuser=True, is_active=True).exists():
            return None  # another process was quicker
        raise ImproperlyConfigured(f"NVR_ADMIN_USER: {username} exists and is not an active administrator; choose another name") from error
    if chosen:
        _warn_if_weak(chosen)
    return FirstAdmin(username, generated)


def generate_password() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def _warn_if_weak(password: str) -> None:
    try:
        password_validation.validate_password(password)
    except ValidationError as error:
        logger.warning("NVR_ADMIN_PASSWORD is weak: %s Another one has to be chosen at the first sign-in.", " ".join(error.messages))
