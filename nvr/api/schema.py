"""What the generated OpenAPI document can't see by itself: every operation may answer with a problem."""

from __future__ import annotations

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


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    answer = {"description": "A problem", "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"].setdefault("default", answer)
    return result
