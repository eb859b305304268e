"""How a camera is watched for motion, for who may configure it: settings and zones."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cameras.api.presets import PresetSerializer
from cameras.control.history import preset_at
from cameras.control.presets import visible
from cameras.models import Action, Camera
from cameras.permissions import signed_in
from recordings.api.access import camera_of
from recordings.models import MotionRule, Zone
from recordings.rules.motion.grid import FEWEST_POINTS, MOST_POINTS
from recordings.services.motion import rule_of, status_of, zones_of
from recordings.services.motion_settings import drafted, next_switch_ms, save_motion
from recordings.services.motion_zones import drawn_zones

_CORNER = {"type": "array", "items": {"type": "number", "minimum": 0, "maximum": 1}, "minItems": 2, "maxItems": 2}
_POLYGON = {"type": "array", "items": _CORNER, "minItems": FEWEST_POINTS, "maxItems": MOST_POINTS}
_RANGE = {"type": "array", "items": {"type": "string", "example": "08:00"}, "minItems": 2, "maxItems": 2}
_WEEK = {"type": "object", "additionalProperties": {"type": "array", "items": _RANGE}, "example": {"0": [["08:00", "18:00"]]}}


@extend_schema_field(_POLYGON)
class PolygonField(serializers.JSONField):
    """Checked with the zone's name at hand, in services/motion_zones.py."""


@extend_schema_field(_WEEK)
class ScheduleField(serializers.JSONField):
    """Checked in services/motion_settings.py."""


class ZoneSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(required=False, allow_null=True, help_text="Given: the zone that it was so far, under whatever name.")
    name = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=Zone.Kind.choices, help_text="Without a zone to watch, all of the picture is watched.")
    points = PolygonField(help_text="The corners [x, y], parts of the picture from the top left.")
    sensitivity = serializers.IntegerField(
        min_value=1, max_value=100, required=False, allow_null=True, default=None, help_text="null: that of the camera."
    )
    preset = serializers.IntegerField(
        source="preset_id", required=False, allow_null=True, default=None, help_text="Of a camera that turns: it holds only there."
    )
    holds_everywhere = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="False without a preset: its preset is gone, and it holds nowhere."
    )


class MotionRuleSerializer(serializers.ModelSerializer[MotionRule]):
    """All of it may be left out of a change."""

    schedule = ScheduleField(required=False, help_text="When to watch: per weekday, 0 is Monday, a list of [start, end]. Empty: always.")
    time_zone = serializers.CharField(required=False, max_length=60, help_text="Of the schedule, as in Europe/Berlin.")

    class Meta:
        model = MotionRule
        fields = (
            "sensitivity",
            "smallest_percent",
            "shortest_ms",
            "ends_after_s",
            "pre_roll_s",
            "post_roll_s",
            "analyses_per_s",
            "schedule",
            "time_zone",
            "finds_objects",
        )


class MotionChangeSerializer(MotionRuleSerializer):
    is_on = serializers.BooleanField(required=False)
    zones = ZoneSerializer(many=True, required=False, help_text="Given: takes the place of all there are.")

    class Meta(MotionRuleSerializer.Meta):
        fields = ("is_on", *MotionRuleSerializer.Meta.fields, "zones")  # type: ignore[assignment]  # a longer tuple


class ZonesSerializer(serializers.Serializer[Any]):
    zones = ZoneSerializer(many=True)


class MotionStatusSerializer(serializers.Serializer[Any]):
    """What the detector is at now."""

    is_on = serializers.BooleanField(help_text="Motion is being looked for.")
    why_not = serializers.CharField(help_text="In words, when it is not, or not yet.")
    switches_at_ms = serializers.IntegerField(allow_null=True, help_text="When the schedule switches it on or off next; null: never.")
    role = serializers.CharField(help_text="Which stream is looked at.")
    analysed_until_ms = serializers.IntegerField(allow_null=True)
    lag_ms = serializers.IntegerField(allow_null=True, help_text="How far it is behind the newest footage; null when nobody knows.")
    analyses_per_s = serializers.FloatField(help_text="So many pictures of a second are looked at now.")
    reason = serializers.CharField(help_text="Why they are fewer than was asked for; empty when they are not.")


class MotionSerializer(MotionRuleSerializer):
    presets = PresetSerializer(many=True, help_text="Where zones may hold alone, of a camera that turns.")
    standing_at = serializers.IntegerField(allow_null=True, help_text="The preset at which it stands; null: at none, or nobody knows.")
    is_on = serializers.BooleanField(help_text="Motion is to be looked for.")
    is_needed = serializers.BooleanField(help_text="The camera records on motion: it is looked for whatever is_on says.")
    zones = ZoneSerializer(many=True)
    status = MotionStatusSerializer()

    class Meta(MotionRuleSerializer.Meta):
        fields = ("is_on", "is_needed", *MotionRuleSerializer.Meta.fields, "zones", "presets", "standing_at", "status")  # type: ignore[assignment]  # a longer tuple


class MotionView(APIView):
    @extend_schema(operation_id="cameras_motion", responses={200: MotionSerializer}, tags=["motion"])
    def get(self, request: Request, slug: str) -> Response:
        """Settings, zones, and what the detector is at. Needs the right to configure."""
        return _answer(camera_of(request, slug, Action.CONFIGURE))

    @extend_schema(operation_id="cameras_motion_change", request=MotionChangeSerializer, responses={200: MotionSerializer}, tags=["motion"])
    def patch(self, request: Request, slug: str) -> Response:
        """Changes what is named, all of it or nothing; it holds within three seconds. Needs the right to configure."""
        camera = camera_of(request, slug, Action.CONFIGURE)
        given = checked(MotionChangeSerializer, request.data)
        is_on, drawn = given.pop("is_on", None), given.pop("zones", None)
        rule, zones = drafted(camera, given, drawn)
        save_motion(camera, by=signed_in(request.user), rule=rule, changed=list(given), zones=zones, is_on=is_on)
        return _answer(camera)


class MotionZonesView(APIView):
    @extend_schema(operation_id="cameras_motion_zones", request=ZonesSerializer, responses={200: ZonesSerializer}, tags=["motion"])
    def put(self, request: Request, slug: str) -> Response:
        """Replaces all zones. Needs the right to configure."""
        camera = camera_of(request, slug, Action.CONFIGURE)
        zones = drawn_zones(camera, checked(ZonesSerializer, request.data)["zones"])
        save_motion(camera, by=signed_in(request.user), zones=zones)
        return Response({"zones": ZoneSerializer(zones_of(camera), many=True).data})


def checked(serializer: type[serializers.BaseSerializer[Any]], data: Any) -> dict[str, Any]:
    wish = serializer(data=data)
    wish.is_valid(raise_exception=True)
    return dict(wish.validated_data)


def _answer(camera: Camera) -> Response:
    rule, now_ms = rule_of(camera), time.time_ns() // 1_000_000
    status = asdict(status_of(camera, now_ms=now_ms)) | {"switches_at_ms": next_switch_ms(rule, now_ms)}
    return Response(
        {
            "is_on": camera.detects_motion,
            "is_needed": camera.record == Camera.Record.MOTION,
            **MotionRuleSerializer(rule).data,
            "zones": ZoneSerializer(zones_of(camera), many=True).data,
            "presets": PresetSerializer(visible(camera), many=True).data,
            "standing_at": preset_at(camera.pk, now_ms),
            "status": MotionStatusSerializer(status).data,
        }
    )
