from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest

from cameras.admin.camera import CameraAdmin
from cameras.admin.hours import WeekField
from cameras.admin.rights import may_change_of
from cameras.models import Camera
from recordings.admin.sizes import GigabytesField, to_bytes, to_gigabytes
from recordings.models import RecordingRule

if TYPE_CHECKING:
    _RuleForm = forms.ModelForm[RecordingRule]
    _RuleInline = admin.StackedInline[RecordingRule, Camera]
else:
    _RuleForm = forms.ModelForm
    _RuleInline = admin.StackedInline


class RecordingRuleForm(_RuleForm):
    keep_gigabytes = GigabytesField(required=False, label="Keep at most (GB)", help_text="The oldest goes first. Empty: no limit.")
    longest_segment_s = forms.IntegerField(label="Longest file (s)", min_value=5, max_value=60, initial=60)
    schedule = WeekField(
        label="Hours", help_text="08:00-12:00, 13:00-18:00; past midnight 22:00-06:00. Used when recording is “by schedule”."
    )
    time_zone = forms.ChoiceField(choices=[(name, name) for name in sorted(available_timezones())], help_text="Of these hours.")

    class Meta:
        model = RecordingRule
        fields = ("streams", "keep_days", "hold_minutes", "snapshot_every_s", "longest_segment_s", "schedule", "time_zone")
        labels = {"keep_days": "Keep for days", "hold_minutes": "Keep everything for (minutes)", "snapshot_every_s": "Snapshot every (s)"}  # noqa: RUF012  # as Django reads it
        help_texts = {  # noqa: RUF012
            "streams": "With motion detection the sub stream is recorded in any case: that is where motion is looked for.",
            "keep_days": "Older footage is deleted unless it is protected. Empty: until there is no more room.",
            "hold_minutes": "When recording is “on motion”: what is older stays only around motion, and where nobody could look for any.",
            "snapshot_every_s": "Keeps a picture every so many seconds. Empty: none.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.initial["time_zone"] = settings.TIME_ZONE
        self.initial["keep_gigabytes"] = to_gigabytes(self.instance.keep_bytes)

    def clean(self) -> dict[str, Any] | None:
        super().clean()
        cleaned = self.cleaned_data
        self.instance.keep_bytes = to_bytes(cleaned.get("keep_gigabytes"))
        return cleaned

    def has_changed(self) -> bool:
        """A new camera gets its rule even when nothing in it was touched: what one saw on the page is then what holds."""
        return self.instance._state.adding or super().has_changed()


class RecordingRuleInline(_RuleInline):
    model = RecordingRule
    form = RecordingRuleForm
    extra = 1
    max_num = 1
    can_delete = False
    verbose_name_plural = "recording"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        kept = ["streams", "keep_days", "keep_gigabytes", "hold_minutes", "snapshot_every_s", "longest_segment_s"]
        return [(None, {"fields": kept}), ("When, if by schedule", {"fields": ["schedule", "time_zone"], "classes": ["collapse"]})]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_change_of(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_change_of(request, obj)


CameraAdmin.further_inlines = (*CameraAdmin.further_inlines, RecordingRuleInline)
