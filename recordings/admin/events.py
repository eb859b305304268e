"""Events for a look, and to say that somebody has seen them. They are made by what happens, and go with their footage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cameras.admin.downloads import DOWNLOADS, Downloadable, moment
from cameras.admin.filters import CameraFilter, KnownFilter
from cameras.admin.links import timeline_link
from cameras.admin.rights import ReadOnly
from cameras.models import Action
from cameras.permissions import cameras_for, signed_in
from recordings.admin.moments import OnTimeline
from recordings.models import Event
from recordings.rules.event_words import event_text
from recordings.services.event_search import Wish, review

_BUDGET_S = 5.0


class ReviewedFilter(KnownFilter):
    title = "review"
    parameter_name = "reviewed"
    field = "reviewed_at"
    words = ("reviewed", "not reviewed")


@admin.register(Event)
class EventAdmin(Downloadable, ReadOnly, OnTimeline):
    """Staff see what they may play back, and what is about no camera: as on the page of events."""

    needs = Action.PLAYBACK
    list_display = ("began_at", "camera", "kind", "text", "peak_score", "is_late", "reviewed_by", "look")
    list_display_links = ("began_at",)
    list_filter = ("kind", CameraFilter, "is_late", ReviewedFilter)
    list_select_related = ("camera", "reviewed_by")
    ordering = ("-start_ms", "-pk")
    search_fields = ("camera__name", "subject", "reason")
    fields = (
        *("camera", "kind", "subject", "began_at", "ended_at", "text", "reason", "peak_score", "zones", "labels"),
        *("is_late", "reviewed_at", "reviewed_by", "made_at", "look", "timeline"),
    )
    readonly_fields = fields
    actions = ("mark_reviewed", "mark_new", *DOWNLOADS)
    columns: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "id": lambda event: event.pk,
        "camera": lambda event: event.camera,
        "kind": lambda event: event.kind,
        "start": lambda event: moment(event.start_ms),
        "end": lambda event: moment(event.end_ms),
        "text": lambda event: words_of(event),
        "subject": lambda event: event.subject,
        "reason": lambda event: event.reason,
        "peak_score": lambda event: event.peak_score,
        "zones": lambda event: event.zones,
        "labels": lambda event: event.labels,
        "reviewed_at": lambda event: event.reviewed_at,
        "reviewed_by": lambda event: event.reviewed_by,
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        rows: QuerySet[Event] = super().get_queryset(request)
        return rows.filter(Q(camera__isnull=True) | Q(camera__in=cameras_for(request.user, Action.PLAYBACK)))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of what the list holds for them."""
        return True

    @admin.action(description="Mark selected events as reviewed", permissions=["view"])
    def mark_reviewed(self, request: HttpRequest, queryset: QuerySet[Event]) -> None:
        self._review(request, queryset, is_reviewed=True)

    @admin.action(description="Mark selected events as not reviewed", permissions=["view"])
    def mark_new(self, request: HttpRequest, queryset: QuerySet[Event]) -> None:
        self._review(request, queryset, is_reviewed=False)

    def _review(self, request: HttpRequest, queryset: QuerySet[Event], *, is_reviewed: bool) -> None:
        ids = dict(queryset.values_list("pk", "camera_id"))
        wish = Wish(cameras=tuple(set(ids.values())))
        changed, is_complete = review(wish, is_reviewed=is_reviewed, by=signed_in(request.user), ids=list(ids), budget_s=_BUDGET_S)
        word = "reviewed" if is_reviewed else "not reviewed"
        messages.success(request, f"{changed} of {len(ids)} events marked as {word}; the others were already.")
        if not is_complete:
            messages.warning(request, "There was no time for all of them: do it again for the rest.")

    @admin.display(description="began", ordering="start_ms")
    def began_at(self, event: Event) -> datetime | None:
        return moment(event.start_ms)

    @admin.display(description="ended")
    def ended_at(self, event: Event) -> datetime | str | None:
        return "goes on" if event.end_ms is None else moment(event.end_ms)

    @admin.display(description="what")
    def text(self, event: Event) -> str:
        return words_of(event)

    @admin.display(description="look at")
    def look(self, event: Event) -> SafeString:
        address = f"{reverse('pages:events')}?review=all&event={event.pk}"
        return format_html('<a href="{}">Event<span class="visually-hidden"> of {}</span></a>', address, moment(event.start_ms))

    @admin.display(description="timeline")
    def timeline(self, event: Event) -> SafeString | str:
        return timeline_link(event.camera, event.start_ms)


def words_of(event: Event) -> str:
    length_ms = None if event.end_ms is None else event.end_ms - event.start_ms
    labels = [label["label"] for label in event.labels]
    return event_text(event.kind, length_ms=length_ms, zones=event.zones, labels=labels, subject=event.subject)
