"""Who is told of what, and when. With the API's limits: a rule is about cameras that its owner may see, and tells by their channels."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from cameras.admin.downloads import DOWNLOADS, Downloadable, moment
from cameras.admin.hours import WeekField
from cameras.admin.outcomes import do_each
from cameras.permissions import cameras_for, signed_in
from recordings.admin.owned import Owned
from recordings.models import Event, NotifyChannel, NotifyRule
from recordings.rules.days import DAY_MS
from recordings.rules.schedule import parse_schedule, to_stored
from recordings.services.notices.mutes import mute_rule

if TYPE_CHECKING:
    _RuleForm = forms.ModelForm[NotifyRule]
else:
    _RuleForm = forms.ModelForm

_MOST_RULES, _MOST_NAMES = 100, 50
# What is about the installation is for staff.
_FOR_STAFF = {Event.Kind.STORAGE, Event.Kind.NODE}


class NamesField(forms.CharField):
    """Several names in one line, with commas between them; a list in the row."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        names = list(dict.fromkeys(name.strip() for name in str(super().clean(value) or "").split(",") if name.strip()))
        if len(names) > _MOST_NAMES:
            raise ValidationError(f"at most {_MOST_NAMES} names")
        if too_long := [name for name in names if len(name) > 60]:
            raise ValidationError(f"“{too_long[0][:20]}…” is longer than 60 characters")
        return names

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial or []), data)


