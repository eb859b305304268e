"""Exports and the links to them. They are asked for on the timeline; here one sees all of them, and ends what should not go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from kombu.exceptions import OperationalError

from cameras.admin.downloads import DOWNLOADS, Downloadable, moment
from cameras.admin.filters import KnownFilter
from cameras.admin.links import badge, timeline_link
from cameras.admin.outcomes import Refused, do_each
from cameras.admin.rights import ReadOnly
from recordings import tasks
from recordings.admin.owned import Owned
from recordings.models import Export, ShareLink
from recordings.rules.amounts import in_bytes
from recordings.services import exports, shares

if TYPE_CHECKING:
    _LinkInline = admin.TabularInline[ShareLink, Export]
else:
    _LinkInline = admin.TabularInline

_COLOURS = {"waiting": "connecting", "running": "connecting", "done": "live", "failed": "down"}


class LinkInline(_LinkInline):
    model = ShareLink
    fields = ("made_by", "made_at", "expires_at", "revoked_at", "downloads")
    readonly_fields = fields
    extra = 0
    can_delete = False
    show_change_link = True
    verbose_name_plural = "links that give it to whoever has them"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Export)
class ExportAdmin(Downloadable, ReadOnly, Owned):
    """What is in an export its owner sees; the file itself is on their page of exports."""

    inlines = (LinkInline,)
    list_display = ("made_at", "owner", "kind", "camera_names", "began", "length", "now", "size", "link_count", "expires_at")
    list_filter = ("state", "kind")
    search_fields = ("owner__username", "cameras__name", "error")
    list_select_related = ("owner",)
    fields = (
        *("owner", "kind", "camera_names", "role", "began", "ended", "length", "speed", "now", "size", "error", "made_at", "expires_at"),
        "timeline",
    )
    readonly_fields = fields
    actions = ("cancel", "try_again", "delete_selected", *DOWNLOADS)
    columns: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "id": lambda export: export.pk,
        "owner": lambda export: export.owner,
        "kind": lambda export: export.kind,
        "cameras": lambda export: [camera.name for camera in export.cameras.all()],
        "start": lambda export: moment(export.start_ms),
        "end": lambda export: moment(export.end_ms),
        "state": lambda export: export.state,
        "error": lambda export: export.error,
        "size_bytes": lambda export: export.size_bytes,
        "made_at": lambda export: export.made_at,
        "expires_at": lambda export: export.expires_at,
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Export]:
        rows: QuerySet[Export] = super().get_queryset(request).prefetch_related("cameras")
        return rows.annotate(links_made=Count("links", distinct=True))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or self.is_theirs(request, obj)

    def delete_model(self, request: HttpRequest, obj: Export) -> None:
        exports.remove(obj)

    @admin.action(description="Cancel selected exports", permissions=["delete"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Export]) -> None:
        do_each(request, self.mine(request, queryset), lambda export: "cancelled" if exports.cancel(export) else "not being made any more")

    @admin.action(description="Try selected exports again", permissions=["delete"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Export]) -> None:
        def again(export: Export) -> str:
            if not exports.may_download(export, export.owner):
                raise Refused(f"{export.owner} may not export these cameras any more")
            if not exports.retry(export):
                raise Refused("only an export that failed or was cancelled can be tried again")
            return "waits for its turn"

        do_each(request, self.mine(request, queryset).select_related("owner"), again, failures=(exports.ExportRefused,))
        try:
            tasks.make_exports.delay()
        except (OperationalError, OSError):
            return  # beat's next round does it, when Redis is back

    @admin.display(description="cameras")
    def camera_names(self, export: Export) -> str:
        return ", ".join(camera.name for camera in export.cameras.all()) or "none any more"

    @admin.display(description="from", ordering="start_ms")
    def began(self, export: Export) -> datetime | None:
        return moment(export.start_ms)

    @admin.display(description="to")
    def ended(self, export: Export) -> datetime | None:
        return moment(export.end_ms)

    @admin.display(description="length")
    def length(self, export: Export) -> str:
        minutes, seconds = divmod((export.end_ms - export.start_ms) // 1000, 60)
        return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"

    @admin.display(description="state", ordering="state")
    def now(self, export: Export) -> SafeString:
        words = export.get_state_display()
        if export.state == Export.State.RUNNING:
            words = f"{words}, {export.progress:.0%}"
        return badge(_COLOURS.get(export.state, "off"), f"{words}: {export.error}" if export.error else words)

    @admin.display(description="size", ordering="size_bytes")
    def size(self, export: Export) -> str:
        return in_bytes(export.size_bytes or export.expected_bytes)

    @admin.display(description="links", ordering="links_made")
    def link_count(self, export: Any) -> int:
        return int(export.links_made)

    @admin.display(description="timeline")
    def timeline(self, export: Export) -> SafeString | str:
        return timeline_link(next(iter(export.cameras.all()), None), export.start_ms)


class RevokedFilter(KnownFilter):
    title = "whether it was revoked"
    parameter_name = "revoked"
    field = "revoked_at"
    words = ("revoked", "not revoked")


@admin.register(ShareLink)
class ShareLinkAdmin(Downloadable, ReadOnly, Owned):
    """The links themselves are told once, to who makes them; only a hash of each is kept."""

    owner_path = "export__owner"
    list_display = ("made_at", "export", "made_by", "now", "expires_at", "downloads")
    list_filter = (RevokedFilter,)
    search_fields = ("made_by__username", "export__owner__username", "export__cameras__name")
    list_select_related = ("export__owner", "made_by")
    fields = ("export", "made_by", "made_at", "expires_at", "revoked_at", "now", "downloads")
    readonly_fields = fields
    actions = ("revoke", *DOWNLOADS)
    columns: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "export": lambda link: link.export_id,
        "made_by": lambda link: link.made_by,
        "made_at": lambda link: link.made_at,
        "expires_at": lambda link: link.expires_at,
        "revoked_at": lambda link: link.revoked_at,
        "downloads": lambda link: link.downloads,
    }

    @admin.display(description="now")
    def now(self, link: ShareLink) -> SafeString:
        if link.revoked_at is not None:
            return badge("off", "revoked")
        return badge("off", "expired") if link.expires_at <= timezone.now() else badge("live", "works")

    @admin.action(description="Revoke selected links", permissions=["view"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ShareLink]) -> None:
        do_each(request, self.mine(request, queryset), lambda link: "revoked" if shares.revoke(link) else "revoked before")
