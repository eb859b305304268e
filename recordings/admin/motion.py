"""What counts as motion, and the zones. Saved by the service that the camera's page of motion saves by; the detector reads both anew for
each batch of footage. Zones are drawn on that page, on the picture; here they are named, switched and deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cameras.admin.downloads import DOWNLOADS, Downloadable
from cameras.admin.filters import CameraFilter
from cameras.admin.hours import WeekField
from cameras.admin.links import badge
from cameras.admin.rights import OfCamera
from cameras.models import Camera
from cameras.permissions import signed_in
from recordings.models import MotionRule, Zone
from recordings.services.motion import zones_of
from recordings.services.motion_settings import drafted_rule, save_motion
from recordings.services.motion_zones import drawn_zones

if TYPE_CHECKING:
    _RuleForm = forms.ModelForm[MotionRule]
    _ZoneForm = forms.ModelForm[Zone]
else:
    _RuleForm = _ZoneForm = forms.ModelForm


class MotionRuleForm(_RuleForm):
    schedule = WeekField(
        label="Hours", empty="not then", help_text="08:00-12:00, 13:00-18:00; past midnight 22:00-06:00. All days empty: always."
    )
    time_zone = forms.ChoiceField(choices=[(name, name) for name in sorted(available_timezones())], help_text="Of these hours.")

    class Meta:
        model = MotionRule
        fields = "__all__"  # what is not for people is not editable
        labels: ClassVar = {
            "smallest_percent": "Smallest (% of the picture)",
            "shortest_ms": "Shortest (ms)",
            "ends_after_s": "Ends after rest of (s)",
            "pre_roll_s": "Footage before (s)",
            "post_roll_s": "Footage after (s)",
            "analyses_per_s": "Looks a second",
        }
        help_texts: ClassVar = {"sensitivity": "1 to 100; more finds more."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.initial["time_zone"] = settings.TIME_ZONE

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            changes = {name: value for name, value in cleaned.items() if name != "camera" and name in self.named()}
            try:
                drafted_rule(self.instance, changes)
            except ValidationError as error:
                self.add_error(None, error)
        return cleaned

    def named(self) -> list[str]:
        """All of a new rule; of one there is, what was changed."""
        names = list(self.fields) if self.instance._state.adding else self.changed_data
        return [name for name in names if name != "camera"]


@admin.register(MotionRule)
class MotionRuleAdmin(Downloadable, OfCamera):
    form = MotionRuleForm
    list_display = ("camera", "watched", "sensitivity", "smallest_percent", "shortest_ms", "hours", "finds_objects", "page")
    list_display_links = ("camera",)
    list_filter = (CameraFilter, "camera__detects_motion", "finds_objects")
    search_fields = ("camera__name",)
    ordering = ("camera__position", "camera__name")
    actions = DOWNLOADS
    columns: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "camera": lambda rule: rule.camera.name,
        "detects_motion": lambda rule: rule.camera.detects_motion,
        "sensitivity": lambda rule: rule.sensitivity,
        "smallest_percent": lambda rule: rule.smallest_percent,
        "shortest_ms": lambda rule: rule.shortest_ms,
        "ends_after_s": lambda rule: rule.ends_after_s,
        "pre_roll_s": lambda rule: rule.pre_roll_s,
        "post_roll_s": lambda rule: rule.post_roll_s,
        "analyses_per_s": lambda rule: rule.analyses_per_s,
        "schedule": lambda rule: rule.schedule,
        "time_zone": lambda rule: rule.time_zone,
        "finds_objects": lambda rule: rule.finds_objects,
    }

    def get_readonly_fields(self, request: HttpRequest, obj: MotionRule | None = None) -> Any:
        return () if obj is None else ("camera", "watched", "page")

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "camera":
            field.queryset = field.queryset.filter(motion_rule__isnull=True)
            field.help_text = "Those that are watched by the usual settings so far."
        return field

    def save_model(self, request: HttpRequest, obj: MotionRule, form: Any, change: bool) -> None:
        save_motion(obj.camera, by=signed_in(request.user), rule=obj, changed=form.named())
        obj.pk = MotionRule.objects.values_list("pk", flat=True).get(camera=obj.camera)

    @admin.display(description="watched", boolean=True, ordering="camera__detects_motion")
    def watched(self, rule: MotionRule) -> bool:
        return rule.camera.detects_motion

    @admin.display(description="hours")
    def hours(self, rule: MotionRule) -> str:
        return f"by schedule, {rule.time_zone}" if rule.schedule else "always"

    @admin.display(description="zones, and trying settings")
    def page(self, rule: MotionRule) -> SafeString:
        return motion_page(rule.camera)


class ZoneForm(_ZoneForm):
    class Meta:
        model = Zone
        fields = ("name", "kind", "sensitivity")

    def clean(self) -> dict[str, Any]:
        """As the page's service checks what was drawn."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        zone, others = self.instance, Zone.objects.filter(camera_id=self.instance.camera_id).exclude(pk=self.instance.pk)
        if cleaned["name"].strip().casefold() in {name.casefold() for name in others.values_list("name", flat=True)}:
            self.add_error("name", f"there is already a zone called “{cleaned['name']}”: events are told by these names")
            return cleaned
        try:
            [drawn] = drawn_zones(zone.camera, [{**cleaned, "id": zone.pk, "points": zone.points}])
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                field = name.rpartition(".")[2]
                self.add_error(field if field in self.fields else None, messages)
            return cleaned
        return {**cleaned, "name": drawn.name}


