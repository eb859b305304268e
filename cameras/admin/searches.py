"""Searches of the network, for a look at what was found and who searched. One searches on the page that adds cameras."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cameras import searches
from cameras.admin.downloads import DOWNLOADS, Downloadable
from cameras.admin.rights import ReadOnly
from cameras.models import CameraSearch
from cameras.permissions import may_add, signed_in


@admin.register(CameraSearch)
class CameraSearchAdmin(Downloadable, ReadOnly):
    """For who may add cameras, as searching is."""

    list_display = ("started_at", "where", "state", "found_count", "looked_at", "started_by")
    list_filter = ("state",)
    search_fields = ("network", "found", "started_by__username")
    list_select_related = ("started_by",)
    fields = ("started_at", "finished_at", "started_by", "where", "state", "looked_at", "in_all", "devices")
    readonly_fields = fields
    actions = DOWNLOADS
    columns: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "started_at": lambda search: search.started_at,
        "started_by": lambda search: search.started_by,
        "network": str,
        "state": lambda search: search.state,
        "found": lambda search: search.found,
    }

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_add(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_add(request.user)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> CameraSearch | None:
        """With which of the devices are cameras of this NVR already, for who asks."""
        search: CameraSearch | None = super().get_object(request, object_id, from_field)
        if search is not None:
            search.found = searches.found_by(search, signed_in(request.user))
        return search

    def get_queryset(self, request: HttpRequest) -> QuerySet[CameraSearch]:
        CameraSearch.objects.all().end_cut_off()
        return super().get_queryset(request)

    @admin.display(description="where", ordering="network")
    def where(self, search: CameraSearch) -> str:
        return str(search)

    @admin.display(description="found")
    def found_count(self, search: CameraSearch) -> int:
        return len(search.found)

    @admin.display(description="devices")
    def devices(self, search: CameraSearch) -> SafeString | str:
        if not search.found:
            return "none"
        cells = (
            (
                device.get("address", ""),
                " ".join(filter(None, (device.get("maker"), device.get("model") or device.get("name")))) or "not known",
                device.get("camera") or ("a camera of this NVR" if device.get("is_added") else "not added"),
            )
            for device in search.found
        )
        rows = format_html_join("", "<tr><td>{}</td><td>{}</td><td>{}</td></tr>", cells)
        head = '<tr><th scope="col">Address</th><th scope="col">What it is</th><th scope="col">In this NVR</th></tr>'
        return format_html('<table class="told"><thead>{}</thead><tbody>{}</tbody></table>', SafeString(head), rows)
