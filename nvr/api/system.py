"""What runs here, how it is, and what was set from outside: for staff, to read."""

from __future__ import annotations

import os
import platform
import time
from typing import Any

import django
from django.conf import settings
from django.db import connection
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from nvr import health

# The environment's name, the setting, and what it is in words. Nothing secret, no address that may hold a login.
_TOLD = (
    ("NVR_TIME_ZONE", "TIME_ZONE", "Where hours and days are meant."),
    ("NVR_PUBLIC_URL", "PUBLIC_URL", "Where people reach this server; empty: not said."),
    ("NVR_TRUSTED_ORIGINS", "CSRF_TRUSTED_ORIGINS", "Other origins whose pages may use it."),
    ("NVR_VIEWERS_PER_USER", "LIVE_VIEWERS_PER_USER", "Live connections a person may have."),
    ("NVR_VIEWERS", "LIVE_VIEWERS", "Live connections of all, per web process."),
    ("NVR_MEDIA_WINDOW_MS", "MEDIA_WINDOW_MS", "How far back live streams are kept in Redis."),
    ("NVR_CONCURRENT_CONNECTS", "INGEST_CONCURRENT_CONNECTS", "Cameras that are connected to at the same time."),
    ("NVR_CAMERA_DOWN_AFTER_S", "CAMERA_DOWN_AFTER_S", "After so long a camera that is away is an event."),
    ("NVR_CAMERA_UP_AFTER_S", "CAMERA_UP_AFTER_S", "After so long a camera that is back ends it."),
    ("NVR_EXPORT_KEEP_DAYS", "EXPORT_KEEP_DAYS", "Exports are deleted after so many days."),
    ("NVR_EXPORTS_AT_ONCE", "EXPORTS_AT_ONCE", "Exports that are made at the same time."),
    ("NVR_EVENT_KEEP_DAYS", "EVENT_KEEP_DAYS", "Events that are about no footage are kept so long."),
    ("NVR_MOTION_CORE_PERCENT", "MOTION_CORE_PERCENT", "How much of a core looking for motion may take."),
    ("NVR_MOTION_QUEUE_MINUTES", "MOTION_QUEUE_MINUTES", "Footage that waits longer is not looked at for motion any more."),
    ("NVR_DEMO", "DEMO_CAMERAS", "Demo cameras; -1: two, as long as there is no other camera."),
)


class ComponentSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="database, migrations, redis, or a process.")
    status = serializers.ChoiceField(choices=[(name, name) for name in ("ok", "failed", "missing")])
    text = serializers.CharField(default="", help_text="What is wrong; empty when nothing is.")
    seconds_ago = serializers.FloatField(default=None, allow_null=True, help_text="When a process was heard of last.")


class LoadSerializer(serializers.Serializer[Any]):
    cores = serializers.IntegerField()
    minute = serializers.FloatField(help_text="Processes that ran or wanted to, on average of the last minute.")
    five_minutes = serializers.FloatField()
    quarter_of_an_hour = serializers.FloatField()


class VersionsSerializer(serializers.Serializer[Any]):
    nvr = serializers.CharField()
    python = serializers.CharField()
    django = serializers.CharField()
    database = serializers.CharField(help_text="sqlite or postgresql.")


class SystemSerializer(serializers.Serializer[Any]):
    at_ms = serializers.IntegerField(help_text="The server's clock.")
    versions = VersionsSerializer()
    components = ComponentSerializer(many=True)
    load = LoadSerializer(help_text="Of the machine that answers.")


class SettingSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="As in the environment.")
    value = serializers.SerializerMethodField(method_name="value_of")
    text = serializers.CharField(help_text="What it is about.")

    @extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
    def value_of(self, setting: dict[str, Any]) -> Any:
        return setting["value"]


class SettingsSerializer(serializers.Serializer[Any]):
    settings = SettingSerializer(many=True)


@extend_schema(tags=["system"])
class SystemView(APIView):
    permission_classes = (IsAdminUser,)

    @extend_schema(operation_id="system_retrieve", responses={200: SystemSerializer})
    def get(self, request: Request) -> Response:
        """Versions, what each part of the installation is up to, and the load of this machine. For staff."""
        required: dict[str, health.Component] = {"database": health.check_database(), "migrations": health.check_migrations()}
        required["redis"], processes = health.check_redis(*health.PROCESSES)
        minute, five_minutes, quarter = os.getloadavg()
        found = {
            "at_ms": time.time_ns() // 1_000_000,
            "versions": {
                "nvr": settings.VERSION,
                "python": platform.python_version(),
                "django": django.get_version(),
                "database": connection.vendor,
            },
            "components": [{"name": name, **component} for name, component in (required | processes).items()],
            "load": {"cores": os.cpu_count() or 1, "minute": minute, "five_minutes": five_minutes, "quarter_of_an_hour": quarter},
        }
        return Response(SystemSerializer(found).data)


@extend_schema(tags=["system"])
class SettingsView(APIView):
    permission_classes = (IsAdminUser,)

    @extend_schema(operation_id="settings_retrieve", responses={200: SettingsSerializer})
    def get(self, request: Request) -> Response:
        """What the environment set, or left as it is. Changed there, with a restart; secrets are not told. For staff."""
        told = [{"name": name, "value": getattr(settings, setting), "text": text} for name, setting, text in _TOLD]
        return Response(SettingsSerializer({"settings": told}).data)
