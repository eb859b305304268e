"""How cameras are asked by ONVIF. Saving an address or a login asks the device, and keeps it when it answers; the API does the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from cameras.admin.asking import CAMERA_FAILURES, AsksCamera
from cameras.admin.downloads import DOWNLOADS, Downloadable
from cameras.admin.filters import CameraFilter
from cameras.admin.links import badge
from cameras.admin.outcomes import do_each
from cameras.admin.rights import OfCamera
from cameras.control import setup
from cameras.models import OnvifDevice
from cameras.onvif.errors import NotAuthorized, OnvifError
from cameras.stream_url import redact

if TYPE_CHECKING:
    _OnvifForm = forms.ModelForm[OnvifDevice]
else:
    _OnvifForm = forms.ModelForm

_COLOURS = {"listening": "live", "connecting": "connecting", "down": "down"}
_ASKED_WITH = ("address", "username", "password")
_INFORMATION = ("manufacturer", "model", "firmware", "serial_number", "hardware")
_ABILITIES = {
    "turns": "turns",
    "zooms": "zooms",
    "focuses": "focuses",
    "has_home": "has a home position",
    "moves_to": "goes to a position",
    "moves_by": "goes a step",
}


def _told(name: str) -> Callable[[OnvifDevice], str]:
    return lambda device: str(device.information.get(name, ""))


class OnvifForm(_OnvifForm):
    """Asks the device in clean(), when all else is well, so that what it says stands at the field it is about. `by` is set by the admin."""

    by: ClassVar[AbstractBaseUser]

    address = forms.CharField(
        required=False,
        max_length=300,
        help_text="192.168.1.20 or http://192.168.1.20:8000. Empty: looked for at the camera's own host, at the usual ports.",
    )
    username = forms.CharField(
        required=False,
        strip=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "vTextField"}),
        help_text="Empty: as for the camera's streams.",
    )
    password = forms.CharField(
        required=False,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password", "class": "vTextField"}),
    )
    home_after_s = forms.IntegerField(
        label="Home after (s)",
        min_value=0,
        max_value=86_400,
        initial=0,
        help_text="A camera that somebody moved goes back home then; 0: never.",
    )

    class Meta:
        model = OnvifDevice
        fields = ("camera", "address", "username", "takes_events", "home_after_s")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = "A password is stored. Leave this empty to keep it." if self.instance.password else "No password of its own is stored."
        self.fields["password"].help_text = stored
        self.initial.pop("password", None)

    def clean_home_after_s(self) -> int:
        seconds = int(self.cleaned_data["home_after_s"])
        if 0 < seconds < 10:
            raise ValidationError("at least 10 seconds, or 0 for never")
        return seconds

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        password = cleaned.pop("password", "") or None  # written by the service only
        camera = self.instance.camera if self.instance.pk else cleaned.get("camera")
        is_asked = not self.instance.pk or any(name in self.changed_data for name in _ASKED_WITH)
        if camera is None or self.errors or not is_asked:
            return cleaned
        try:
            self.instance = setup.connect_device(
                camera, address=cleaned["address"], username=cleaned["username"], password=password, by=self.by
            )
        except ValidationError as error:
            self.add_error(None, error)
        except NotAuthorized as error:
            self.add_error("password", str(error))
        except OnvifError as error:
            self.add_error("address", str(error))
        else:
            cleaned["address"] = self.instance.address
        return cleaned


@admin.register(OnvifDevice)
class OnvifDeviceAdmin(AsksCamera, Downloadable, OfCamera):
    form = OnvifForm
    list_display = ("camera", "device_model", "address", "now", "events_now", "takes_events", "home_after_s", "checked_at")
    list_display_links = ("camera",)
    list_filter = (CameraFilter, "takes_events", "events_state")
    search_fields = ("camera__name", "information", "failure")
    ordering = ("camera__position", "camera__name")
    actions = ("look_again", "take_events", "ignore_events", *DOWNLOADS)
    columns: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "camera": lambda device: device.camera.name,
        "address": lambda device: redact(device.address),
        "has_own_login": lambda device: bool(device.username),
        **{name: _told(name) for name in _INFORMATION},
        "takes_events": lambda device: device.takes_events,
        "events_state": lambda device: device.events_state,
        "home_after_s": lambda device: device.home_after_s,
        "clock_ahead_s": lambda device: device.clock_ahead_s,
        "failure": lambda device: device.failure,
        "checked_at": lambda device: device.checked_at,
    }

    def get_list_display(self, request: HttpRequest) -> Any:
        """Addresses are for who may change them."""
        return [name for name in self.list_display if name != "address" or self._sees_addresses(request)]

    def columns_for(self, request: HttpRequest) -> Any:
        return {name: read for name, read in self.columns.items() if name != "address" or self._sees_addresses(request)}

    def _sees_addresses(self, request: HttpRequest) -> bool:
        return request.user.is_superuser or not self._may_look(request)

    def get_fieldsets(self, request: HttpRequest, obj: OnvifDevice | None = None) -> Any:
        login = ["username", "password"]
        uses = ["takes_events", "home_after_s"]
        if obj is None:
            return [(None, {"fields": ["camera", "address"]}), ("Its login", {"fields": login}), ("What it is used for", {"fields": uses})]
        told = ["now", "device_model", "firmware", "abilities_now", "relays_now", "events_now", "clock", "checked_at"]
        if not self.has_change_permission(request, obj):
            return [(None, {"fields": ["camera", *uses]}), ("What it has told", {"fields": told})]
        ours = [
            (None, {"fields": ["camera", "address"]}),
            ("Its login", {"fields": login, "description": "Stored encrypted; the password is never shown."}),
        ]
        return [*ours, ("What it is used for", {"fields": uses}), ("What it has told", {"fields": told})]

    def get_readonly_fields(self, request: HttpRequest, obj: OnvifDevice | None = None) -> Any:
        told = ("now", "device_model", "firmware", "abilities_now", "relays_now", "events_now", "clock", "checked_at")
        return told if obj is None else ("camera", *told)

    def get_form(self, request: HttpRequest, obj: OnvifDevice | None = None, change: bool = False, **kwargs: Any) -> Any:
        return type("OnvifFormOfRequest", (super().get_form(request, obj, change, **kwargs),), {"by": request.user})

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "camera":
            field.queryset = field.queryset.filter(onvif__isnull=True)
            field.help_text = "Those that are not set up yet."
        return field

    def save_model(self, request: HttpRequest, obj: OnvifDevice, form: Any, change: bool) -> None:
        """Address and login are saved already, with what the device said to them."""
        obj.save(update_fields=["takes_events", "home_after_s", "updated_at"])

    def delete_model(self, request: HttpRequest, obj: OnvifDevice) -> None:
        setup.disconnect_device(obj.camera)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[OnvifDevice]) -> None:
        for device in queryset:
            setup.disconnect_device(device.camera)

    @admin.display(description="model")
    def device_model(self, device: OnvifDevice) -> str:
        return " ".join(str(device.information.get(name, "")) for name in ("manufacturer", "model")).strip() or "not known"

    @admin.display(description="firmware")
    def firmware(self, device: OnvifDevice) -> str:
        return str(device.information.get("firmware", "")) or "not known"

    @admin.display(description="answers", ordering="failure")
    def now(self, device: OnvifDevice) -> SafeString:
        return badge("down", device.failure) if device.failure else badge("live", "yes, when asked last")

    @admin.display(description="its own events")
    def events_now(self, device: OnvifDevice) -> SafeString:
        words = device.get_events_state_display()
        return badge(_COLOURS.get(device.events_state, "off"), f"{words}: {device.events_reason}" if device.events_reason else words)

    @admin.display(description="can")
    def abilities_now(self, device: OnvifDevice) -> str:
        able = [words for name, words in _ABILITIES.items() if device.abilities.get(name)]
        if most := device.abilities.get("most_presets"):
            able.append(f"keeps {most} presets")
        return ", ".join(able) or "can't be turned"

    @admin.display(description="outputs")
    def relays_now(self, device: OnvifDevice) -> str:
        return ", ".join(device.relays) or "none"

    @admin.display(description="its clock")
    def clock(self, device: OnvifDevice) -> str:
        if device.clock_ahead_s is None:
            return "not known"
        seconds = round(abs(device.clock_ahead_s))
        return "right" if seconds < 2 else f"{seconds} s {'ahead' if device.clock_ahead_s > 0 else 'behind'}"

    @admin.action(description="Ask selected devices again what they can", permissions=["change"])
    def look_again(self, request: HttpRequest, queryset: QuerySet[OnvifDevice]) -> None:
        def ask(device: OnvifDevice) -> str:
            setup.look_again(device)
            return "answers"

        do_each(request, self.mine(request, queryset), ask, failures=CAMERA_FAILURES)

    @admin.action(description="Take the events of selected devices", permissions=["change"])
    def take_events(self, request: HttpRequest, queryset: QuerySet[OnvifDevice]) -> None:
        self._switch_events(request, queryset, takes=True)

    @admin.action(description="Ignore the events of selected devices", permissions=["change"])
    def ignore_events(self, request: HttpRequest, queryset: QuerySet[OnvifDevice]) -> None:
        self._switch_events(request, queryset, takes=False)

    def _switch_events(self, request: HttpRequest, queryset: QuerySet[OnvifDevice], *, takes: bool) -> None:
        def switch(device: OnvifDevice) -> str:
            changed = OnvifDevice.objects.filter(pk=device.pk, takes_events=not takes).update(takes_events=takes, updated_at=timezone.now())
            word = "taken" if takes else "ignored"
            return f"events are {word}" if changed else f"events are {word} already"

        do_each(request, self.mine(request, queryset), switch)
