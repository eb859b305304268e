from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cameras.models import Action, Camera
from cameras.permissions import cameras_for
from recordings.models import Volume
from recordings.rules.days import day_of
from recordings.rules.retention import Rule
from recordings.services.outlook import CameraOutlook, VolumeOutlook, outlook
from recordings.services.storage import bytes_by_day, disk_bytes, newest_by_camera

_LONGEST_DAYS = 400
RULES = [(rule.value, rule.value) for rule in Rule]


class VolumeStorageSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    path = serializers.CharField(help_text="Empty without the right to view volumes.")
    is_enabled = serializers.BooleanField(help_text="New footage may go there.")
    state = serializers.CharField(help_text="As the recorder found it last.")
    state_reason = serializers.CharField()
    trouble = serializers.CharField(help_text="Why it can't be used now; empty when it can.")
    used_bytes = serializers.IntegerField(help_text="By footage.")
    free_bytes = serializers.IntegerField(allow_null=True, help_text="What is being deleted counts as free. null when it isn't there.")
    total_bytes = serializers.IntegerField(allow_null=True, help_text="Of the disk.")
    keep_free_bytes = serializers.IntegerField()
    max_bytes = serializers.IntegerField(allow_null=True)
    bytes_per_s = serializers.FloatField(help_text="Written in the last ten minutes.")
    stuck_bytes = serializers.IntegerField(help_text="Deleted, but still on the disk.")


class DayBytesSerializer(serializers.Serializer[Any]):
    day = serializers.DateField()
    size_bytes = serializers.IntegerField()


class CameraStorageSerializer(serializers.Serializer[Any]):
    camera = serializers.SlugField()
    name = serializers.CharField()
    used_bytes = serializers.IntegerField()
    bytes_per_s = serializers.FloatField(help_text="Written in the last ten minutes.")
    oldest_ms = serializers.IntegerField(allow_null=True)
    lag_ms = serializers.IntegerField(
        allow_null=True, help_text="How old the newest footage in the catalogue is; null when it is not being recorded."
    )
    next_at_ms = serializers.IntegerField(allow_null=True, help_text="When its oldest footage goes at the present rate.")
    next_rule = serializers.ChoiceField(choices=RULES, allow_null=True)
    days = DayBytesSerializer(many=True, help_text="UTC days with footage.")


class ExpirySerializer(serializers.Serializer[Any]):
    at_ms = serializers.IntegerField()
    camera = serializers.SlugField()
    day = serializers.DateField()
    size_bytes = serializers.IntegerField()
    rule = serializers.ChoiceField(choices=RULES)


class ShortfallSerializer(serializers.Serializer[Any]):
    rule = serializers.ChoiceField(choices=RULES)
    what = serializers.CharField()
    missing_bytes = serializers.IntegerField()
    reason = serializers.CharField()


class StorageSerializer(serializers.Serializer[Any]):
    at_ms = serializers.IntegerField(help_text="By the clock of the server.")
    clock_ahead_ms = serializers.IntegerField(
        help_text="So much the clock went ahead of the time that has really passed. Until that is confirmed (storage/clock/), or it is "
        "set right, no footage is deleted for it. 0: all is well."
    )
    bytes_per_s = serializers.FloatField()
    lag_ms = serializers.IntegerField(allow_null=True, help_text="The largest of the cameras'.")
    room_bytes = serializers.IntegerField(help_text="What can be recorded before footage is deleted for want of room.")
    full_at_ms = serializers.IntegerField(allow_null=True, help_text="When that will be at the present rate; null: not in ten years.")
    volumes = VolumeStorageSerializer(many=True)
    cameras = CameraStorageSerializer(many=True, help_text="Those you may view.")
    other_bytes = serializers.IntegerField(help_text="Taken by other cameras, and by some that are gone.")
    expiries = ExpirySerializer(many=True, help_text="Days of footage that will go in the next two weeks.")
    shortfalls = ShortfallSerializer(many=True, help_text="Rules that can't be met. Empty without the right to view volumes.")


class StorageView(APIView):
    permission_classes = (IsAdminUser,)

    @extend_schema(
        operation_id="storage",
        parameters=[OpenApiParameter("days", int, default=30, description=f"So many days up to today, at most {_LONGEST_DAYS}.")],
        responses={200: StorageSerializer},
        tags=["recordings"],
    )
    def get(self, request: Request) -> Response:
        """For staff: volumes, what the cameras take, what will go and when there is no more room."""
        now_ms = time.time_ns() // 1_000_000
        found = outlook(now_ms=now_ms)
        cameras = {camera.pk: camera for camera in cameras_for(request.user, Action.VIEW)}
        today = day_of(now_ms)
        days = bytes_by_day(list(cameras), today - timedelta(days=_days(request.query_params) - 1), today)
        lags_ms = {camera_id: max(now_ms - end_ms, 0) for camera_id, end_ms in newest_by_camera(now_ms).items()}
        may_see_volumes = request.user.has_perm("recordings.view_volume")
        volumes = {str(volume.pk): volume for volume in Volume.objects.all()}
        shown = [one for one in found.cameras if one.camera_id in cameras]
        answer = {
            "at_ms": now_ms,
            "clock_ahead_ms": found.ahead_ms,
            "bytes_per_s": sum(volume.bytes_per_s for volume in found.volumes),
            "lag_ms": max(lags_ms.values(), default=None),
            "room_bytes": found.room_bytes,
            "full_at_ms": found.full_at_ms,
            "volumes": [_volume(one, volumes[one.volume], may_see_volumes) for one in found.volumes if one.volume in volumes],
            "cameras": [
                {**_camera(one, cameras), "lag_ms": lags_ms.get(one.camera_id or 0), "days": _day_list(days.get(one.camera_id or 0, []))}
                for one in shown
            ],
            "other_bytes": sum(one.used_bytes for one in found.cameras) - sum(one.used_bytes for one in shown),
            "expiries": [{**asdict(one), "camera": cameras[one.camera_id].slug} for one in found.expiries if one.camera_id in cameras],
            "shortfalls": [asdict(one) for one in found.shortfalls] if may_see_volumes else [],
        }
        return Response(StorageSerializer(answer).data)


def _volume(found: VolumeOutlook, volume: Volume, may_see_path: bool) -> dict[str, Any]:
    return {
        **asdict(found),
        "id": volume.pk,
        "path": volume.path if may_see_path else "",
        "state": volume.state,
        "state_reason": volume.state_reason if may_see_path else "",
        "trouble": found.trouble if may_see_path or not found.trouble else "it can't be used now",
        "total_bytes": None if found.trouble else disk_bytes(volume.path),
    }


def _camera(found: CameraOutlook, cameras: Mapping[int, Camera]) -> dict[str, Any]:
    return {**asdict(found), "camera": cameras[found.camera_id or 0].slug}


def _day_list(days: list[tuple[Any, int]]) -> list[dict[str, Any]]:
    return [{"day": day, "size_bytes": size_bytes} for day, size_bytes in days]


def _days(query: Mapping[str, Any]) -> int:
    field = serializers.IntegerField(min_value=1, max_value=_LONGEST_DAYS)
    try:
        return int(field.run_validation(query.get("days", 30)))
    except serializers.ValidationError as error:
        raise serializers.ValidationError({"days": error.detail}) from error
