"""Events for a look. They are made by what happens, go with their footage, and are reviewed on the pages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from cameras.models import Action
from cameras.permissions import cameras_for
from recordings.models import Event
from recordings.rules.event_words import event_text

if TYPE_CHECKING:
    _EventAdmin = admin.ModelAdmin[Event]
else:
    _EventAdmin = admin.ModelAdmin


@admin.register(Event)
class EventAdmin(_EventAdmin):
    """Staff see what they may play back, and what is about no camera."""

    list_display = ("began_at", "camera", "kind", "text", "peak_score", "is_late", "reviewed_by")
    list_display_links = ("began_at",)
    list_filter = ("kind", "is_late", "camera")
    list_select_related = ("camera", "reviewed_by")
    fields = (
        *("camera", "kind", "subject", "began_at", "ended_at", "text", "reason", "peak_score", "zones", "labels"),
        *("is_late", "reviewed_at", "reviewed_by", "made_at"),
    )
    readonly_fields = fields
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        return super().get_queryset(request).filter(Q(camera__isnull=True) | Q(camera__in=cameras_for(request.user, Action.PLAYBACK)))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="began", ordering="start_ms")
    def began_at(self, event: Event) -> datetime:
        return datetime.fromtimestamp(event.start_ms / 1000, UTC)

    @admin.display(description="ended")
    def ended_at(self, event: Event) -> datetime | str:
        return "goes on" if event.end_ms is None else datetime.fromtimestamp(event.end_ms / 1000, UTC)

    @admin.display(description="what")
    def text(self, event: Event) -> str:
        length_ms = None if event.end_ms is None else event.end_ms - event.start_ms
        labels = [label["label"] for label in event.labels]
        return event_text(event.kind, length_ms=length_ms, zones=event.zones, labels=labels, subject=event.subject)
