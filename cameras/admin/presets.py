"""Views of cameras that turn. New ones are made on the camera's page, where one sees what the camera sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cameras import events
from cameras.addresses import check_name
from cameras.admin.asking import CAMERA_FAILURES
from cameras.admin.downloads import DOWNLOADS, Downloadable
from cameras.admin.filters import CameraFilter
from cameras.admin.outcomes import do_each
from cameras.admin.rights import OfCamera, may_change_of
from cameras.control import presets
from cameras.models import Camera, Preset
from cameras.permissions import signed_in

if TYPE_CHECKING:
    _PresetForm = forms.ModelForm[Preset]
    _PresetFormSet = forms.BaseInlineFormSet[Preset, Camera, forms.ModelForm[Preset]]
    _PresetInline = admin.TabularInline[Preset, Camera]
else:
    _PresetForm = forms.ModelForm
    _PresetFormSet = forms.BaseInlineFormSet
    _PresetInline = admin.TabularInline


class PresetForm(_PresetForm):
    """A name is the camera's only once among the presets that are shown."""

    class Meta:
        model = Preset
        fields = ("name", "position")

    def clean_name(self) -> str:
        try:
            name = check_name(self.cleaned_data["name"])
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        others = Preset.objects.filter(camera_id=self.instance.camera_id, name=name, is_hidden=False).exclude(pk=self.instance.pk)
        if others.exists():
            raise ValidationError(f"there is already a preset called “{name}”")
        return name


class PresetFormSet(_PresetFormSet):
    def clean(self) -> None:
        super().clean()
        names = [form.cleaned_data.get("name") for form in self.forms]
        if twice := {name for name in names if name and names.count(name) > 1}:
            raise ValidationError(f"There are two presets called “{min(twice)}”: give one of them another name.")

    def save(self, commit: bool = True) -> Any:
        saved = super().save(commit=commit)
        if self.changed_objects:
            camera = self.instance
            news = events.PresetsChanged(type="ptz.presets", camera=camera.slug)
            transaction.on_commit(lambda: events.publish(camera.pk, news))
        return saved


class PresetInline(_PresetInline):
    """Names and order; a view itself is made, stored again and deleted where the camera is asked."""

    model = Preset
    form = PresetForm
    formset = PresetFormSet
    extra = 0
    can_delete = False
    fields = ("name", "position", "picture")
    readonly_fields = ("picture",)
    show_change_link = True
    verbose_name_plural = "presets"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Preset]:
        return super().get_queryset(request).select_related("camera").filter(is_hidden=False)

    @admin.display(description="picture")
    def picture(self, preset: Preset) -> SafeString | str:
        return picture_of(preset)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_change_of(request, obj)


@admin.register(Preset)
class PresetAdmin(Downloadable, OfCamera):
    form = PresetForm
    list_display = ("name", "camera", "position", "picture", "device_name")
    list_filter = (CameraFilter,)
    search_fields = ("name", "device_name", "camera__name")
    ordering = ("camera__position", "camera__name", "position", "pk")
    fields = ("camera", "name", "position", "device_name", "picture")
    readonly_fields = ("camera", "device_name", "picture")
    actions = ("go_there", "store_here", "take_pictures", "ask_cameras", "delete_on_camera", *DOWNLOADS)
    columns: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "camera": lambda preset: preset.camera.name,
        "name": lambda preset: preset.name,
        "position": lambda preset: preset.position,
        "name_on_camera": lambda preset: preset.device_name,
        "token": lambda preset: preset.token,
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Preset]:
        return super().get_queryset(request).filter(is_hidden=False)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It is deleted on the camera too, which may refuse: an action that says what came of it."""
        return False

    def save_model(self, request: HttpRequest, obj: Preset, form: Any, change: bool) -> None:
        if "position" in form.changed_data:
            obj.save(update_fields=["position"])
        presets.rename(obj, name=obj.name)

    @admin.display(description="picture")
    def picture(self, preset: Preset) -> SafeString | str:
        return picture_of(preset)

    @admin.action(description="Turn the camera there", permissions=["change"])
    def go_there(self, request: HttpRequest, queryset: QuerySet[Preset]) -> None:
        def go(preset: Preset) -> str:
            presets.go(preset, signed_in(request.user))
            return "the camera turns to"

        do_each(request, self.mine(request, queryset), go, failures=CAMERA_FAILURES)

    @admin.action(description="Store again, as what the camera sees now", permissions=["change"])
    def store_here(self, request: HttpRequest, queryset: QuerySet[Preset]) -> None:
        if queryset.count() > 1:
            messages.error(request, "Choose one preset: several would all become the same view.")
            return

        def store(preset: Preset) -> str:
            presets.store_again(preset, signed_in(request.user))
            return "stored as what the camera sees now"

        do_each(request, self.mine(request, queryset), store, failures=CAMERA_FAILURES)

    @admin.action(description="Take the picture of where the camera looks now", permissions=["change"])
    def take_pictures(self, request: HttpRequest, queryset: QuerySet[Preset]) -> None:
        do_each(
            request,
            self.mine(request, queryset),
            lambda preset: "picture taken" if presets.take_picture(preset) else "there is no picture to be had",
        )

    @admin.action(description="Ask the cameras which presets they have", permissions=["change"])
    def ask_cameras(self, request: HttpRequest, queryset: QuerySet[Preset]) -> None:
        def ask(camera: Camera) -> str:
            return f"{len(presets.sync(camera))} presets"

        do_each(
            request, {preset.camera_id: preset.camera for preset in self.mine(request, queryset)}.values(), ask, failures=CAMERA_FAILURES
        )

    @admin.action(description="Delete selected presets, on their cameras too", permissions=["change"])
    def delete_on_camera(self, request: HttpRequest, queryset: QuerySet[Preset]) -> None:
        def delete(preset: Preset) -> str:
            presets.remove(preset, signed_in(request.user))
            return "deleted"

        do_each(request, self.mine(request, queryset), delete, failures=CAMERA_FAILURES)


def picture_of(preset: Preset) -> SafeString | str:
    if preset.picture_at is None:
        return "none yet"
    address = reverse("api:ptz-preset-picture", args=[preset.camera.slug, preset.pk])
    return format_html('<img class="preset-picture" src="{}?v={}" alt="" loading="lazy">', address, int(preset.picture_at.timestamp()))