class NotifyRuleForm(_RuleForm):
    """`by` is set by the admin."""

    by: ClassVar[AbstractBaseUser]

    kinds = forms.MultipleChoiceField(choices=Event.Kind.choices, widget=forms.CheckboxSelectMultiple, label="Tells of")
    zones = NamesField(required=False, help_text="Names of zones, with commas between them. Empty: anywhere.")
    labels = NamesField(required=False, help_text="What was found, as in person, car. Empty: anything.")
    schedule = WeekField(
        label="Hours", empty="not then", help_text="08:00-12:00, 13:00-18:00; past midnight 22:00-06:00. All days empty: always."
    )
    time_zone = forms.ChoiceField(choices=[(name, name) for name in sorted(available_timezones())], help_text="Of these hours.")

    class Meta:
        model = NotifyRule
        fields = (
            *("owner", "name", "is_enabled", "kinds", "is_all_cameras", "cameras", "zones", "labels", "min_score", "tells_end", "channels"),
            *("schedule", "time_zone", "every_s", "group_s"),
        )
        widgets: ClassVar = {"cameras": forms.CheckboxSelectMultiple, "channels": forms.CheckboxSelectMultiple}
        labels: ClassVar = {
            "is_enabled": "Enabled",
            "is_all_cameras": "All cameras",
            "tells_end": "Tells the end, too",
            "every_s": "At most every (s)",
            "group_s": "Gathers for (s)",
            "min_score": "Least strength",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "name" not in self.fields:
            return  # for a look only
        if self.instance._state.adding:
            self.initial["time_zone"] = settings.TIME_ZONE
        owner = self.instance.owner if self.instance.pk else None
        mine = NotifyChannel.objects.select_related("owner").order_by("owner__username", "name")
        whose = owner or self.by
        is_choosing = owner is None and "owner" in self.fields
        self._field("cameras").queryset = cameras_for(whose)
        self._field("channels").queryset = mine if is_choosing else mine.filter(owner_id=whose.pk)
        if is_choosing:
            self._field("channels").label_from_instance = lambda channel: f"{channel.name} ({channel.owner})"

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        owner = self.instance.owner if self.instance.pk else cleaned.get("owner", self.by)
        if self.errors:
            return cleaned
        for field, problem in self._problems(owner, cleaned):
            self.add_error(field, problem)
        cleaned["schedule"] = to_stored(parse_schedule(cleaned["schedule"]))
        return cleaned

    def _problems(self, owner: Any, cleaned: dict[str, Any]) -> list[tuple[str, str]]:
        found = []
        if not owner.is_staff and _FOR_STAFF & set(cleaned["kinds"]):
            found.append(("kinds", f"storage and recorders are the concern of staff, and {owner} is not"))
        if not cleaned["is_all_cameras"] and not cleaned["cameras"]:
            found.append(("cameras", "choose cameras, or all of them"))
        seen = set(cameras_for(owner).values_list("pk", flat=True))
        if hidden := [camera.name for camera in cleaned["cameras"] if camera.pk not in seen]:
            found.append(("cameras", f"{owner} may not see {', '.join(hidden)}"))
        if others := [channel.name for channel in cleaned["channels"] if channel.owner_id != owner.pk]:
            found.append(("channels", f"not a channel of {owner}: {', '.join(others)}"))
        if not self.instance.pk and NotifyRule.objects.filter(owner=owner).count() >= _MOST_RULES:
            found.append(("name", f"{owner} has {_MOST_RULES} rules already"))
        return found


@admin.register(NotifyRule)
class NotifyRuleAdmin(Downloadable, Owned):
    form = NotifyRuleForm
    list_display = ("name", "owner", "is_enabled", "what", "where", "by_which", "muted_until")
    list_filter = ("is_enabled", "is_all_cameras")
    search_fields = ("name", "owner__username", "channels__name", "cameras__name")
    list_select_related = ("owner",)
    actions = ("enable", "disable", "mute_for_a_day", "unmute", *DOWNLOADS)
    columns: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "name": lambda rule: rule.name,
        "owner": lambda rule: rule.owner,
        "is_enabled": lambda rule: rule.is_enabled,
        "kinds": lambda rule: rule.kinds,
        "cameras": lambda rule: "all" if rule.is_all_cameras else [camera.name for camera in rule.cameras.all()],
        "zones": lambda rule: rule.zones,
        "labels": lambda rule: rule.labels,
        "min_score": lambda rule: rule.min_score,
        "tells_end": lambda rule: rule.tells_end,
        "schedule": lambda rule: rule.schedule,
        "time_zone": lambda rule: rule.time_zone,
        "every_s": lambda rule: rule.every_s,
        "group_s": lambda rule: rule.group_s,
        "channels": lambda rule: [channel.name for channel in rule.channels.all()],
        "muted_until": lambda rule: moment(rule.muted_until_ms or None),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[NotifyRule]:
        rows: QuerySet[NotifyRule] = super().get_queryset(request)
        return rows.prefetch_related("cameras", "channels")

    def get_form(self, request: HttpRequest, obj: NotifyRule | None = None, change: bool = False, **kwargs: Any) -> Any:
        return type("RuleFormOfRequest", (super().get_form(request, obj, change, **kwargs),), {"by": signed_in(request.user)})

    def get_fields(self, request: HttpRequest, obj: NotifyRule | None = None) -> Any:
        named = list(NotifyRuleForm.Meta.fields)
        if obj is None and not request.user.is_superuser:
            named.remove("owner")
        return named if obj is None else [*named, "muted_until"]

    def get_readonly_fields(self, request: HttpRequest, obj: NotifyRule | None = None) -> Any:
        return () if obj is None else ("owner", "muted_until")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"owner": request.user.pk, "is_enabled": True, "tells_end": True, "is_all_cameras": True}

    def save_model(self, request: HttpRequest, obj: NotifyRule, form: Any, change: bool) -> None:
        if not change and "owner" not in form.cleaned_data:
            obj.owner_id = signed_in(request.user).pk
        obj.save()

    @admin.display(description="tells of")
    def what(self, rule: NotifyRule) -> str:
        names = dict(Event.Kind.choices)
        return ", ".join(str(names.get(kind, kind)) for kind in rule.kinds)

    @admin.display(description="cameras")
    def where(self, rule: NotifyRule) -> str:
        return "all" if rule.is_all_cameras else ", ".join(camera.name for camera in rule.cameras.all()) or "none any more"

    @admin.display(description="by")
    def by_which(self, rule: NotifyRule) -> str:
        return ", ".join(channel.name for channel in rule.channels.all()) or "no channel"

    @admin.display(description="muted until", ordering="muted_until_ms")
    def muted_until(self, rule: NotifyRule) -> Any:
        return moment(rule.muted_until_ms) if rule.muted_until_ms > _now_ms() else "not muted"

    @admin.action(description="Enable selected rules", permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[NotifyRule]) -> None:
        self._switch(request, queryset, is_enabled=True)

    @admin.action(description="Disable selected rules", permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[NotifyRule]) -> None:
        self._switch(request, queryset, is_enabled=False)

    @admin.action(description="Mute selected rules for a day", permissions=["change"])
    def mute_for_a_day(self, request: HttpRequest, queryset: QuerySet[NotifyRule]) -> None:
        def mute(rule: NotifyRule) -> str:
            mute_rule(rule, _now_ms() + DAY_MS)
            return "muted for a day"

        do_each(request, self.mine(request, queryset), mute)

    @admin.action(description="End the mute of selected rules", permissions=["change"])
    def unmute(self, request: HttpRequest, queryset: QuerySet[NotifyRule]) -> None:
        def end(rule: NotifyRule) -> str:
            if rule.muted_until_ms <= _now_ms():
                return "not muted"
            mute_rule(rule, 0)
            return "not muted any more"

        do_each(request, self.mine(request, queryset), end)

    def _switch(self, request: HttpRequest, queryset: QuerySet[NotifyRule], *, is_enabled: bool) -> None:
        word = "enabled" if is_enabled else "disabled"

        def switch(rule: NotifyRule) -> str:
            if rule.is_enabled == is_enabled:
                return f"{word} already"
            rule.is_enabled = is_enabled
            rule.save(update_fields=["is_enabled", "updated_at"])
            return word

        do_each(request, self.mine(request, queryset), switch)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
