"""Creating once, however often a program that got no answer asks again: the Idempotency-Key header (an IETF draft).

Not for what answers with a secret: the answer is kept for a day.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from cameras.models import CreatedOnce
from cameras.permissions import signed_in

HEADER = "Idempotency-Key"
IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="Made up by you for one wish: asked again with it, the answer is the first one's.",
)
KEPT_FOR = timedelta(days=1)
# Nothing here takes so long: the process that began it is gone.
_GIVEN_UP_AFTER = timedelta(minutes=5)
_MOST_CHARACTERS = 255

V = TypeVar("V")
P = ParamSpec("P")
Create = Callable[Concatenate[V, Request, P], Response]


class StillAtIt(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "the first request with this key is still being handled; ask again in a moment"


class OtherRequest(APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = f"this {HEADER} came with another request before; make up a new one"


def idempotent(create: Create[V, P]) -> Create[V, P]:
    """For a view's method. Without the header nothing changes; what was refused may be asked again with the same key."""

    def once(view: V, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return create(view, request, *args, **kwargs)
        if not (1 <= len(key) <= _MOST_CHARACTERS and key.isascii() and key.isprintable()):
            raise ValidationError({HEADER: f"1 to {_MOST_CHARACTERS} characters of ASCII"})
        mine, earlier = _claim(request, key)
        if earlier is not None:
            return _again(earlier, _fingerprint(request))
        answer = None
        try:
            answer = create(view, request, *args, **kwargs)
        finally:
            if answer is None:
                mine.delete()
        CreatedOnce.objects.filter(pk=mine.pk).update(status=answer.status_code, answer=JSONRenderer().render(answer.data).decode())
        return answer

    update_wrapper(once, create)
    return once


def _claim(request: Request, key: str) -> tuple[CreatedOnce, CreatedOnce | None]:
    """A row of our own, and the one that was there before."""
    user, now = signed_in(request.user), timezone.now()
    CreatedOnce.objects.filter(made_at__lt=now - KEPT_FOR).delete()
    CreatedOnce.objects.filter(made_at__lt=now - _GIVEN_UP_AFTER, status=None).delete()
    mine = CreatedOnce(user_id=user.pk, key=key, fingerprint=_fingerprint(request), made_at=now)
    try:
        with transaction.atomic():
            mine.save()
    except IntegrityError:
        return mine, CreatedOnce.objects.get(user_id=user.pk, key=key)
    return mine, None


def _again(earlier: CreatedOnce, fingerprint: str) -> Response:
    if earlier.fingerprint != fingerprint:
        raise OtherRequest
    if earlier.status is None:
        raise StillAtIt
    return Response(json.loads(earlier.answer), status=earlier.status, headers={"Idempotent-Replayed": "true"})


def _fingerprint(request: Request) -> str:
    """Under our key: a body may hold a password, which nobody shall guess by a bare hash."""
    body: Any = request.data
    asked = json.dumps([request.method, request.path, body], sort_keys=True)
    return salted_hmac("cameras.idempotency", asked, algorithm="sha256").hexdigest()
