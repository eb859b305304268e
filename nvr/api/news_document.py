"""/ws/events/ as an AsyncAPI 3.0 document, made of the TypedDicts that its senders fill (cameras/events.py): it can't say anything else."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints, is_typeddict

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from cameras import events

_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    Any: {},
}
_ERROR = {
    "type": "object",
    "properties": {"type": {"const": "error"}, "code": {"type": "string"}, "message": {"type": "string"}},
    "required": ["type", "code", "message"],
}


@require_safe
def news_document(request: HttpRequest) -> JsonResponse:
    return JsonResponse(document())


def document() -> dict[str, Any]:
    messages = {name: _message(name, schema, what) for name, (schema, what) in _messages().items()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "NVR events",
            "version": settings.VERSION,
            "description": "What happens to the cameras you may view, as it happens. Nothing you send is read; ignore types that you don't "
            "know. Authentication and close codes are those of the live WebSocket.",
        },
        "channels": {
            "events": {"address": "/ws/events/", "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages}}
        },
        "operations": {"hear": {"action": "receive", "channel": {"$ref": "#/channels/events"}}},
        "components": {"messages": messages},
    }


def schemas_by_type() -> dict[str, dict[str, Any]]:
    """A JSON Schema for each `type` of message."""
    found: dict[str, dict[str, Any]] = {}
    for schema, _ in _messages().values():
        kind = schema["properties"]["type"]
        found |= dict.fromkeys(kind.get("enum", [kind.get("const")]), schema)
    return found


def _messages() -> dict[str, tuple[dict[str, Any], str]]:
    kinds = [kind for kind in vars(events).values() if is_typeddict(kind)]
    told = {kind.__name__: (_of(kind), " ".join((kind.__doc__ or "").split())) for kind in kinds}
    return told | {"Error": (_ERROR, "Why the server closes the connection.")}


def _message(name: str, schema: dict[str, Any], what: str) -> dict[str, Any]:
    return {"name": name, "contentType": "application/json", **({"summary": what} if what else {}), "payload": schema}


def _of(hint: Any) -> dict[str, Any]:
    if is_typeddict(hint):
        fields = get_type_hints(hint)
        return {"type": "object", "properties": {name: _of(field) for name, field in fields.items()}, "required": list(fields)}
    inner = get_args(hint)
    if get_origin(hint) is Literal:
        return {"const": inner[0]} if len(inner) == 1 else {"enum": list(inner)}
    if get_origin(hint) is list:
        return {"type": "array", "items": _of(inner[0])}
    if get_origin(hint) is dict:
        return {"type": "object", "additionalProperties": _of(inner[1])}
    if isinstance(hint, UnionType):
        return {"anyOf": [_of(one) for one in inner]}
    return _PLAIN[hint]
