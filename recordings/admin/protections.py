"""Footage that nobody deletes. Made and ended by the same services as on the timeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from cameras.admin.downloads import DOWNLOADS, Downloadable, moment
from cameras.admin.filters import CameraFilter
from cameras.admin.links import timeline_link
from cameras.admin.outcomes import do_each
from cameras.admin.rights import OfCamera
from cameras.models import Action
from cameras.permissions import cameras_for, signed_in
from recordings.admin.moments import OnTimeline
from recordings.models import Protection
from recordings.rules.spans import Span
from recordings.services.protections import protect, unprotect

if TYPE_CHECKING:
    _ProtectionForm = forms.ModelForm[Protection]
else:
    _ProtectionForm = forms.ModelForm


class ProtectionForm(_ProtectionForm):
    start = forms.SplitDateTimeField(label="From", widget=AdminSplitDateTime)
    end = forms.SplitDateTimeField(label="To", widget=AdminSplitDateTime)

    class Meta:
        model = Protection
        fields = ("camera", "note")

    def clean_end(self) -> datetime:
        end: datetime = self.cleaned_data["end"]
        if "start" in self.cleaned_data and end <= self.cleaned_data["start"]:
            raise ValidationError("the end is not after the beginning")
        return end

    @property
    def span(self) -> Span:
        start, end = (int(self.cleaned_data[name].timestamp() * 1000) for name in ("start", "end"))
        return Span(start, end)


@admin.register(Protection)
class ProtectionAdmin(Downloadable, OnTimeline, OfCamera):
    """Seen by who may play back the camera, made and ended by who may protect its footage. A protection is ended, not changed."""

    needs = Action.PLAYBACK
    form = ProtectionForm
    list_display = ("began", "ended", "camera", "note", "by", "at", "timeline")
    list_filter = (CameraFilter,)
    list_select_related = ("by",)
    search_fields = ("camera__name", "note", "by__username")
    actions = ("end_protection", *DOWNLOADS)
    columns: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "camera": lambda protection: protection.camera.name,
        "start": lambda protection: moment(protection.start_ms),
        "end": lambda protection: moment(protection.end_ms),
        "note": lambda protection: protection.note,
        "by": lambda protection: protection.by,
        "at": lambda protection: protection.at,
    }

    def get_fields(self, request: HttpRequest, obj: Protection | None = None) -> Any:
        return ("camera", "start", "end", "note") if obj is None else ("camera", "began", "ended", "note", "by", "at", "timeline")

    def get_readonly_fields(self, request: HttpRequest, obj: Protection | None = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return cameras_for(request.user, Action.PROTECT).exists()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        mine = cameras_for(request.user, Action.PROTECT)
        return mine.exists() if obj is None else mine.filter(pk=obj.camera_id).exists()

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "camera":
            field.queryset = cameras_for(request.user, Action.PROTECT)
        return field

    def save_model(self, request: HttpRequest, obj: Protection, form: Any, change: bool) -> None:
        made = protect(obj.camera, form.span, note=obj.note, by=signed_in(request.user))
        obj.pk, obj.start_ms, obj.end_ms = made.pk, made.start_ms, made.end_ms

    def delete_model(self, request: HttpRequest, obj: Protection) -> None:
        unprotect(obj, by=signed_in(request.user))

    @admin.action(description="End selected protections", permissions=["delete"])
    def end_protection(self, request: HttpRequest, queryset: QuerySet[Protection]) -> None:
        mine = set(cameras_for(request.user, Action.PROTECT).values_list("pk", flat=True))

        def end(protection: Protection) -> str:
            if protection.camera_id not in mine:
                raise ValidationError("you have no right to protect this camera's footage, or to end that")
            unprotect(protection, by=signed_in(request.user))
            return "not protected any more"

        do_each(request, queryset, end)

    @admin.display(description="from", ordering="start_ms")
    def began(self, protection: Protection) -> datetime | None:
        return moment(protection.start_ms)

    @admin.display(description="to", ordering="end_ms")
    def ended(self, protection: Protection) -> datetime | None:
        return moment(protection.end_ms)

    @admin.display(description="timeline")
    def timeline(self, protection: Protection) -> SafeString | str:
        return timeline_link(protection.camera, protection.start_ms)
