"""The pictures of an event. Their addresses carry a version, so that a browser keeps what will not change."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from recordings.api.access import note_look
from recordings.api.event_form import version_of
from recordings.api.events import event_of
from recordings.api.pictures import JpegRenderer
from recordings.services.event_pictures import PICTURE, PREVIEW, path_of

_FOR_EVER = "private, max-age=31536000, immutable"
_FOR_NOW = "private, no-cache"


class WebpRenderer(BaseRenderer):
    """Lets a program ask for image/webp and get JSON for a problem."""

    media_type = "image/webp"
    format = "webp"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        answer: bytes = JSONRenderer().render(data)
        return answer


@extend_schema(tags=["events"])
class EventPictureView(APIView):
    renderer_classes = (JpegRenderer, JSONRenderer)

    @extend_schema(operation_id="events_picture", responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The best picture; while the event goes on, one of its begin."""
        return _answer(request, pk, PICTURE, "image/jpeg")


@extend_schema(tags=["events"])
class EventPreviewView(APIView):
    renderer_classes = (WebpRenderer, JSONRenderer)

    @extend_schema(operation_id="events_preview", responses={(200, "image/webp"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int) -> HttpResponse:
        """Twelve pictures at most, one after the other, 320 pixels wide at most. There is none while the event goes on."""
        return _answer(request, pk, PREVIEW, "image/webp")


def _answer(request: Request, pk: int, kind: str, content_type: str) -> HttpResponse:
    event = event_of(request, pk)
    path = path_of(event, kind)
    try:
        data, changed_ns = path.read_bytes(), path.stat().st_mtime_ns
    except FileNotFoundError:
        raise NotFound("there is no such picture (yet)") from None
    if event.camera is not None:
        note_look(event.camera)
    etag = f'"{event.pk}-{changed_ns:x}"'
    asked = request.query_params.get("v", "")
    cache = _FOR_EVER if version_of(event) and asked == str(version_of(event)) else _FOR_NOW
    response = HttpResponse(data, content_type=content_type, headers={"Cache-Control": cache, "ETag": etag})
    answer = get_conditional_response(request._request, etag, None, response)
    assert answer is not None
    return answer
