"""Every error of the API as problem details (RFC 9457): application/problem+json with type, title, status, detail and errors by field."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.defaults import server_error as default_server_error
from rest_framework.exceptions import ValidationError as RefusedInput
from rest_framework.response import Response
from rest_framework.views import exception_handler

CONTENT_TYPE = "application/problem+json"


def to_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's EXCEPTION_HANDLER. Leaves our own faults to Django (500)."""
    if isinstance(error, ValidationError):
        error = RefusedInput(error.message_dict if hasattr(error, "error_dict") else error.messages)
    response = exception_handler(error, context)
    if response is None:
        return None
    problem: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(response.status_code).phrase, "status": response.status_code}
    if isinstance(error, RefusedInput):
        errors = dict(_by_field(response.data))
        problem |= {"detail": "; ".join(_sentences(errors)), "errors": errors}
    else:
        problem["detail"] = str(response.data.get("detail", "")) if isinstance(response.data, dict) else ""
    response.data = problem
    response.content_type = CONTENT_TYPE
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500. What went wrong is in the log, and nobody else's business."""
    if not request.path.startswith("/api/"):
        return default_server_error(request)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    problem = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status,
        "detail": "a fault of the server; its log says more",
    }
    return JsonResponse(problem, status=status, content_type=CONTENT_TYPE)


def _by_field(data: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """{"streams": [{}, {"url": ["…"]}]} gives "streams.1.url"; what belongs to no field is under ""."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _by_field(value, path if name == "non_field_errors" else f"{path}.{name}".lstrip("."))
    elif isinstance(data, list) and any(isinstance(item, dict) for item in data):
        for number, item in enumerate(data):
            yield from _by_field(item, f"{path}.{number}".lstrip("."))
    else:
        yield path, [str(item) for item in (data if isinstance(data, list) else [data])]


def _sentences(errors: dict[str, list[str]]) -> Iterator[str]:
    for field, messages in errors.items():
        yield f"{field}: {' '.join(messages)}" if field else " ".join(messages)
