from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cameras.models import Action, Camera
from recordings.api.access import camera_of
from recordings.api.event_form import LabelSerializer
from recordings.api.times import END, ROLE, START, role_of, window_of
from recordings.models import Event, RecordingRule
from recordings.rules.accounting import Entry, Kind
from recordings.rules.days import DAY_MS
from recordings.rules.words import text_of
from recordings.services.calendar import CoveredDay, days_of
from recordings.services.event_marks import marks_in
from recordings.services.protections import protections_in
from recordings.services.timeline import account_of, newest_ms

_LONGEST_DAYS = 400
# Gaps and footage shorter than a pixel of a large screen are not told apart.
_PIXELS = 4000


class SpanSerializer(serializers.Serializer[Any]):
    start_ms = serializers.IntegerField()
    end_ms = serializers.IntegerField()


class GapSerializer(SpanSerializer):
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind if kind is not Kind.RECORDED])
    reason = serializers.CharField(help_text="Of a deletion: the rule. Else what was noted, often nothing.")
    text = serializers.CharField(help_text="For people.")


class ProtectedSpanSerializer(SpanSerializer):
    id = serializers.IntegerField()
    note = serializers.CharField()


class EventMarkSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Event.Kind.choices)
    start_ms = serializers.IntegerField()
    end_ms = serializers.IntegerField(allow_null=True, help_text="null while it goes on.")
    peak_score = serializers.IntegerField()
    zones = serializers.ListField(child=serializers.CharField())
    labels = LabelSerializer(many=True)


class TimelineSerializer(serializers.Serializer[Any]):
    camera = serializers.SlugField()
    role = serializers.CharField()
    start_ms = serializers.IntegerField()
    end_ms = serializers.IntegerField()
    spans = SpanSerializer(many=True, help_text="Where there is footage.")
    gaps = GapSerializer(many=True, help_text="Where there is none, and why. The last seconds before now are in neither.")
    events = EventMarkSerializer(many=True, help_text="Those closer than a 4000th of the window are told as the strongest of them.")
    protections = ProtectedSpanSerializer(many=True)
    newest_ms = serializers.IntegerField(allow_null=True, help_text="Where the newest footage ends, inside or outside of the window.")


class TimelineView(APIView):
    """Footage and gaps of one camera. What is shorter than a 4000th of the window is joined with what is around it."""

    @extend_schema(operation_id="cameras_timeline", parameters=[START, END, ROLE], responses={200: TimelineSerializer}, tags=["recordings"])
    def get(self, request: Request, slug: str) -> Response:
        camera = camera_of(request, slug, Action.PLAYBACK)
        window = window_of(request.query_params, longest_ms=_LONGEST_DAYS * DAY_MS)
        role = role_of(request.query_params)
        now_ms = time.time_ns() // 1_000_000
        entries = account_of(camera, role, window, now_ms, tolerance_ms=window.length_ms // _PIXELS)
        keep_days = _keep_days(camera)
        return Response(
            {
                "camera": camera.slug,
                "role": role,
                "start_ms": window.start_ms,
                "end_ms": window.end_ms,
                "spans": [entry.span._asdict() for entry in entries if entry.kind is Kind.RECORDED],
                "gaps": [
                    _gap(entry, text_of(entry, keep_days=keep_days, now_ms=now_ms)) for entry in entries if entry.kind is not Kind.RECORDED
                ],
                "events": [
                    {**found.mark._asdict(), "zones": found.zones, "labels": found.labels}
                    for found in marks_in(camera, window, shortest_ms=window.length_ms // _PIXELS)
                ],
                "protections": protections_in(camera, window).values("id", "start_ms", "end_ms", "note"),
                "newest_ms": newest_ms(camera, role),
            }
        )


def _keep_days(camera: Camera) -> Decimal | None:
    rule = RecordingRule.objects.filter(camera=camera).first() or RecordingRule()
    return None if rule.keep_days is None else Decimal(rule.keep_days)


def _gap(entry: Entry, text: str) -> dict[str, Any]:
    return {**entry.span._asdict(), "kind": entry.kind.value, "reason": entry.reason, "text": text}


class CoverageQuerySerializer(serializers.Serializer[Any]):
    to = serializers.DateField()
    tz = serializers.CharField(default="UTC", max_length=60)

    def get_fields(self) -> dict[str, Any]:
        """`from` is no name that Python would take."""
        return {"from": serializers.DateField(), **super().get_fields()}

    def validate_tz(self, name: str) -> ZoneInfo:
        try:
            return ZoneInfo(name)
        except (OSError, ValueError, KeyError) as error:
            raise serializers.ValidationError("no time zone of this name; give one as in Europe/Berlin") from error

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        first, last = attrs["from"], attrs["to"]
        if last < first:
            raise serializers.ValidationError({"to": "before the first day"})
        if (last - first).days >= _LONGEST_DAYS:
            raise serializers.ValidationError({"to": f"more than {_LONGEST_DAYS} days; ask in parts"})
        if not date(1970, 1, 2) <= first or not last <= date(9998, 12, 31):
            raise serializers.ValidationError({"from": "before 1970 or after 9998"})
        return attrs


class CoveredDaySerializer(serializers.Serializer[CoveredDay]):
    day = serializers.DateField()
    start_ms = serializers.IntegerField(source="span.start_ms")
    end_ms = serializers.IntegerField(source="span.end_ms")
    recorded_ms = serializers.IntegerField()
    size_bytes = serializers.IntegerField()
    enabled_ms = serializers.IntegerField(help_text="How long recording was not switched off, up to now.")
    due_ms = serializers.IntegerField(help_text="The same without what the schedule leaves out.")
    share = serializers.FloatField(allow_null=True, help_text="recorded_ms of enabled_ms, 0 to 1; null when there is none of either.")


class CoverageSerializer(serializers.Serializer[Any]):
    camera = serializers.SlugField()
    role = serializers.CharField()
    tz = serializers.CharField()
    days = CoveredDaySerializer(many=True)


_DAYS = [
    OpenApiParameter("from", date, required=True, description="The first day."),
    OpenApiParameter("to", date, required=True, description="The last day, itself among them."),
    OpenApiParameter("tz", str, default="UTC", description="Whose days, as in Europe/Berlin. They may have 23 or 25 hours."),
]


class CoverageView(APIView):
    @extend_schema(operation_id="cameras_coverage", parameters=[*_DAYS, ROLE], responses={200: CoverageSerializer}, tags=["recordings"])
    def get(self, request: Request, slug: str) -> Response:
        """How much of each day there is."""
        camera = camera_of(request, slug, Action.PLAYBACK)
        role = role_of(request.query_params)
        query = CoverageQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        days = days_of(camera, role, wanted["from"], wanted["to"], wanted["tz"], time.time_ns() // 1_000_000)
        return Response(CoverageSerializer({"camera": camera.slug, "role": role, "tz": str(wanted["tz"]), "days": days}).data)
