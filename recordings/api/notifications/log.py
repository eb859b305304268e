"""What was told, and what was not and why."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers

from recordings.models import Delivery, Notice
from recordings.notify.decision import Held

_WHY = {
    Held.HOURS: "outside of the rule's hours",
    Held.MUTED: "muted",
    Held.TOO_OFTEN: "told of this camera a moment before",
    Held.UNTOLD: "its beginning was not told either",
}


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    rule = serializers.CharField(source="message.rule.name", read_only=True)
    channel = serializers.IntegerField(source="channel_id", read_only=True)
    channel_name = serializers.CharField(source="channel.name", read_only=True)
    kind = serializers.CharField(source="channel.kind", read_only=True)
    device = serializers.CharField(source="device.name", read_only=True, default="")
    sort = serializers.CharField(source="message.sort", read_only=True)
    next_try_ms = serializers.SerializerMethodField()

    class Meta:
        model = Delivery
        fields = (
            *("id", "state", "title", "rule", "channel", "channel_name", "kind", "device", "sort"),
            *("attempts", "reason", "made_ms", "sent_ms", "next_try_ms"),
        )
        read_only_fields = fields

    def get_next_try_ms(self, delivery: Delivery) -> int | None:
        return delivery.next_try_ms if delivery.state == Delivery.State.WAITING else None


class HeldBackSerializer(serializers.ModelSerializer[Notice]):
    event = serializers.IntegerField(source="event_id", read_only=True)
    kind = serializers.CharField(source="event.kind", read_only=True)
    camera = serializers.CharField(source="camera.slug", read_only=True, default=None, allow_null=True)
    camera_name = serializers.CharField(source="camera.name", read_only=True, default=None, allow_null=True)
    rule = serializers.CharField(source="rule.name", read_only=True)
    why = serializers.SerializerMethodField(help_text="In words.")

    class Meta:
        model = Notice
        fields = ("event", "kind", "camera", "camera_name", "rule", "held", "why", "at_ms")
        read_only_fields = fields

    def get_why(self, notice: Notice) -> str:
        return _WHY.get(Held(notice.held), notice.held)


_STATE = OpenApiParameter("state", str, enum=Delivery.State.values)
_CHANNEL = OpenApiParameter("channel", int, description="The id of a channel.")


@extend_schema(tags=["notifications"], parameters=[_STATE, _CHANNEL])
class DeliveriesView(generics.ListAPIView[Delivery]):
    """Messages to one's channels, newest first; kept for 30 days."""

    queryset = Delivery.objects.none()
    serializer_class = DeliverySerializer
    ordering_fields = ("made_ms", "sent_ms", "state")

    def get_queryset(self) -> QuerySet[Delivery]:
        found = Delivery.objects.filter(message__rule__owner_id=self.request.user.pk or 0)
        found = found.select_related("message__rule", "channel", "device")
        wanted: dict[str, Any] = {}
        if state := self.request.query_params.get("state"):
            if state not in Delivery.State.values:
                raise serializers.ValidationError({"state": f"one of {', '.join(Delivery.State.values)}"})
            wanted["state"] = state
        if channel := self.request.query_params.get("channel"):
            if not (channel.isascii() and channel.isdecimal()):
                raise serializers.ValidationError({"channel": "the id of a channel"})
            wanted["channel_id"] = int(channel[:9])
        return found.filter(**wanted)


@extend_schema(tags=["notifications"])
class HeldBackView(generics.ListAPIView[Notice]):
    """Events that a rule is about and that were not told, with the reason; newest first."""

    queryset = Notice.objects.none()
    serializer_class = HeldBackSerializer
    ordering_fields = ("at_ms",)

    def get_queryset(self) -> QuerySet[Notice]:
        found = Notice.objects.filter(rule__owner_id=self.request.user.pk or 0).exclude(held="").order_by("-at_ms", "-pk")
        return found.select_related("rule", "event", "camera")
