"""Bodies in JSON as RFC 8259 has them, before anything else looks: what Python reads beyond that is the sender's mistake, not ours."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

# Nothing here is nested deeper than a week's hours in a rule's settings.
DEEPEST = 64


class BoundedJsonParser(JSONParser):
    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        try:
            found: dict[str, Any] = super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("JSON parse error - nested too deeply") from error
        for value, depth in _inside(found):
            if depth > DEEPEST:
                raise ParseError(f"JSON parse error - nested more than {DEEPEST} deep")
            if isinstance(value, float) and not math.isfinite(value):
                raise ParseError("JSON parse error - a number beyond all bounds")
            if isinstance(value, str) and not _is_text(value):
                raise ParseError("JSON parse error - half of a surrogate pair is no character")
        return found


def _inside(found: Any) -> Iterator[tuple[Any, int]]:
    """Everything that is in it, with how deep; no recursion, lest that be bounded too."""
    rest = [(found, 0)]
    while rest:
        value, depth = rest.pop()
        yield value, depth
        if isinstance(value, dict):
            rest.extend((part, depth + 1) for pair in value.items() for part in pair)
        elif isinstance(value, list):
            rest.extend((part, depth + 1) for part in value)


def _is_text(value: str) -> bool:
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
