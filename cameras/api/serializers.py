from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cameras.models import Action, Camera, Stream
from cameras.services import StreamChange
from cameras.stream_url import redact


class StreamSerializer(serializers.ModelSerializer[Stream]):
    url = serializers.SerializerMethodField(help_text="Without credentials; a password that the camera wants inside it is hidden.")

    class Meta:
        model = Stream
        fields = ("role", "url", "transport", "verify_tls", "state", "state_reason")
        read_only_fields = fields

    def get_url(self, stream: Stream) -> str:
        return redact(stream.url)


class CameraSerializer(serializers.ModelSerializer[Camera]):
    """Needs `rights` in its context: those of the asking user, from cameras.permissions.rights_by_camera."""

    motion = serializers.BooleanField(source="detects_motion", read_only=True, help_text="Looks for motion in what is recorded.")
    streams = StreamSerializer(many=True, read_only=True)
    may = serializers.SerializerMethodField(help_text="What you may do with it.")

    class Meta:
        model = Camera
        fields = (
            "slug",
            "name",
            "state",
            "state_reason",
            "state_changed_at",
            "record",
            "motion",
            "streams",
            "is_enabled",
            "position",
            "may",
        )
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=Action.choices)))
    def get_may(self, camera: Camera) -> list[str]:
        rights: list[str] = self.context["rights"].get(camera.pk, [])
        return rights


class StreamChangeSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=Stream.Role.choices)
    url = serializers.CharField(
        max_length=1000,
        required=False,
        allow_null=True,
        help_text="May hold credentials, which are stored apart. null removes the sub stream.",
    )
    transport = serializers.ChoiceField(choices=Stream.Transport.choices, required=False)
    verify_tls = serializers.BooleanField(required=False)

    def to_change(self, given: dict[str, Any]) -> StreamChange:
        is_removed = "url" in given and given["url"] is None
        return StreamChange(given["role"], given.get("url"), given.get("transport"), given.get("verify_tls"), is_removed)


class CameraChangeSerializer(serializers.Serializer[Any]):
    """Checks shapes; what the values mean is checked by cameras.services."""

    name = serializers.CharField(max_length=100, required=False)
    is_enabled = serializers.BooleanField(required=False)
    position = serializers.IntegerField(min_value=0, max_value=1_000_000, required=False)
    username = serializers.CharField(max_length=200, allow_blank=True, trim_whitespace=False, required=False, write_only=True)
    password = serializers.CharField(max_length=200, allow_blank=True, trim_whitespace=False, required=False, write_only=True)
    streams = StreamChangeSerializer(many=True, required=False)
    record = serializers.ChoiceField(
        choices=Camera.Record.choices, required=False, help_text="“motion”: everything for a while, then only what moved."
    )
    motion = serializers.BooleanField(
        source="detects_motion", required=False, help_text="Look for motion in what is recorded. Recording on motion switches it on."
    )

    def validate_streams(self, given: list[dict[str, Any]]) -> tuple[StreamChange, ...]:
        roles = [stream["role"] for stream in given]
        if len(set(roles)) < len(roles):
            raise serializers.ValidationError("a camera has one stream of each role")
        return tuple(StreamChangeSerializer().to_change(stream) for stream in given)

    def to_values(self) -> dict[str, Any]:
        """The arguments of the service."""
        return dict(self.validated_data)


class NewCameraSerializer(CameraChangeSerializer):
    name = serializers.CharField(max_length=100)
    streams = StreamChangeSerializer(many=True, help_text="A main stream, and a sub stream if there is one.")

    def validate_streams(self, given: list[dict[str, Any]]) -> tuple[StreamChange, ...]:
        changes = super().validate_streams(given)
        if "main" not in [change.role for change in changes]:
            raise serializers.ValidationError("a camera needs a main stream")
        if not all(change.url for change in changes):
            raise serializers.ValidationError("a new stream needs a url")
        return changes
