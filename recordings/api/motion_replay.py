"""What other settings and zones would have made of a camera's past, before anybody saves them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cameras.models import Action
from recordings.api.access import camera_of
from recordings.api.motion import MotionRuleSerializer, ZoneSerializer, checked
from recordings.api.times import MomentField, checked_window
from recordings.rules.days import DAY_MS
from recordings.rules.spans import Span
from recordings.services.motion import zones_of
from recordings.services.motion_replay import replay
from recordings.services.motion_settings import drafted

_LONGEST_MS = DAY_MS


class TriedEventSerializer(serializers.Serializer[Any]):
    start_ms = serializers.IntegerField(source="span.start_ms")
    end_ms = serializers.IntegerField(source="span.end_ms")
    peak_score = serializers.IntegerField()
    zones = serializers.ListField(child=serializers.CharField())
    best_at_ms = serializers.IntegerField(allow_null=True, help_text="When it is to be seen best.")


class ReplaySerializer(serializers.Serializer[Any]):
    events = TriedEventSerializer(many=True)
    analysed_ms = serializers.IntegerField(help_text="So much of the window could be judged.")
    not_analysed_ms = serializers.IntegerField(help_text="So much was recorded while detection was on, and yet not looked at.")
    turning_ms = serializers.IntegerField(help_text="So long the camera was turning: motion is not looked for then.")


class ReplayWishSerializer(MotionRuleSerializer):
    zones = ZoneSerializer(many=True, required=False, help_text="Left out: those there are.")
    start = MomentField()
    end = MomentField()

    class Meta(MotionRuleSerializer.Meta):
        fields = (*MotionRuleSerializer.Meta.fields, "zones", "start", "end")  # type: ignore[assignment]  # a longer tuple


class MotionReplayView(APIView):
    reads_by_post = True

    @extend_schema(operation_id="cameras_motion_replay", request=ReplayWishSerializer, responses={200: ReplaySerializer}, tags=["motion"])
    def post(self, request: Request, slug: str) -> Response:
        """The events that these settings and zones would have made, from what the detector noted; what is left out is as it is saved.

        Nothing is kept and no footage is read again. At most a day. Needs the right to configure.
        """
        camera = camera_of(request, slug, Action.CONFIGURE)
        given = checked(ReplayWishSerializer, request.data)
        window = checked_window(Span(given.pop("start"), given.pop("end")), longest_ms=_LONGEST_MS)
        rule, zones = drafted(camera, given, given.pop("zones", None))
        found = replay(camera, window, rule=rule, zones=zones_of(camera) if zones is None else zones)
        return Response(ReplaySerializer(found).data)
