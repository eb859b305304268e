"""A week's hours as people write them, a line per day: "08:00-12:00, 13:00-18:00". What an empty line means is for whoever uses it to say.

What hours may be is known to settings.NVR_SCHEDULE_READER.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def to_line(stored: Mapping[str, Any], weekday: int) -> str:
    return ", ".join("-".join(hours) for hours in stored.get(str(weekday), []))


def parse_line(text: str) -> list[list[str]]:
    """Raises ValueError with words for the person who typed it."""
    ranges = [[part.strip() for part in piece.replace("–", "-").split("-")] for piece in text.split(",") if piece.strip()]
    import_string(settings.NVR_SCHEDULE_READER)({"0": ranges})
    return ranges


class WeekWidget(forms.MultiWidget):
    template_name = "admin/week.html"

    def __init__(self, empty: str = "not recorded") -> None:
        super().__init__([forms.TextInput(attrs={"placeholder": empty}) for _ in WEEKDAYS])

    def decompress(self, value: Any) -> list[str]:
        return [to_line(value or {}, number) for number in range(len(WEEKDAYS))]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["days"] = list(zip(WEEKDAYS, context["widget"]["subwidgets"], strict=True))
        return context


class WeekField(forms.MultiValueField):
    """Cleans to what RecordingRule.schedule holds; `empty` says what a day without hours is."""

    widget = WeekWidget

    def __init__(self, *, empty: str = "not recorded", **kwargs: Any) -> None:
        fields = [forms.CharField(required=False) for _ in WEEKDAYS]
        super().__init__(fields=fields, widget=WeekWidget(empty), required=False, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> dict[str, list[list[str]]]:
        week, errors = {}, []
        for number, (name, line) in enumerate(zip(WEEKDAYS, data_list or [""] * len(WEEKDAYS), strict=True)):
            try:
                if ranges := parse_line(line):
                    week[str(number)] = ranges
            except ValueError as error:
                errors.append(f"{name}: {error}")
        if errors:
            raise ValidationError(errors)
        return week
