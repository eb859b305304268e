from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

from cameras.models import Layout

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Layout]
else:
    _Admin = admin.ModelAdmin


@admin.register(Layout)
class LayoutAdmin(_Admin):
    """For a look and for clearing up; people arrange their dashboards on the dashboard."""

    list_display = ("name", "user", "kind", "is_active", "updated_at")
    list_filter = ("kind", "is_active")
    search_fields = ("name", "user__username")
    list_select_related = ("user",)
    readonly_fields = ("updated_at",)
