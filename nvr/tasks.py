from __future__ import annotations

import logging

from celery import shared_task
from django.contrib.auth.models import User
from django.core.management import call_command

from nvr.people import links
from nvr.people.attempts import forget_old
from nvr.people.second_factor import forget_codes
from nvr.people.tokens import forget_expired

logger = logging.getLogger(__name__)


@shared_task(name="nvr.forget_sign_ins")
def forget_sign_ins() -> None:
    """What signing in leaves behind and nobody needs any more."""
    if forgotten := forget_old():
        logger.info("%d counts of wrong attempts to sign in forgotten", forgotten)
    if expired := forget_expired():
        logger.info("%d expired API tokens deleted", expired)
    forget_codes()
    call_command("clearsessions")


@shared_task(name="nvr.mail_resets")
def mail_resets_to(email: str) -> None:
    """Here and not in the request: how long that takes would tell whether somebody has the address."""
    if not links.mail_resets(email):
        logger.info("a new password was asked for, for an address that nobody here has or that was written to a moment ago")


@shared_task(name="nvr.mail_invitation")
def mail_invitation(user_id: int) -> None:
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is not None:
        links.mail_link(user, is_invitation=True)
