"""The second step of signing in: an app's code (TOTP, RFC 6238), a recovery code or a passkey, by allauth; how we keep and count them.

A code is good once. allauth remembers used ones in the memory of one process and for one period; here the database does, for all.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from cameras.encryption import EncryptedText
from cameras.permissions import may_manage_people
from nvr.people import attempts
from nvr.people.attempt_rules import Step
from nvr.people.audit import note_wrong_code
from nvr.people.models import UsedCode

_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# Longer than any code stays good.
_REMEMBER_CODES = timedelta(minutes=10)


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Secrets are encrypted as cameras' passwords are, so a copy of the database alone makes no codes."""

    def encrypt(self, text: str) -> str:
        return str(EncryptedText().f.encrypt(text.encode()).decode())

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return str(EncryptedText().f.decrypt(encrypted_text.encode()).decode())
        except InvalidToken as error:
            raise ValidationError("The keys of this server have changed. An administrator has to remove your second step.") from error

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Who has to have a second step may change it for another, and not go without."""
        if not is_required_for(authenticator.user):
            return True
        others = Authenticator.objects.filter(user=authenticator.user, type__in=_FACTORS).exclude(pk=authenticator.pk)
        return bool(authenticator.type == Authenticator.Type.RECOVERY_CODES or others.exists())

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # allauth's name
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return "My passkey" if number == 1 else f"Passkey {number}"

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return str(user.get_username())


class _CountedCode:
    """Wrong codes are counted as wrong passwords are; before any is looked at."""

    user: AbstractBaseUser
    authenticator: Authenticator

    def clean_code(self) -> str:
        request = context.request
        attempt = attempts.take(request, self.user.get_username(), Step.CODE)
        try:
            code: str = super().clean_code()  # type: ignore[misc]  # of the form it is mixed into
            if self.authenticator.type == Authenticator.Type.TOTP:
                _use_up(self.user, code)
        except ValidationError:
            attempts.tell_if_locked(request, attempt)
            note_wrong_code(self.user, request)
            raise
        attempts.give_back(attempt)
        return code


class CountedAuthenticateForm(_CountedCode, AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    pass


class CountedReauthenticateForm(_CountedCode, ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    pass


def has_second_factor(user: AbstractBaseUser) -> bool:
    return bool(Authenticator.objects.filter(user=user.pk, type__in=_FACTORS).exists())


def is_required_for(user: AbstractBaseUser) -> bool:
    """Who may change settings or people."""
    if not settings.ADMINS_NEED_SECOND_FACTOR or not isinstance(user, User):
        return False
    return user.is_staff or user.is_superuser or may_manage_people(user)


def check_code(user: AbstractBaseUser, code: str) -> None:
    """Raises ValidationError for a wrong one, TooManyAttempts when it has to wait."""
    form: Any = CountedAuthenticateForm({"code": code}, user=user)
    if not form.is_valid():
        raise form.errors.as_data()["code"][0]
    form.authenticator.record_usage()


def remove_second_factors(user: AbstractBaseUser) -> int:
    """For who lost theirs. Returns how many there were, recovery codes not counted."""
    count: int = Authenticator.objects.filter(user=user.pk, type__in=_FACTORS).count()
    Authenticator.objects.filter(user=user.pk).delete()
    return count


def forget_codes() -> None:
    UsedCode.objects.filter(used_at__lte=timezone.now() - _REMEMBER_CODES).delete()


def _use_up(user: AbstractBaseUser, code: str) -> None:
    digest = salted_hmac("nvr.used_code", f"{user.pk} {''.join(code.split())}").hexdigest()
    try:
        with transaction.atomic():
            UsedCode.objects.create(user_id=user.pk, digest=digest, used_at=timezone.now())
    except IntegrityError as error:
        raise ValidationError("This code was used already. Wait for the next one.", code="used_code") from error
