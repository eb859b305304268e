"""One-time links by which somebody chooses a password: an invitation, or a reset. Made for an account, never for an address that was typed.

A link is good for PASSWORD_RESET_TIMEOUT and once: it is signed over the password that it replaces, the last sign-in and the address.
"""

from __future__ import annotations

import logging

from allauth.account.utils import user_pk_to_url_str
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractBaseUser, User
from django.contrib.auth.tokens import default_token_generator
from django.core.cache import cache
from django.core.mail import send_mail
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

logger = logging.getLogger(__name__)

# Somebody else may have typed the address, again and again.
_ONE_MAIL_EVERY_S = 300


def mail_works() -> bool:
    """A link in a mail is made of NVR_PUBLIC_URL and of nothing that a request says."""
    return bool(settings.EMAIL_HOST and settings.PUBLIC_URL)


def password_path(user: AbstractBaseUser) -> str:
    assert isinstance(user, User), "this project has Django's own users"
    key = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})


def invite(*, username: str, email: str = "", is_staff: bool = False) -> User:
    """An account without a password, which a link is to be given for. Raises ValidationError for a name that is taken or none."""
    user = User(username=username, email=email, is_staff=is_staff)
    user.set_unusable_password()
    user.full_clean()
    user.save()
    return user


def mail_link(user: User, *, is_invitation: bool) -> bool:
    """Whether there was an address, and a server to take the mail. Raises OSError when that fails."""
    if not user.email or not mail_works():
        return False
    context = {
        "username": user.get_username(),
        "link": f"{settings.PUBLIC_URL}{password_path(user)}",
        "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
    }
    name = "invitation" if is_invitation else "reset"
    subject = "Your account at the NVR" if is_invitation else "A new password for the NVR"
    send_mail(subject, render_to_string(f"people/mail_{name}.txt", context), None, [user.email])
    logger.info("%s mailed to user %s", name, user.pk)
    return True


def mail_resets(email: str) -> int:
    """To each account that has this address and a password, or was invited and has none yet. Returns how many mails were sent."""
    sent = 0
    for user in _owners(email):
        if cache.add(f"nvr-reset-{user.pk}", 1, _ONE_MAIL_EVERY_S):
            sent += mail_link(user, is_invitation=False)
    return sent


def _owners(email: str) -> QuerySet[User]:
    elsewhere = SocialAccount.objects.values("user")
    found: QuerySet[User] = get_user_model()._default_manager.filter(email__iexact=email, is_active=True)
    return found.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX, pk__in=elsewhere)  # a mark
