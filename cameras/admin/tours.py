"""Tours: presets one after the other. Changed by cameras.control.tours, as on the camera's page; who runs them looks every second."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from cameras.addresses import check_name
from cameras.admin.downloads import DOWNLOADS, Downloadable
from cameras.admin.filters import CameraFilter
from cameras.admin.hours import WeekField
from cameras.admin.links import badge
from cameras.admin.outcomes import do_each
from cameras.admin.rights import OfCamera
from cameras.control import tours
from cameras.control.tours import MOST_STOPS, MOST_TOURS, SHORTEST_DWELL_S, StopWish
from cameras.models import Action, Preset, Tour, TourStop
from cameras.permissions import cameras_for

if TYPE_CHECKING:
    _TourForm = forms.ModelForm[Tour]
    _StopForm = forms.ModelForm[TourStop]
    _StopFormSet = forms.BaseInlineFormSet[TourStop, Tour, forms.ModelForm[TourStop]]
    _StopInline = admin.TabularInline[TourStop, Tour]
else:
    _TourForm = _StopForm = forms.ModelForm
    _StopFormSet = forms.BaseInlineFormSet
    _StopInline = admin.TabularInline

_COLOURS = {Tour.State.RUNNING: "live", Tour.State.PAUSED: "connecting", Tour.State.WAITING: "connecting", Tour.State.FAILING: "down"}


class TourForm(_TourForm):
    schedule = WeekField(
        label="Hours", empty="not then", help_text="08:00-12:00, 13:00-18:00; past midnight 22:00-06:00. All days empty: always."
    )

    class Meta:
        model = Tour
        fields = ("camera", "name", "resume_after_s", "schedule")
        labels: ClassVar = {"resume_after_s": "Goes on after (s)"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "resume_after_s" in self.fields:
            self.fields["resume_after_s"].validators += [MinValueValidator(0), MaxValueValidator(3600)]

    def clean_name(self) -> str:
        try:
            return check_name(self.cleaned_data["name"])
        except ValidationError as error:
            raise ValidationError(error.messages) from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        camera = cleaned.get("camera") or (self.instance.camera if self.instance.pk else None)
        if camera is None:
            return cleaned
        others = camera.tours.exclude(pk=self.instance.pk)
        if others.filter(name=cleaned.get("name")).exists():
            self.add_error("name", f"there is already a tour called “{cleaned['name']}”")
        if not self.instance.pk and others.count() >= MOST_TOURS:
            self.add_error("camera", f"this camera has {MOST_TOURS} tours already; delete one")
        return cleaned


class StopForm(_StopForm):
    dwell_s = forms.IntegerField(label="Stays for (s)", min_value=SHORTEST_DWELL_S, max_value=86_400, initial=15)
    speed = forms.FloatField(
        label="Speed", required=False, min_value=0, max_value=1, help_text="Part of the fastest, 0 to 1. Empty: the camera's."
    )

    class Meta:
        model = TourStop
        fields = ("preset", "dwell_s", "speed", "position")


class StopFormSet(_StopFormSet):
    def clean(self) -> None:
        super().clean()
        camera_id = self.instance.camera_id
        for form in self.kept():
            preset = form.cleaned_data["preset"]
            if camera_id and preset.camera_id != camera_id:
                form.add_error("preset", f"“{preset.name}” is a preset of another camera, {preset.camera}")

    def kept(self) -> list[forms.ModelForm[TourStop]]:
        filled = [form for form in self.forms if form.cleaned_data.get("preset")]
        kept = [form for form in filled if not form.cleaned_data.get("DELETE")]
        return sorted(kept, key=lambda form: form.cleaned_data.get("position") or 0)

    def wishes(self) -> list[StopWish]:
        """As they are to be, in their order."""
        given = [form.cleaned_data for form in self.kept()]
        return [StopWish(stop["preset"].pk, stop["dwell_s"], stop.get("speed")) for stop in given]

    def save(self, commit: bool = True) -> list[TourStop]:
        """The service writes them, all at once; here is what Django's history asks for."""
        self.new_objects = []
        self.changed_objects = [(form.instance, form.changed_data) for form in self.initial_forms if form.has_changed()]
        self.deleted_objects = []
        if self.has_changed():
            tours.change_tour(self.instance, stops=self.wishes())
        return []


