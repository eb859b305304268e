"""Moments and windows as the API takes them: milliseconds since 1970, or ISO 8601 with an offset."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers

from cameras.models import Stream
from recordings.rules.spans import Span

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MS = 253_402_300_799_999  # the end of the year 9999
_FORMS = "give milliseconds since 1970, or ISO 8601 with an offset, as in 2026-11-22T10:00:00+01:00"
# A "+" that was not percent-encoded arrives as a space.
_LOST_PLUS = re.compile(r" (?=\d\d:?\d\d$)")
_MOMENT = {"oneOf": [{"type": "integer", "description": "milliseconds since 1970"}, {"type": "string", "format": "date-time"}]}


def _parameter(name: str, what: str) -> OpenApiParameter:
    return OpenApiParameter(name, _MOMENT, required=True, description=f"{what}: milliseconds since 1970, or ISO 8601 with an offset.")


START = _parameter("start", "Begin of the window")
END = _parameter("end", "End of the window, itself not in it")
ROLE = OpenApiParameter("role", str, enum=Stream.Role.values, default=Stream.Role.MAIN.value, description="Which stream.")


def parse_moment(given: object) -> int:
    """Milliseconds since 1970. Raises ValueError in words for the one who asked."""
    text = str(given).strip()
    if re.fullmatch(r"\d{1,15}", text):
        moment_ms = int(text)
    else:
        try:
            moment = datetime.fromisoformat(_LOST_PLUS.sub("+", text))
        except ValueError:
            raise ValueError(_FORMS) from None
        if moment.tzinfo is None:
            raise ValueError(f"the offset is missing; {_FORMS}")
        moment_ms = (moment - _EPOCH) // timedelta(milliseconds=1)
    if not 0 <= moment_ms <= _LAST_MS:
        raise ValueError("before 1970 or after 9999")
    return moment_ms


def window_of(query: Mapping[str, Any], *, longest_ms: int) -> Span:
    """`start` and `end` of a query string or a body. Raises ValidationError by field."""
    found: dict[str, int] = {}
    problems: dict[str, str] = {}
    for name in ("start", "end"):
        try:
            found[name] = parse_moment(query[name])
        except KeyError:
            problems[name] = _FORMS
        except ValueError as error:
            problems[name] = str(error)
    if problems:
        raise serializers.ValidationError(problems)
    return checked_window(Span(found["start"], found["end"]), longest_ms=longest_ms)


def checked_window(window: Span, *, longest_ms: int) -> Span:
    if window.length_ms <= 0:
        raise serializers.ValidationError({"end": "the end must come after the start"})
    if window.length_ms > longest_ms:
        raise serializers.ValidationError({"end": f"more than {_in_words(longest_ms)} after the start; ask in parts"})
    return window


def role_of(query: Mapping[str, Any]) -> str:
    role = str(query.get("role", Stream.Role.MAIN))
    if role not in Stream.Role.values:
        raise serializers.ValidationError({"role": f"one of {', '.join(Stream.Role.values)}"})
    return role


@extend_schema_field(_MOMENT)
class MomentField(serializers.Field[int, object, int, Any]):
    """For bodies and queries: what parse_moment takes, as milliseconds."""

    def get_value(self, dictionary: Mapping[Any, Any]) -> Any:
        """The inherited one takes an empty text in a query for nothing."""
        return dictionary.get(self.field_name, serializers.empty)

    def to_internal_value(self, data: object) -> int:
        try:
            return parse_moment(data)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error

    def to_representation(self, value: int) -> int:
        return value


def _in_words(length_ms: int) -> str:
    hours = length_ms // 3_600_000
    return f"{hours // 24} days" if hours % 24 == 0 and hours >= 24 else f"{hours} hours"