@admin.register(Zone)
class ZoneAdmin(Downloadable, OfCamera):
    form = ZoneForm
    list_display = ("name", "camera", "kind_now", "sensitivity", "shape", "page")
    list_filter = (CameraFilter, "kind")
    search_fields = ("name", "camera__name")
    ordering = ("camera__position", "camera__name", "name")
    fields = ("camera", "name", "kind", "sensitivity", "shape", "page")
    readonly_fields = ("camera", "shape", "page")
    actions = ("delete_selected", *DOWNLOADS)
    columns: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "camera": lambda zone: zone.camera.name,
        "name": lambda zone: zone.name,
        "kind": lambda zone: zone.kind,
        "sensitivity": lambda zone: zone.sensitivity,
        "points": lambda zone: zone.points,
    }

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A zone is drawn, on the camera's page of motion."""
        return False

    def save_model(self, request: HttpRequest, obj: Zone, form: Any, change: bool) -> None:
        zones = [obj if zone.pk == obj.pk else zone for zone in zones_of(obj.camera)]
        save_motion(obj.camera, by=signed_in(request.user), zones=zones)

    def delete_model(self, request: HttpRequest, obj: Zone) -> None:
        self._remove(request, obj.camera, [obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Zone]) -> None:
        by_camera: dict[Camera, list[Zone]] = {}
        for zone in queryset:
            by_camera.setdefault(zone.camera, []).append(zone)
        for camera, zones in by_camera.items():
            self._remove(request, camera, zones)

    def _remove(self, request: HttpRequest, camera: Camera, zones: Iterable[Zone]) -> None:
        gone = {zone.pk for zone in zones}
        save_motion(camera, by=signed_in(request.user), zones=[zone for zone in zones_of(camera) if zone.pk not in gone])

    @admin.display(description="kind", ordering="kind")
    def kind_now(self, zone: Zone) -> SafeString:
        return badge("live" if zone.kind == Zone.Kind.WATCH else "down", zone.get_kind_display())

    @admin.display(description="where in the picture")
    def shape(self, zone: Zone) -> SafeString | str:
        try:
            points = " ".join(f"{float(x):.4f},{float(y):.4f}" for x, y in zone.points)
        except (TypeError, ValueError):
            return "its corners can't be read: draw it again"
        # Stretched to the form of a picture, whatever that of the camera's is.
        picture = (
            '<svg class="zone-shape {}" viewBox="0 0 1 1" preserveAspectRatio="none" role="img" aria-label="{}">'
            '<polygon points="{}"/></svg>'
        )
        return format_html(picture, zone.kind, f"Shape of {zone.name}", points)

    @admin.display(description="draw")
    def page(self, zone: Zone) -> SafeString:
        return motion_page(zone.camera)


def motion_page(camera: Camera) -> SafeString:
    address = reverse("pages:motion", args=[camera.slug])
    return format_html('<a href="{}">Motion and zones<span class="visually-hidden"> of {}</span></a>', address, camera.name)
