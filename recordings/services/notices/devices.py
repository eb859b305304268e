"""Browsers that take messages."""

from __future__ import annotations

import hashlib

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError

from recordings.models import NotifyChannel, PushDevice
from recordings.notify.http_post import AddressError
from recordings.notify.push_crypto import PushKeyError
from recordings.notify.web_push import Browser, check_browser
from recordings.services.notices.channels import ensure_push_channel

MOST_DEVICES = 20
_NAME_LENGTH = 100


def add_device(user: AbstractBaseUser, browser: Browser, *, name: str) -> tuple[PushDevice, NotifyChannel]:
    """The same browser again replaces what was known of it, also when somebody else has signed in there meanwhile: it is theirs now.

    Raises ValidationError by field.
    """
    try:
        check_browser(browser)
    except AddressError as error:
        raise ValidationError({"endpoint": str(error)}) from error
    except PushKeyError as error:
        raise ValidationError({"keys": str(error)}) from error
    digest = digest_of(browser.endpoint)
    others = PushDevice.objects.filter(owner_id=user.pk).exclude(endpoint_digest=digest)
    if others.count() >= MOST_DEVICES:
        raise ValidationError({"endpoint": f"you have {MOST_DEVICES} devices already: remove one of them first"})
    device, _ = PushDevice.objects.update_or_create(
        endpoint_digest=digest,
        defaults={
            "owner_id": user.pk,
            "name": name.strip()[:_NAME_LENGTH] or "A browser",
            "subscription": {"endpoint": browser.endpoint, "p256dh": browser.p256dh, "auth": browser.auth},
            "failing_reason": "",
        },
    )
    return device, ensure_push_channel(user)


def digest_of(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()
