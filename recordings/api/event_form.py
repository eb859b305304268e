"""An event as the API tells it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from recordings.models import Event
from recordings.rules.event_words import event_text

STATES = [("going_on", "going on"), ("over", "over")]


class LabelSerializer(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]  # a field of the answer, not the serializer's own
    score = serializers.FloatField(allow_null=True, help_text="0 to 1; null when the camera found it, which gives none.")


class EventSerializer(serializers.Serializer[Event]):
    id = serializers.IntegerField(source="pk")
    camera = serializers.SlugField(source="camera.slug", default=None, allow_null=True, help_text="null: it is about the installation.")
    camera_name = serializers.CharField(source="camera.name", default="", help_text="Empty without a camera.")
    kind = serializers.ChoiceField(choices=Event.Kind.choices)
    state = serializers.SerializerMethodField()
    start_ms = serializers.IntegerField()
    end_ms = serializers.IntegerField(allow_null=True, help_text="null while it goes on.")
    seen_until_ms = serializers.IntegerField(help_text="When it was seen last.")
    footage_start_ms = serializers.IntegerField(help_text="With the pre-roll.")
    footage_end_ms = serializers.IntegerField(help_text="With the post-roll.")
    peak_score = serializers.IntegerField(help_text="Of motion: 0 to 100.")
    zones = serializers.ListField(child=serializers.CharField())
    labels = LabelSerializer(many=True)
    box = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="Where, at best_at_ms: x, y, width, height, parts of the picture."
    )
    best_at_ms = serializers.IntegerField(allow_null=True)
    subject = serializers.CharField(help_text="What it is about when not a camera.")
    reason = serializers.CharField()
    text = serializers.SerializerMethodField(help_text="A sentence for people.")
    picture = serializers.SerializerMethodField(help_text="The address of a JPEG; null while there is none.")
    preview = serializers.SerializerMethodField(help_text="The address of a short animation (WebP); null while there is none.")
    is_late = serializers.BooleanField(help_text="It was found long after it happened.")
    reviewed_at = serializers.DateTimeField(allow_null=True)
    reviewed_by = serializers.CharField(source="reviewed_by.username", default=None, allow_null=True)

    @extend_schema_field(serializers.ChoiceField(choices=STATES))
    def get_state(self, event: Event) -> str:
        return "going_on" if event.end_ms is None else "over"

    def get_text(self, event: Event) -> str:
        return event_text(
            event.kind,
            length_ms=None if event.end_ms is None else event.end_ms - event.start_ms,
            zones=event.zones,
            labels=[label["label"] for label in event.labels],
            subject=event.subject,
            reason=event.reason,
        )

    def get_picture(self, event: Event) -> str | None:
        return f"/api/v1/events/{event.pk}/picture.jpg?v={version_of(event)}" if event.has_picture else None

    def get_preview(self, event: Event) -> str | None:
        return f"/api/v1/events/{event.pk}/preview.webp?v={version_of(event)}" if event.has_preview else None


def version_of(event: Event) -> int:
    """Its pictures stay as they are as long as this does; 0: they don't."""
    return 0 if event.needs_pictures else event.seen_until_ms


class EventPageSerializer(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True, help_text="The address of older ones.")
    previous = serializers.URLField(allow_null=True, help_text="The address of newer ones.")
    results = EventSerializer(many=True)
