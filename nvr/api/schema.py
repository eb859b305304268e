"""What the generated OpenAPI document can't see by itself: every operation may answer with a problem."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nvr.api.problems import CONTENT_TYPE

PROBLEM = {
    "type": "object",
    "description": "Problem details, RFC 9457.",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, in words."},
        "errors": {
            "type": "object",
            "description": "Refused input only: messages by field; an inner field is named with dots, as in streams.0.url.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
    "required": ["type", "title", "status", "detail"],
}


_MEANINGS = {
    "400": "Something is wrong with what was sent: `errors` says what, by field.",
    "401": "Who are you? The token is missing, wrong, expired or revoked.",
    "403": "You may not do that.",
    "404": "It is not there, or not yours to see.",
    "412": "It has changed since it was read.",
    "415": "The body is not application/json.",
}


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    for path, operations in result["paths"].items():
        for operation in operations.values():
            for status in _expected(path, operation):
                operation["responses"].setdefault(status, _problem(_MEANINGS[status]))
            operation["responses"].setdefault("default", _problem("Any other problem."))
    return result


def _expected(path: str, operation: dict[str, Any]) -> Iterator[str]:
    parameters = operation.get("parameters", [])
    if "requestBody" in operation or any(parameter["in"] == "query" for parameter in parameters):
        yield "400"
    if "requestBody" in operation:
        yield "415"
    if operation.get("security") != []:
        yield from ("401", "403")
    if "{" in path:
        yield "404"
    if any(parameter["name"] == "If-Match" for parameter in parameters):
        yield "412"


def _problem(meaning: str) -> dict[str, Any]:
    return {"description": meaning, "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
