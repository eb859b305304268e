from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Sum
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.safestring import SafeString

from recordings.admin.sizes import GigabytesField, to_bytes, to_gigabytes
from recordings.models import Volume
from recordings.services.storage import disk_bytes
from recordings.services.volumes import check_path, claim

if TYPE_CHECKING:
    _VolumeForm = forms.ModelForm[Volume]
    _VolumeAdmin = admin.ModelAdmin[Volume]
else:
    _VolumeForm = forms.ModelForm
    _VolumeAdmin = admin.ModelAdmin


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
class VolumeAdmin(_VolumeAdmin):
    form = VolumeForm
    list_display = ("name", "path", "is_enabled", "now", "footage", "free", "position")
    ordering = ("position", "name")

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

    @admin.display(description="now")
    def now(self, volume: Volume) -> SafeString:
        kind = {"ok": "live", "failed": "down"}.get(volume.state, "connecting")
        return format_html('<span class="camera-state camera-state-{}">{} {}</span>', kind, volume.state, volume.state_reason)

    @admin.display(description="footage")
    def footage(self, volume: Volume) -> str:
        return filesizeformat(volume.segments.aggregate(size=Sum("size_bytes"))["size"] or 0)

    @admin.display(description="disk")
    def free(self, volume: Volume) -> str:
        size_bytes = disk_bytes(volume.path)
        return "not there" if size_bytes is None else filesizeformat(size_bytes)

    class Media:
        css = {"all": ["css/admin-cameras.css"]}  # noqa: RUF012  # as Django reads it
