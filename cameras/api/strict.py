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
    for kind, (is_right, code) in _TYPES.items():
        if not hasattr(kind.to_internal_value, "is_strict"):
            kind.to_internal_value = _strictly(kind.to_internal_value, is_right, code)


def _strictly(read: _Reader, is_right: Callable[[Any], bool], code: str) -> _Reader:
    def to_internal_value(field: Any, data: Any) -> Any:
        body = getattr(field.root, "initial_data", None)
        if body is not None and not isinstance(body, QueryDict) and not is_right(data):
            message = field.error_messages[code].format(input=data, input_type=type(data).__name__)
            raise serializers.ValidationError(message, code=code)
        return read(field, data)

    to_internal_value.is_strict = True  # type: ignore[attr-defined]
    return to_internal_value


def _is_number(data: Any) -> bool:
    return isinstance(data, int | float) and not isinstance(data, bool)


# And the message of the field's own that says so.
_TYPES: dict[Any, tuple[Callable[[Any], bool], str]] = {
    serializers.CharField: (lambda data: isinstance(data, str), "invalid"),
    serializers.BooleanField: (lambda data: isinstance(data, bool) or data is None, "invalid"),
    serializers.IntegerField: (_is_number, "invalid"),
    serializers.FloatField: (_is_number, "invalid"),
    serializers.ManyRelatedField: (lambda data: isinstance(data, list), "not_a_list"),
}
