"""Being quiet for a while."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cameras.permissions import signed_in
from recordings.api.times import parse_moment
from recordings.notify.mute import LONGEST_MS, until_morning_ms
from recordings.services.notices.mutes import mute_all, muted_until_ms, zone_named


class MuteSerializer(serializers.Serializer[Any]):
    """One of `minutes` and `until`."""

    minutes = serializers.IntegerField(required=False, min_value=0, max_value=LONGEST_MS // 60_000, help_text="0 ends it.")
    until = serializers.CharField(required=False, help_text="“morning” (seven o'clock), or a moment as elsewhere in this API.")
    time_zone = serializers.CharField(required=False, default="", help_text="Whose morning; the server's when left out.")

    @classmethod
    def until_ms_of(cls, data: Any) -> int:
        """Raises ValidationError by field."""
        given = cls(data=data)
        given.is_valid(raise_exception=True)
        values, now_ms = given.validated_data, time.time_ns() // 1_000_000
        if ("minutes" in values) == ("until" in values):
            raise serializers.ValidationError({"minutes": "give either minutes or until"})
        if "minutes" in values:
            return now_ms + values["minutes"] * 60_000 if values["minutes"] else 0
        return _until(values, now_ms)


class MuteStateSerializer(serializers.Serializer[Any]):
    muted_until_ms = serializers.IntegerField(allow_null=True)


@extend_schema(tags=["notifications"])
class MuteView(APIView):
    """All of one's rules."""

    @extend_schema(responses={200: MuteStateSerializer})
    def get(self, request: Request) -> Response:
        return Response({"muted_until_ms": muted_until_ms(signed_in(request.user), now_ms=time.time_ns() // 1_000_000)})

    @extend_schema(request=MuteSerializer, responses={200: MuteStateSerializer})
    def post(self, request: Request) -> Response:
        mute_all(signed_in(request.user), MuteSerializer.until_ms_of(request.data))
        return self.get(request)

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        mute_all(signed_in(request.user), 0)
        return Response(status=204)


def _until(values: dict[str, Any], now_ms: int) -> int:
    if values["until"] == "morning":
        try:
            return until_morning_ms(now_ms, zone_named(values["time_zone"], settings.TIME_ZONE))
        except ValueError as error:
            raise serializers.ValidationError({"time_zone": str(error)}) from error
    try:
        until_ms = parse_moment(values["until"])
    except ValueError as error:
        raise serializers.ValidationError({"until": str(error)}) from error
    if until_ms - now_ms > LONGEST_MS:
        raise serializers.ValidationError({"until": "at most 31 days; switch the rule off instead"})
    return until_ms
