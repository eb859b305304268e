from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.utils.safestring import SafeString

from cameras.admin.downloads import DOWNLOADS, Downloadable
from cameras.admin.links import badge
from cameras.admin.outcomes import do_each
from recordings.admin.sizes import GigabytesField, to_bytes, to_gigabytes
from recordings.models import Volume
from recordings.rules.amounts import in_bytes
from recordings.services.storage import disk_room
from recordings.services.volumes import check_path, claim

if TYPE_CHECKING:
    _VolumeForm = forms.ModelForm[Volume]
    _VolumeAdmin = admin.ModelAdmin[Volume]
else:
    _VolumeForm = forms.ModelForm
    _VolumeAdmin = admin.ModelAdmin

_COLOURS = {"well": "live", "full": "down", "failing": "down", "hanging": "down"}
_WORDS = {"well": "takes footage", "full": "is full", "failing": "fails", "hanging": "does not answer"}


class VolumeForm(_VolumeForm):
    """The directory is made ours when the volume is first saved, and stays where it is from then on."""

    keep_free_gigabytes = GigabytesField(
        required=True,
        label="Keep free (GB)",
        help_text="The oldest footage is deleted, then recording stops, before less is left on the disk.",
    )
    max_gigabytes = GigabytesField(required=False, label="Use at most (GB)", help_text="By footage. Empty: what the disk has.")

    class Meta:
        model = Volume
        fields = ("name", "path", "is_enabled", "position")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["keep_free_gigabytes"] = to_gigabytes(self.instance.keep_free_bytes)
        self.initial["max_gigabytes"] = to_gigabytes(self.instance.max_bytes)

    def clean(self) -> dict[str, Any] | None:
        super().clean()
        cleaned = self.cleaned_data
        self.instance.keep_free_bytes = to_bytes(cleaned.get("keep_free_gigabytes")) or 0
        self.instance.max_bytes = to_bytes(cleaned.get("max_gigabytes"))
        if self.instance._state.adding and cleaned.get("path") and not self.errors:
            self.instance.path = cleaned["path"] = check_path(cleaned["path"])
            claim(self.instance)
        return cleaned


@admin.register(Volume)
class VolumeAdmin(Downloadable, _VolumeAdmin):
    """For superusers, and staff with Django's permissions on volumes: a disk is nobody's camera."""

    form = VolumeForm
    list_display = ("name", "path", "is_enabled", "now", "footage", "free", "position")
    list_filter = ("is_enabled", "state")
    search_fields = ("name", "path", "state_reason")
    ordering = ("position", "name")
    actions = ("enable", "disable", *DOWNLOADS)
    columns: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "name": lambda volume: volume.name,
        "path": lambda volume: volume.path,
        "is_enabled": lambda volume: volume.is_enabled,
        "position": lambda volume: volume.position,
        "keep_free_bytes": lambda volume: volume.keep_free_bytes,
        "max_bytes": lambda volume: volume.max_bytes,
        "footage_bytes": lambda volume: volume.footage_bytes or 0,
        "state": lambda volume: volume.state,
        "state_reason": lambda volume: volume.state_reason,
    }

    def get_fields(self, request: HttpRequest, obj: Volume | None = None) -> Any:
        fields = ["name", "path", "is_enabled", "keep_free_gigabytes", "max_gigabytes", "position"]
        return fields if obj is None else [*fields, "now", "footage", "free"]

    def get_readonly_fields(self, request: HttpRequest, obj: Volume | None = None) -> Any:
        return () if obj is None else ("path", "now", "footage", "free")

    def has_delete_permission(self, request: HttpRequest, obj: Volume | None = None) -> bool:
        """One that holds footage is switched off, not deleted: its files would be nobody's."""
        return super().has_delete_permission(request, obj) and (obj is None or not obj.segments.exists())

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_queryset(self, request: HttpRequest) -> QuerySet[Volume]:
        """What its files take is kept day by day: adding up all of them would read the catalogue for each volume."""
        volumes: QuerySet[Volume] = super().get_queryset(request).annotate(footage_bytes=Sum("days__size_bytes"))
        return volumes

    @admin.display(description="now", ordering="state")
    def now(self, volume: Volume) -> SafeString:
        if not volume.is_enabled:
            return badge("off", "takes no new footage")
        words = _WORDS.get(volume.state, "not known yet")
        return badge(_COLOURS.get(volume.state, "connecting"), f"{words}: {volume.state_reason}" if volume.state_reason else words)

    @admin.display(description="footage", ordering="footage_bytes")
    def footage(self, volume: Any) -> str:
        return in_bytes(volume.footage_bytes or 0)

    @admin.display(description="free on its disk")
    def free(self, volume: Volume) -> str:
        room = disk_room(volume.path)
        return "the disk is not there" if room is None else f"{in_bytes(room.free_bytes)} of {in_bytes(room.total_bytes)}"

    @admin.action(description="Enable selected volumes", permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[Volume]) -> None:
        self._switch(request, queryset, is_enabled=True)

    @admin.action(description="Disable selected volumes: new footage goes elsewhere", permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[Volume]) -> None:
        self._switch(request, queryset, is_enabled=False)

    def _switch(self, request: HttpRequest, queryset: QuerySet[Volume], *, is_enabled: bool) -> None:
        word = "enabled" if is_enabled else "disabled"

        def switch(volume: Volume) -> str:
            changed = Volume.objects.filter(pk=volume.pk, is_enabled=not is_enabled).update(is_enabled=is_enabled)
            return word if changed else f"{word} already"

        do_each(request, queryset, switch)
