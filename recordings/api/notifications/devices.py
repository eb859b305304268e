"""Browsers that take messages (Push API)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cameras.permissions import signed_in
from recordings.models import PushDevice
from recordings.notify.web_push import Browser
from recordings.services.notices.devices import add_device
from recordings.services.notices.senders import vapid


class PushKeySerializer(serializers.Serializer[Any]):
    public_key = serializers.CharField(help_text="The `applicationServerKey` to subscribe with, in base64url.")


class BrowserKeysSerializer(serializers.Serializer[Any]):
    p256dh = serializers.CharField(max_length=200)
    auth = serializers.CharField(max_length=100)


class PushDeviceSerializer(serializers.ModelSerializer[PushDevice]):
    endpoint = serializers.CharField(write_only=True, max_length=2000)
    keys = BrowserKeysSerializer(write_only=True)
    digest = serializers.CharField(source="endpoint_digest", read_only=True, help_text="SHA-256 of the endpoint: which of them one is.")
    channel = serializers.SerializerMethodField(help_text="The channel to all of your devices.")

    class Meta:
        model = PushDevice
        fields = ("id", "name", "endpoint", "keys", "digest", "channel", "failing_reason", "last_sent_at", "made_at")
        read_only_fields = ("failing_reason", "last_sent_at", "made_at")

    def get_channel(self, device: PushDevice) -> int | None:
        return self.context.get("channel")


@extend_schema(tags=["notifications"])
class PushKeyView(APIView):
    @extend_schema(responses={200: PushKeySerializer})
    def get(self, request: Request) -> Response:
        """Who will write to the browser; a browser takes messages of nobody else."""
        return Response({"public_key": vapid().public_key})


@extend_schema(tags=["notifications"])
class DeviceViewSet(mixins.ListModelMixin, mixins.DestroyModelMixin, viewsets.GenericViewSet[PushDevice]):
    """One's own."""

    queryset = PushDevice.objects.none()
    serializer_class = PushDeviceSerializer
    ordering_fields = ("name", "made_at", "last_sent_at")
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[PushDevice]:
        return PushDevice.objects.filter(owner_id=self.request.user.pk or 0)

    def create(self, request: Request) -> Response:
        """Takes PushSubscription.toJSON(). The same browser again replaces what was known of it."""
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        browser = Browser(values["endpoint"], values["keys"]["p256dh"], values["keys"]["auth"])
        try:
            device, channel = add_device(signed_in(request.user), browser, name=values["name"])
        except DjangoValidationError as error:
            raise serializers.ValidationError(error.message_dict) from error
        context = self.get_serializer_context() | {"channel": channel.pk}
        return Response(PushDeviceSerializer(device, context=context).data, status=status.HTTP_201_CREATED)
