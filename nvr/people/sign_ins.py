"""The devices somebody is signed in with. When each was seen last is written at most once a minute, not at each request."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin

from cameras.audit.entries import note
from cameras.models import AuditAction
from nvr.people.address import client_address
from nvr.people.browsers import device_words
from nvr.people.models import SignIn

PROOF_VALID_S = 300
SEEN_EVERY = timedelta(minutes=1)


class SeenMiddleware(MiddlewareMixin):
    """Behind Django's sessions. Costs nothing but a look into memory, once a minute and device a query."""

    def process_request(self, request: HttpRequest) -> None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not (key := request.session.session_key):
            return
        if cache.add(_seen(key), 1, SEEN_EVERY.total_seconds()):
            note_seen(request, key)


def note_seen(request: HttpRequest, key: str) -> None:
    now = timezone.now()
    stale = SignIn.objects.filter(session=key, seen_at__lte=now - SEEN_EVERY)
    if stale.update(seen_at=now, address=client_address(request)):
        return
    if not SignIn.objects.filter(session=key).exists() and isinstance(request.user, AbstractBaseUser):
        _begin(request, request.user)  # a change of password gave it another key


@receiver(user_logged_in, dispatch_uid="nvr.sign_ins")
def note_sign_in(sender: object, request: HttpRequest, user: AbstractBaseUser, **_: Any) -> None:
    if request.session.session_key is None:
        request.session.save()
    _begin(request, user)
    cache.set(_seen(str(request.session.session_key)), 1, SEEN_EVERY.total_seconds())


def sign_ins_of(user: AbstractBaseUser) -> QuerySet[SignIn]:
    return SignIn.objects.filter(user=user.pk, session__expire_date__gt=timezone.now())


def sign_out(sign_in: SignIn) -> None:
    """At once: without its session the cookie of that device opens nothing, and a request under way can't bring it back."""
    _note([sign_in])
    Session.objects.filter(pk=sign_in.session_id).delete()


def sign_out_others(user: AbstractBaseUser, but: str | None) -> int:
    """All devices but the one with that session key. Returns how many there were."""
    others = list(sign_ins_of(user).exclude(session=but).select_related("user"))
    _note(others)
    Session.objects.filter(pk__in=[one.session_id for one in others]).delete()
    return len(others)


def _note(ended: Iterable[SignIn]) -> None:
    for one in ended:
        name = f"{device_words(one.user_agent)} of {one.user.get_username()}"
        note(AuditAction.REMOVE, kind="signed-in device", object_id=one.pk, name=name, details={"address": one.address})


def _begin(request: HttpRequest, user: AbstractBaseUser) -> None:
    now = timezone.now()
    found = {
        "user": user,
        "since": now,
        "seen_at": now,
        "address": client_address(request),
        "user_agent": request.META.get("HTTP_USER_AGENT", "").replace("\0", "")[:400],
        "by": _by(request, user),
    }
    try:
        with transaction.atomic():
            SignIn.objects.update_or_create(session_id=request.session.session_key, defaults=found)
    except IntegrityError:
        pass  # signed out at this very moment


def proved_recently(request: HttpRequest, user: AbstractBaseUser) -> bool:
    """Whether somebody has just signed in or entered the password again: asked before what outlives the session."""
    records = get_authentication_records(request, user)
    return bool(records) and time.time() - float(records[-1]["at"]) < PROOF_VALID_S


def _seen(key: str) -> str:
    return f"nvr-seen-{sha256(key.encode()).hexdigest()}"


def _by(request: HttpRequest, user: AbstractBaseUser) -> str:
    records = get_authentication_records(request, user)
    names = [str(record.get("provider") or record.get("type") or record.get("method")) for record in records]
    return "+".join(dict.fromkeys(names))[:60]
