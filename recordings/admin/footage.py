"""What is recorded, why something is not, and what was deleted: for a look, with the way to the timeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from cameras.admin.downloads import DOWNLOADS, Downloadable, moment
from cameras.admin.filters import CameraFilter
from cameras.admin.links import timeline_link
from cameras.admin.rights import OfCamera, ReadOnly
from cameras.models import Action
from recordings.admin.moments import OnTimeline
from recordings.models import Deletion, RecordingNote, Segment
from recordings.rules.amounts import in_bytes


class RoleFilter(admin.SimpleListFilter):
    """Named, not asked of millions of rows."""

    title = "stream"
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("main", "main"), ("sub", "sub")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(role=self.value()) if self.value() in ("main", "sub") else queryset


class Footage(Downloadable, ReadOnly, OnTimeline, OfCamera):
    """For who may play back the camera."""

    needs = Action.PLAYBACK
    search_fields: ClassVar[tuple[str, ...]] = ("camera__name",)
    actions = DOWNLOADS


@admin.register(Segment)
class SegmentAdmin(Footage):
    moment_field = "started_at_ms"
    list_display = ("began", "camera", "role", "length", "size", "picture", "volume", "state", "timeline")
    list_filter = (CameraFilter, RoleFilter, "volume", "is_finished")
    list_select_related = ("volume",)
    fields = (
        *("began", "ended", "length", "camera", "role", "volume", "path", "size", "picture", "video_codec", "audio_codec"),
        *("generation", "state", "timeline"),
    )
    readonly_fields = fields
    columns: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "camera": lambda segment: segment.camera,
        "role": lambda segment: segment.role,
        "start": lambda segment: moment(segment.started_at_ms),
        "end": lambda segment: moment(segment.ended_at_ms),
        "size_bytes": lambda segment: segment.size_bytes,
        "volume": lambda segment: segment.volume,
        "path": lambda segment: segment.path,
        "video_codec": lambda segment: segment.video_codec,
        "audio_codec": lambda segment: segment.audio_codec,
        "width_px": lambda segment: segment.width_px,
        "height_px": lambda segment: segment.height_px,
        "is_finished": lambda segment: segment.is_finished,
        "doomed_by": lambda segment: segment.doomed_by,
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Segment]:
        return super().get_queryset(request).defer("index")

    @admin.display(description="began", ordering="started_at_ms")
    def began(self, segment: Segment) -> datetime | None:
        return moment(segment.started_at_ms)

    @admin.display(description="ended")
    def ended(self, segment: Segment) -> datetime | None:
        return moment(segment.ended_at_ms)

    @admin.display(description="length")
    def length(self, segment: Segment) -> str:
        return f"{(segment.ended_at_ms - segment.started_at_ms) / 1000:.1f} s"

    @admin.display(description="size", ordering="size_bytes")
    def size(self, segment: Segment) -> str:
        return in_bytes(segment.size_bytes)

    @admin.display(description="picture")
    def picture(self, segment: Segment) -> str:
        return f"{segment.width_px} × {segment.height_px}, {segment.video_codec}"

    @admin.display(description="state")
    def state(self, segment: Segment) -> str:
        if segment.doomed_by:
            return f"being deleted: {segment.doomed_by}"
        return "whole" if segment.is_finished else "growing"

    @admin.display(description="timeline")
    def timeline(self, segment: Segment) -> SafeString | str:
        return timeline_link(segment.camera, segment.started_at_ms)


@admin.register(RecordingNote)
class RecordingNoteAdmin(Footage):
    moment_field = "at_ms"
    list_display = ("at", "camera", "role", "kind", "reason", "timeline")
    list_filter = (CameraFilter, RoleFilter)
    search_fields = ("camera__name", "kind", "reason")
    fields = ("at", "camera", "role", "kind", "reason", "line", "timeline")
    readonly_fields = fields
    columns: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "camera": lambda note: note.camera.name,
        "role": lambda note: note.role,
        "at": lambda note: moment(note.at_ms),
        "kind": lambda note: note.kind,
        "reason": lambda note: note.reason,
    }

    @admin.display(description="from then on", ordering="at_ms")
    def at(self, note: RecordingNote) -> datetime | None:
        return moment(note.at_ms)

    @admin.display(description="timeline")
    def timeline(self, note: RecordingNote) -> SafeString | str:
        return timeline_link(note.camera, note.at_ms)


@admin.register(Deletion)
class DeletionAdmin(Footage):
    list_display = ("began", "ended", "camera", "role", "rule", "by", "at", "timeline")
    list_filter = (CameraFilter, RoleFilter, "rule")
    list_select_related = ("by",)
    search_fields = ("camera__name", "rule", "by__username")
    fields = ("camera", "role", "began", "ended", "rule", "by", "at", "timeline")
    readonly_fields = fields
    columns: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "camera": lambda deletion: deletion.camera.name,
        "role": lambda deletion: deletion.role,
        "start": lambda deletion: moment(deletion.start_ms),
        "end": lambda deletion: moment(deletion.end_ms),
        "rule": lambda deletion: deletion.rule,
        "by": lambda deletion: deletion.by,
        "at": lambda deletion: deletion.at,
    }

    @admin.display(description="footage from", ordering="start_ms")
    def began(self, deletion: Deletion) -> datetime | None:
        return moment(deletion.start_ms)

    @admin.display(description="to", ordering="end_ms")
    def ended(self, deletion: Deletion) -> datetime | None:
        return moment(deletion.end_ms)

    @admin.display(description="timeline")
    def timeline(self, deletion: Deletion) -> SafeString | str:
        return timeline_link(deletion.camera, deletion.start_ms)
