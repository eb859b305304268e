"""A body in JSON has the types that the document says: REST framework would take 5 for a text, "yes" for true and "7" for a number.

What guesses is an API whose mistakes are found late: a program that sends the name 007 as a number would get the name "7". Query strings
have no types, so nothing changes for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import QueryDict
from rest_framework import serializers

_Reader = Callable[[Any, Any], Any]


def be_strict() -> None:
    """For the whole process; once more does no harm."""
    for kind, is_right in _TYPES.items():
        if not hasattr(kind.to_internal_value, "is_strict"):
            kind.to_internal_value = _strictly(kind.to_internal_value, is_right)


def _strictly(read: _Reader, is_right: Callable[[Any], bool]) -> _Reader:
    def to_internal_value(field: Any, data: Any) -> Any:
        body = getattr(field.root, "initial_data", None)
        if body is not None and not isinstance(body, QueryDict) and not is_right(data):
            raise serializers.ValidationError(field.error_messages["invalid"].format(input=data), code="invalid")
        return read(field, data)

    to_internal_value.is_strict = True  # type: ignore[attr-defined]
    return to_internal_value


def _is_number(data: Any) -> bool:
    return isinstance(data, int | float) and not isinstance(data, bool)


_TYPES: dict[Any, Callable[[Any], bool]] = {
    serializers.CharField: lambda data: isinstance(data, str),
    serializers.BooleanField: lambda data: isinstance(data, bool) or data is None,
    serializers.IntegerField: _is_number,
    serializers.FloatField: _is_number,
}
