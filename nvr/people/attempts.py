"""Tries to sign in, counted in axes' table: one row for each account, address and step, or for each browser known to an account.

A try is counted before it is looked at and given back when it was right, so a hundred tries at the same moment are no more than the
limit. A try that has to wait is not counted, costs no password hash and tells nothing.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt
from axes.signals import user_locked_out
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from nvr.people import attempt_rules as rules
from nvr.people.address import counted_address
from nvr.people.attempt_rules import Step, Tries
from nvr.people.known_device import device_of

logger = logging.getLogger(__name__)


class TooManyAttempts(ValidationError):
    """For the person who has to wait. `wait` is until the next try."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"Too many wrong attempts. Try again {rules.in_words(wait)}.", code="too_many_login_attempts")
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try that was let through. `is_last` when another wrong one like it has to wait."""

    row_id: int
    username: str
    address: str | None
    is_last: bool


def take(request: HttpRequest, username: str, step: Step) -> Attempt:
    """Raises TooManyAttempts. A user name that nobody has is counted as others are, so that it can't be told from them."""
    user = get_user_model()._default_manager.filter(username__iexact=username).first()
    name = user.get_username().lower() if user is not None else _stranger(username)
    address, device, now = counted_address(request), device_of(request, user), timezone.now()
    if device is None:
        alive = AccessAttempt.objects.filter(attempt_time__gt=now - rules.WINDOW, user_agent__in=list(Step))
        waits = [rules.account_wait(_tries(alive.filter(username=name)), step, now)]
        if address is not None:
            waits.append(rules.address_wait(_tries(alive.filter(ip_address=address)), now))
        if any(waits):
            raise _refused(request, max(waits))
    counted = (
        {"username": name, "user_agent": f"device {device}"} if device else {"username": name, "user_agent": step, "ip_address": address}
    )
    limit = rules.LIMIT_PER_DEVICE if device else rules.LIMIT_PER_PAIR
    row_id = _count_up(counted, {"ip_address": address, "path_info": request.path[:255]}, limit)
    row = AccessAttempt.objects.filter(pk=row_id).first()
    if row is None or row_id is None:
        locked = AccessAttempt.objects.filter(**counted).first()
        raise _refused(request, rules.row_wait(_one(locked), limit, now) or timedelta(seconds=1))
    return Attempt(row.pk, name, address, is_last=row.failures_since_start >= limit)


def give_back(attempt: Attempt) -> None:
    """It was right."""
    AccessAttempt.objects.filter(pk=attempt.row_id, failures_since_start__gt=0).update(failures_since_start=F("failures_since_start") - 1)


def tell_if_locked(request: HttpRequest, attempt: Attempt) -> None:
    """It was wrong. Says once that there were too many: what is refused after it is not told again."""
    if attempt.is_last:
        logger.warning("too many wrong attempts to sign in as %s from %s", attempt.username, attempt.address)
        user_locked_out.send("axes", request=request, username=attempt.username, ip_address=attempt.address)


def forget_own(request: HttpRequest, user: AbstractBaseUser) -> None:
    """Who has signed in begins anew there; what was tried at other accounts from the same address stays."""
    mine = AccessAttempt.objects.filter(username=user.get_username().lower())
    mine.filter(ip_address=counted_address(request), user_agent__in=list(Step)).delete()
    if device := device_of(request, user):
        mine.filter(user_agent=f"device {device}").delete()


def forget_old() -> int:
    """Returns how many rows there were."""
    count, _ = AccessAttempt.objects.filter(attempt_time__lte=timezone.now() - rules.WINDOW).delete()
    return int(count)


def _count_up(counted: dict[str, Any], others: dict[str, Any], limit: int) -> int | None:
    """Compare-and-set: None when the row is at its limit. What is in the window's past counts no more."""
    now = timezone.now()
    rows = AccessAttempt.objects.filter(**counted)
    rows.filter(attempt_time__lte=now - rules.WINDOW).update(failures_since_start=0)
    if not rows.exists():
        try:
            with transaction.atomic():
                new = AccessAttempt.objects.create(**others | counted, http_accept="", get_data="", post_data="", failures_since_start=1)
            return int(new.pk)
        except IntegrityError:
            pass  # another request was quicker
    if not rows.filter(failures_since_start__lt=limit).update(failures_since_start=F("failures_since_start") + 1, attempt_time=now):
        return None
    return int(rows.values_list("pk", flat=True)[0])


def _refused(request: HttpRequest, wait: timedelta) -> TooManyAttempts:
    request.nvr_wait = wait  # type: ignore[attr-defined]  # for attempt_answer.py
    return TooManyAttempts(wait)


def _tries(rows: Any) -> list[Tries]:
    return [Tries(count, last_at) for count, last_at in rows.values_list("failures_since_start", "attempt_time")]


def _one(row: AccessAttempt | None) -> Tries | None:
    return None if row is None else Tries(row.failures_since_start, row.attempt_time)


def _stranger(username: str) -> str:
    """People type passwords where their name belongs: what is nobody's name is not kept."""
    return f"nobody {salted_hmac('nvr.attempts', username.lower()).hexdigest()[:16]}"
