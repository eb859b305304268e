"""Who did what: read by administrators, written by nobody here."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Mapping
from itertools import islice
from typing import Any

from asgiref.sync import sync_to_async
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cameras.audit.entries import note
from cameras.audit.reading import COLUMNS, Filters, entry_text, ongoing_text, table
from cameras.models import AuditAction, AuditActivity, AuditEntry, Means
from cameras.permissions import may_read_audit
from recordings.api.times import parse_moment

_ROWS_AT_ONCE = 500
_TAGS = ["audit"]


class MayReadAudit(IsAuthenticated):
    def has_permission(self, request: Request, view: APIView) -> bool:
        if not super().has_permission(request, view):
            return False
        if not may_read_audit(request.user):
            raise PermissionDenied("the audit is for administrators")
        return True


class AuditEntrySerializer(serializers.ModelSerializer[AuditEntry]):
    number = serializers.IntegerField(allow_null=True, help_text="Its place in the chain; null for some seconds, until it is sealed.")
    user = serializers.IntegerField(source="user_id", allow_null=True, help_text="The user's id; null for links, the system, strangers.")
    means = serializers.ChoiceField(choices=Means.choices)
    action = serializers.ChoiceField(choices=AuditAction.choices)
    object = serializers.CharField(source="object_id", help_text="The id of what it is about.")
    details = serializers.DictField(source="told", help_text="For a change: `changes`, a list of before and after by field.")
    text = serializers.SerializerMethodField(help_text="All of it as a sentence.")

    class Meta:
        model = AuditEntry
        fields = (
            *("number", "at_ms", "duration_ms", "who", "user", "means", "proof", "address"),
            *("action", "camera", "kind", "object", "name", "details", "text", "previous", "hash"),
        )
        read_only_fields = fields

    def get_text(self, entry: AuditEntry) -> str:
        return entry_text(entry)


class AuditActivitySerializer(serializers.ModelSerializer[AuditActivity]):
    user = serializers.IntegerField(source="user_id", allow_null=True)
    means = serializers.ChoiceField(choices=Means.choices)
    action = serializers.ChoiceField(choices=AuditAction.choices)
    object = serializers.CharField(source="object_id")
    details = serializers.DictField(source="told")
    text = serializers.SerializerMethodField()

    class Meta:
        model = AuditActivity
        fields = (
            *("since_ms", "seen_ms", "count", "who", "user", "means", "proof", "address"),
            *("action", "camera", "kind", "object", "name", "details", "text"),
        )
        read_only_fields = fields

    def get_text(self, activity: AuditActivity) -> str:
        return ongoing_text(activity)


_MOMENT = "Milliseconds since 1970, or ISO 8601 with an offset."
FILTERS = [
    OpenApiParameter("who", str, description="A user's name, as it was then."),
    OpenApiParameter("action", str, enum=AuditAction.values),
    OpenApiParameter("camera", str, description="A camera's slug."),
    OpenApiParameter("start", str, description=f"{_MOMENT} Entries that began then or later."),
    OpenApiParameter("end", str, description=f"{_MOMENT} Entries that began before."),
]


@extend_schema(tags=_TAGS, parameters=FILTERS)
class AuditView(generics.ListAPIView[AuditEntry]):
    """Entries, newest first. What still goes on is in `ongoing/`."""

    permission_classes = (MayReadAudit,)
    serializer_class = AuditEntrySerializer
    queryset = AuditEntry.objects.none()

    def get_queryset(self) -> QuerySet[AuditEntry]:
        return filters_of(self.request.query_params).entries()

    @extend_schema(operation_id="audit_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class OngoingView(generics.ListAPIView[AuditActivity]):
    """What goes on: who watches live, plays back or steers at the moment. It becomes an entry when it is over."""

    permission_classes = (MayReadAudit,)
    serializer_class = AuditActivitySerializer
    queryset = AuditActivity.objects.none()

    def get_queryset(self) -> QuerySet[AuditActivity]:
        return filters_of(self.request.query_params).ongoing()

    @extend_schema(operation_id="audit_ongoing", tags=_TAGS, parameters=FILTERS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class CsvRenderer(BaseRenderer):
    """Lets a program ask for text/csv and get JSON for a problem."""

    media_type = "text/csv"
    format = "csv"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        answer: bytes = JSONRenderer().render(data)
        return answer


class AuditCsvView(APIView):
    """All entries that fit, as a file for spreadsheets. That somebody took it is noted as well."""

    permission_classes = (MayReadAudit,)
    renderer_classes = (CsvRenderer, JSONRenderer)

    @extend_schema(operation_id="audit_csv", tags=_TAGS, parameters=FILTERS, responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request) -> StreamingHttpResponse:
        entries = filters_of(request.query_params).entries()
        note(AuditAction.AUDIT_READ, details={"entries": entries.count(), "filters": request.query_params.dict()})
        name = f"audit-{timezone.localtime():%Y-%m-%d}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return StreamingHttpResponse(_lines(entries), content_type="text/csv; charset=utf-8", headers=headers)


def filters_of(query: Mapping[str, str]) -> Filters:
    """Raises ValidationError by field."""
    problems: dict[str, str] = {}
    moments: dict[str, int | None] = {}
    for name in ("start", "end"):
        try:
            moments[name] = parse_moment(query[name]) if query.get(name) else None
        except ValueError as error:
            problems[name] = str(error)
    action = query.get("action", "")
    if action and action not in AuditAction.values:
        problems["action"] = f"one of {', '.join(AuditAction.values)}"
    for name in ("who", "camera", "action"):
        if "\x00" in query.get(name, ""):
            problems[name] = "holds a character that no name has"
    if problems:
        raise serializers.ValidationError(problems)
    return Filters(query.get("who", ""), action, query.get("camera", ""), moments["start"], moments["end"])


async def _lines(entries: QuerySet[AuditEntry]) -> AsyncIterator[str]:
    """Piece by piece, in a thread, as the client takes it."""
    yield _written([COLUMNS])
    rows = iter(table(entries.iterator(_ROWS_AT_ONCE)))
    while piece := await sync_to_async(lambda: list(islice(rows, _ROWS_AT_ONCE)))():
        yield _written(piece)


def _written(rows: Any) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
