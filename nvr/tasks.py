from __future__ import annotations

import logging

from celery import shared_task
from django.core.management import call_command

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
