"""Edits of what others may be editing too: with If-Match they happen only if nobody has changed it since it was read (RFC 9110, 13.1.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import md5
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.http import parse_etags, quote_etag
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The `ETag` of what was read: 412 when it is not like that any more."
)


class ChangedMeanwhile(APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = "it has changed since you read it; read it again"
    default_code = "changed"


def etag_of(data: Any) -> str:
    """Of an answer with this data, as nvr/api/conditional.py makes it of the answer's bytes."""
    return quote_etag(md5(JSONRenderer().render(data), usedforsecurity=False).hexdigest())


@contextmanager
def unchanged(request: Request, row: Model, represented: Callable[[], Any]) -> Iterator[None]:
    """Holds the row while the block changes it, if the request has an If-Match; raises ChangedMeanwhile when that fails.

    `represented` is what GET would answer.
    """
    wanted = request.headers.get("If-Match")
    if wanted is None:
        yield
        return
    with transaction.atomic():
        type(row)._default_manager.select_for_update().filter(pk=row.pk).first()
        row.refresh_from_db()
        if wanted.strip() != "*" and etag_of(represented()) not in parse_etags(wanted):
            raise ChangedMeanwhile
        yield