class StopInline(_StopInline):
    model = TourStop
    form = StopForm
    formset = StopFormSet
    fields = ("position", "preset", "dwell_s", "speed")
    extra = 3
    max_num = MOST_STOPS
    verbose_name_plural = "stops, smallest position first"
    camera_id: int | None = None

    def get_formset(self, request: HttpRequest, obj: Tour | None = None, **kwargs: Any) -> Any:
        self.camera_id = None if obj is None else obj.camera_id
        return super().get_formset(request, obj, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[TourStop]:
        return super().get_queryset(request).select_related("preset__camera")

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "preset":
            mine = Preset.objects.filter(is_hidden=False, camera__in=cameras_for(request.user, Action.CONFIGURE)).select_related("camera")
            kwargs["queryset"] = mine if self.camera_id is None else mine.filter(camera_id=self.camera_id)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)

    def _may(self, request: HttpRequest, tour: Tour | None) -> bool:
        return tour is None or cameras_for(request.user, Action.CONFIGURE).filter(pk=tour.camera_id).exists()


@admin.register(Tour)
class TourAdmin(Downloadable, OfCamera):
    form = TourForm
    inlines = (StopInline,)
    list_display = ("name", "camera", "now", "stop_count", "resume_after_s")
    list_filter = (CameraFilter, "state")
    search_fields = ("name", "camera__name")
    ordering = ("camera__position", "camera__name", "name")
    actions = ("start", "stop", *DOWNLOADS)
    columns: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "camera": lambda tour: tour.camera.name,
        "name": lambda tour: tour.name,
        "is_on": lambda tour: tour.is_on,
        "state": lambda tour: tour.state,
        "state_reason": lambda tour: tour.state_reason,
        "schedule": lambda tour: tour.schedule,
        "resume_after_s": lambda tour: tour.resume_after_s,
        "stops": lambda tour: [{"preset": stop.preset.name, "dwell_s": stop.dwell_s, "speed": stop.speed} for stop in tour.stops.all()],
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tour]:
        return super().get_queryset(request).prefetch_related("stops__preset")

    def get_fields(self, request: HttpRequest, obj: Tour | None = None) -> Any:
        fields = ["camera", "name", "resume_after_s", "schedule"]
        return fields if obj is None else [*fields, "now"]

    def get_readonly_fields(self, request: HttpRequest, obj: Tour | None = None) -> Any:
        return () if obj is None else ("camera", "now")

    def save_model(self, request: HttpRequest, obj: Tour, form: Any, change: bool) -> None:
        given = form.cleaned_data
        tours.change_tour(obj, name=given["name"], schedule=given["schedule"], resume_after_s=given["resume_after_s"])

    def delete_model(self, request: HttpRequest, obj: Tour) -> None:
        tours.remove_tour(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Tour]) -> None:
        for tour in queryset:
            tours.remove_tour(tour)

    @admin.display(description="now", ordering="state")
    def now(self, tour: Tour) -> SafeString:
        words = tour.get_state_display()
        return badge(_COLOURS.get(Tour.State(tour.state), "off"), f"{words}: {tour.state_reason}" if tour.state_reason else words)

    @admin.display(description="stops")
    def stop_count(self, tour: Tour) -> int:
        return len(tour.stops.all())

    @admin.action(description="Start selected tours", permissions=["change"])
    def start(self, request: HttpRequest, queryset: QuerySet[Tour]) -> None:
        def begin(tour: Tour) -> str:
            if tour.is_on:
                return "on already"
            tours.start(tour)
            return "started"

        do_each(request, self.mine(request, queryset), begin)

    @admin.action(description="Stop selected tours", permissions=["change"])
    def stop(self, request: HttpRequest, queryset: QuerySet[Tour]) -> None:
        def end(tour: Tour) -> str:
            if not tour.is_on:
                return "off already"
            tours.stop(tour)
            return "stopped"

        do_each(request, self.mine(request, queryset), end)
