from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone

from cameras.admin.rights import OnlySuperusersChange
from cameras.models import Camera, CameraGroup, Grant
from cameras.permissions import standing_of
from cameras.services import announce_list

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
    _CamerasInline = admin.TabularInline[Any, CameraGroup]
    _GrantsInline = admin.TabularInline[Grant, CameraGroup]
else:
    _Admin = admin.ModelAdmin
    _CamerasInline = _GrantsInline = admin.TabularInline


class AnnouncedAdmin(_Admin):
    """Open dashboards follow a change made here at once."""

    def save_related(self, request: HttpRequest, form: ModelForm[Any], formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        announce_list()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        announce_list()

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)
        announce_list()


class CamerasInGroup(_CamerasInline):
    model = Camera.groups.through
    extra = 0
    verbose_name = "camera"
    verbose_name_plural = "cameras"


class GroupGrants(_GrantsInline):
    model = Grant
    fields = ("user", "user_group", "action")
    extra = 0
    verbose_name_plural = "who may do what with all cameras of this group"


@admin.register(CameraGroup)
class CameraGroupAdmin(OnlySuperusersChange, AnnouncedAdmin):
    list_display = ("name", "camera_count")
    search_fields = ("name",)
    inlines: ClassVar = [CamerasInGroup, GroupGrants]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        groups: models.QuerySet[Any] = super().get_queryset(request).annotate(camera_count=models.Count("cameras"))
        return groups

    @admin.display(description="cameras", ordering="camera_count")
    def camera_count(self, group: Any) -> int:
        return int(group.camera_count)


@admin.register(Grant)
class GrantAdmin(OnlySuperusersChange, AnnouncedAdmin):
    list_display = ("who", "action", "what", "counts", "valid_until", "note")
    list_filter = ("action", "camera", "camera_group", "user")
    list_select_related = ("user", "user_group", "camera", "camera_group")
    fieldsets = (
        ("Who", {"fields": ("user", "user_group"), "description": "A user or a group of users."}),
        (
            "May do what",
            {
                "fields": ("action",),
                "description": "Every right includes to view; to configure not to play back or to hear. Superusers may everything.",
            },
        ),
        ("With what", {"fields": ("camera", "camera_group"), "description": "A camera or a group of cameras."}),
        (
            "When",
            {
                "fields": ("hours", "valid_from", "valid_until", "note"),
                "description": "Hours are easier to write on the page about people, in the menu.",
            },
        ),
    )

    @admin.display(ordering="user__username")
    def who(self, grant: Grant) -> str:
        return str(grant.user or f"group {grant.user_group}")

    @admin.display(ordering="camera__name")
    def what(self, grant: Grant) -> str:
        return str(grant.camera or f"group {grant.camera_group}")

    @admin.display(boolean=True, description="counts now")
    def counts(self, grant: Grant) -> bool:
        return standing_of(grant, timezone.now()) == "now"

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:
        if not change:
            obj.granted_by = request.user
        super().save_model(request, obj, form, change)
