from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.http import HttpRequest

from cameras.admin.downloads import DOWNLOADS, Downloadable
from cameras.models import Layout

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Layout]
else:
    _Admin = admin.ModelAdmin


@admin.register(Layout)
class LayoutAdmin(Downloadable, _Admin):
    """For a look and for clearing up; people arrange their dashboards on the dashboard."""

    list_display = ("name", "user", "kind", "camera_count", "is_active", "updated_at")
    list_filter = ("kind", "is_active")
    search_fields = ("name", "user__username")
    list_select_related = ("user",)
    fields = ("user", "name", "kind", "columns", "is_active", "cameras", "updated_at")
    readonly_fields = ("cameras", "updated_at")
    actions = DOWNLOADS
    columns: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "user": lambda layout: layout.user,
        "name": lambda layout: layout.name,
        "kind": lambda layout: layout.kind,
        "columns": lambda layout: layout.columns,
        "tiles": lambda layout: layout.tiles,
        "is_active": lambda layout: layout.is_active,
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Layout]:
        """A layout names cameras: staff see their own, superusers everybody's."""
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(user_id=request.user.pk or 0)

    def get_readonly_fields(self, request: HttpRequest, obj: Layout | None = None) -> Any:
        return self.readonly_fields if obj is None else ("user", *self.readonly_fields)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "columns" and field is not None:
            field.validators += [MinValueValidator(1), MaxValueValidator(48)]
        return field

    def save_model(self, request: HttpRequest, obj: Layout, form: Any, change: bool) -> None:
        """At most one is active, as on the dashboard."""
        super().save_model(request, obj, form, change)
        if obj.is_active:
            Layout.objects.filter(user=obj.user, is_active=True).exclude(pk=obj.pk).update(is_active=False)

    @admin.display(description="cameras")
    def cameras(self, layout: Layout) -> str:
        return ", ".join(str(tile.get("camera", "")) for tile in layout.tiles) or "all, in their order"

    @admin.display(description="cameras")
    def camera_count(self, layout: Layout) -> str:
        return str(len(layout.tiles) or "all")
