"""Channels: ways to people and programs. What is secret can be written and never read."""

from __future__ import annotations

import time
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle

from cameras.permissions import signed_in
from recordings.models import NotifyChannel
from recordings.notify.letter import Result
from recordings.services.notices import channels
from recordings.services.notices.channel_settings import checked_settings


class TrialThrottle(UserRateThrottle):
    """Each test makes the server write to somebody."""

    scope = "notify_test"


class ChannelSettingsSerializer(serializers.Serializer[Any]):
    """Which of them a kind has is in docs/notifications.md. What is left out stays as it is stored."""

    to = serializers.CharField(required=False, max_length=254, help_text="email: the address.")
    url = serializers.CharField(required=False, max_length=2000, help_text="webhook, apprise: the address. Never shown again.")
    secret = serializers.CharField(required=False, max_length=200, help_text="webhook: “whsec_…”; made up when left out.")
    has_picture = serializers.BooleanField(required=False, help_text="webhook: whether the picture is sent along.")
    host = serializers.CharField(required=False, max_length=253, help_text="mqtt: the broker.")
    port = serializers.IntegerField(required=False, allow_null=True, help_text="mqtt: 1883, or 8883 with TLS, when left out.")
    has_tls = serializers.BooleanField(required=False)
    verifies = serializers.BooleanField(required=False, help_text="mqtt: whether the broker's certificate is verified.")
    username = serializers.CharField(required=False, allow_blank=True, max_length=200)
    password = serializers.CharField(required=False, allow_blank=True, max_length=500, help_text="mqtt. Never shown again.")
    prefix = serializers.CharField(required=False, max_length=100, help_text="mqtt: the beginning of all topics.")
    discovery = serializers.CharField(required=False, allow_blank=True, max_length=100, help_text="mqtt: Home Assistant's; empty for none.")


class ChannelSerializer(serializers.ModelSerializer[NotifyChannel]):
    kind = serializers.ChoiceField(choices=NotifyChannel.Kind.choices)
    details = serializers.SerializerMethodField(help_text="What may be shown of its settings.")
    settings = ChannelSettingsSerializer(write_only=True, required=False)
    secret = serializers.SerializerMethodField(help_text="Of a webhook, in the answer to its creation only.")
    failing_since = serializers.DateTimeField(read_only=True, allow_null=True)

    class Meta:
        model = NotifyChannel
        fields = (
            *("id", "name", "kind", "is_enabled", "settings", "details", "secret"),
            *("failing_since", "failing_reason", "last_sent_at"),
        )
        read_only_fields = ("failing_reason", "last_sent_at")

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_details(self, channel: NotifyChannel) -> dict[str, Any]:
        return channels.describe(channel)

    def get_secret(self, channel: NotifyChannel) -> str | None:
        is_new = self.context.get("new_channel") == channel.pk
        return str(channel.settings["secret"]) if is_new and channel.kind == NotifyChannel.Kind.WEBHOOK else None


class TrialSerializer(serializers.Serializer[Any]):
    is_sent = serializers.BooleanField()
    text = serializers.CharField(help_text="What came of it, in words.")


@extend_schema(tags=["notifications"])
class ChannelViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.DestroyModelMixin, viewsets.GenericViewSet[NotifyChannel]):
    """One's own."""

    queryset = NotifyChannel.objects.none()
    serializer_class = ChannelSerializer
    ordering_fields = ("name", "kind", "last_sent_at")
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[NotifyChannel]:
        return NotifyChannel.objects.filter(owner_id=self.request.user.pk or 0)

    def create(self, request: Request) -> Response:
        """Staff may make any kind, others push and e-mail to the address of their account."""
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        values, user = given.validated_data, signed_in(request.user)
        if not channels.may_have(user, values["kind"]):
            raise PermissionDenied("only staff may have channels of this kind")
        if self.get_queryset().count() >= channels.MOST_CHANNELS:
            raise serializers.ValidationError({"name": f"you have {channels.MOST_CHANNELS} channels already"})
        stored = _checked(request, values["kind"], values.pop("settings", {}))
        channel = _saved(NotifyChannel(owner_id=user.pk, settings=stored, **values))
        context = self.get_serializer_context() | {"new_channel": channel.pk}
        return Response(ChannelSerializer(channel, context=context).data, status=status.HTTP_201_CREATED)

    def partial_update(self, request: Request, pk: str) -> Response:
        """What is left out stays as it is; the kind stays in any case."""
        channel = self.get_object()
        given = self.get_serializer(channel, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        if values.pop("kind", channel.kind) != channel.kind:
            raise serializers.ValidationError({"kind": "a channel keeps its kind: make another one"})
        settings = values.pop("settings", None)
        if settings is not None:
            channel.settings = _checked(request, channel.kind, settings, channel.settings)
            channel.failing_since, channel.failing_reason = None, ""
        for name, value in values.items():
            setattr(channel, name, value)
        return Response(self.get_serializer(_saved(channel)).data)

    @extend_schema(request=None, responses={200: TrialSerializer})
    @action(detail=True, methods=["post"], throttle_classes=[TrialThrottle])
    def test(self, request: Request, pk: str) -> Response:
        """Sends a message at once, and says what came of it. Takes as long as the other side does, some 20 seconds at most."""
        channel = self.get_object()
        if not channels.may_use(channel):
            raise PermissionDenied("you may not have such a channel any more")
        outcome = channels.test(channel, now_ms=time.time_ns() // 1_000_000)
        is_sent = outcome.result is Result.SENT
        return Response({"is_sent": is_sent, "text": "The message was handed over." if is_sent else outcome.reason})


def _checked(request: Request, kind: str, given: dict[str, Any], stored: dict[str, Any] | None = None) -> dict[str, Any]:
    try:
        return checked_settings(signed_in(request.user), kind, given, stored)
    except DjangoValidationError as error:
        raise serializers.ValidationError({"settings": error.message_dict}) from error


def _saved(channel: NotifyChannel) -> NotifyChannel:
    try:
        with transaction.atomic():
            channel.save()
    except IntegrityError as error:
        what = (
            "you have a channel for your devices already" if channel.kind == NotifyChannel.Kind.PUSH else "you have such a channel already"
        )
        raise serializers.ValidationError({"name": f"{what}: choose another name"}) from error
    return channel
