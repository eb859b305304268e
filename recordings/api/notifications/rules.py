"""Rules: of what one wants to hear, by which channels."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cameras.api.editing import IF_MATCH, unchanged
from cameras.api.idempotency import IDEMPOTENCY_KEY, idempotent
from cameras.models import Camera
from cameras.permissions import cameras_for, signed_in
from recordings.api.notifications.mutes import MuteSerializer
from recordings.models import Event, NotifyChannel, NotifyRule
from recordings.rules.schedule import ScheduleError, parse_schedule, to_stored
from recordings.services.notices.mutes import mute_rule

_MOST_RULES = 100
_MOST_NAMES = 50
# What is about the installation is for staff.
_FOR_STAFF = {Event.Kind.STORAGE, Event.Kind.NODE}


@extend_schema_field({"type": "object", "additionalProperties": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}}})
class ScheduleField(serializers.JSONField):
    """Hours per weekday, as in {"0": [["22:00", "06:00"]]}; empty: always."""

    def to_internal_value(self, data: Any) -> Any:
        given = super().to_internal_value(data)
        if not given:
            return {}
        try:
            return to_stored(parse_schedule(given))
        except ScheduleError as error:
            raise serializers.ValidationError(str(error)) from error


class _CameraField(serializers.SlugRelatedField[Camera]):
    """Those that one may see; others are not there."""

    def get_queryset(self) -> QuerySet[Camera]:
        request = self.context.get("request")
        return cameras_for(request.user) if request is not None else Camera.objects.none()


class _ChannelField(serializers.PrimaryKeyRelatedField[NotifyChannel]):
    """One's own; others are not there."""

    def get_queryset(self) -> QuerySet[NotifyChannel]:
        request = self.context.get("request")
        return NotifyChannel.objects.filter(owner_id=(request.user.pk if request is not None else None) or 0)


class RuleSerializer(serializers.ModelSerializer[NotifyRule]):
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=Event.Kind.choices), allow_empty=False)
    cameras = _CameraField(slug_field="slug", many=True, required=False, help_text="Slugs; they count without `is_all_cameras` only.")
    channels = _ChannelField(many=True, help_text="Ids of your channels.")
    zones = serializers.ListField(child=serializers.CharField(max_length=60), required=False, max_length=_MOST_NAMES)
    labels = serializers.ListField(child=serializers.CharField(max_length=60), required=False, max_length=_MOST_NAMES)
    schedule = ScheduleField(required=False)
    time_zone = serializers.CharField(required=False, max_length=60)
    muted_until_ms = serializers.IntegerField(read_only=True, help_text="0, or a moment that may be over.")

    class Meta:
        model = NotifyRule
        fields = (
            *("id", "name", "is_enabled", "kinds", "is_all_cameras", "cameras", "zones", "labels", "min_score", "tells_end"),
            *("schedule", "time_zone", "every_s", "group_s", "muted_until_ms", "channels"),
        )

    def validate_time_zone(self, name: str) -> str:
        try:
            return ZoneInfo(name).key
        except (KeyError, ValueError, OSError) as error:
            raise serializers.ValidationError(f"there is no time zone “{name}”: write it as Europe/Berlin") from error

    def validate_kinds(self, kinds: list[str]) -> list[str]:
        user = self.context["request"].user
        if not getattr(user, "is_staff", False) and _FOR_STAFF & set(kinds):
            raise serializers.ValidationError("storage and recorders are the concern of staff")
        return list(dict.fromkeys(kinds))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        is_all = attrs.get("is_all_cameras", self.instance.is_all_cameras if self.instance else True)
        cameras = attrs.get("cameras", list(self.instance.cameras.all()) if self.instance else [])
        if not is_all and not cameras:
            raise serializers.ValidationError({"cameras": "choose cameras, or all of them"})
        return attrs


@extend_schema(tags=["notifications"])
class RuleViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.DestroyModelMixin, viewsets.GenericViewSet[NotifyRule]):
    """One's own."""

    queryset = NotifyRule.objects.none()
    serializer_class = RuleSerializer
    ordering_fields = ("name", "is_enabled")
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[NotifyRule]:
        return NotifyRule.objects.filter(owner_id=self.request.user.pk or 0).prefetch_related("cameras", "channels")

    @extend_schema(parameters=[IDEMPOTENCY_KEY])
    @idempotent
    def create(self, request: Request) -> Response:
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        if self.get_queryset().count() >= _MOST_RULES:
            raise serializers.ValidationError({"name": f"you have {_MOST_RULES} rules already"})
        zone = given.validated_data.get("time_zone", settings.TIME_ZONE)
        given.save(owner=signed_in(request.user), time_zone=zone)
        return Response(given.data, status=status.HTTP_201_CREATED)

    @extend_schema(parameters=[IF_MATCH])
    def partial_update(self, request: Request, pk: str) -> Response:
        """What is left out stays as it is."""
        rule = self.get_object()
        with unchanged(request, rule, lambda: self.get_serializer(self.get_object()).data):
            given = self.get_serializer(rule, data=request.data, partial=True)
            given.is_valid(raise_exception=True)
            given.save()
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=MuteSerializer, responses={200: RuleSerializer})
    @action(detail=True, methods=["post"])
    def mute(self, request: Request, pk: str) -> Response:
        """This rule alone is quiet for a while; `{"minutes": 0}` ends it."""
        rule = self.get_object()
        mute_rule(rule, MuteSerializer.until_ms_of(request.data))
        return Response(self.get_serializer(rule).data)
