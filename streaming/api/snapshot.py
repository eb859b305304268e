from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from asgiref.sync import async_to_sync
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import http_date
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from cameras.audit.activities import gather
from cameras.models import Action, AuditAction, Camera, StreamState
from cameras.permissions import cameras_for
from streaming.pictures import MAX_PX, Picture, current_picture, last_picture

# Programs ask again and again: that is one looking at pictures, until none was asked for so long.
PICTURES_QUIET_MS = 180_000


class JpegRenderer(BaseRenderer):
    """Lets a program ask for image/jpeg and get JSON for a problem."""

    media_type = "image/jpeg"
    format = "jpg"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        answer: bytes = JSONRenderer().render(data)
        return answer


class SnapshotQuery(serializers.Serializer[Any]):
    width = serializers.IntegerField(
        min_value=16, max_value=MAX_PX, default=MAX_PX, help_text="At most so many pixels wide; never enlarged."
    )


@extend_schema(tags=["cameras"])
class SnapshotView(APIView):
    """The camera's picture now; of a camera that is not live, the last one there is.

    `X-Captured-At` says when it was taken, `X-Picture-State` is `live` or `last`.
    """

    renderer_classes = (JpegRenderer, JSONRenderer)

    @extend_schema(
        operation_id="cameras_snapshot",
        parameters=[SnapshotQuery],
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, slug: str) -> HttpResponse:
        camera = get_object_or_404(cameras_for(request.user, Action.VIEW), slug=slug)
        query = SnapshotQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        return newest_picture(camera, query.validated_data["width"])


def newest_picture(camera: Camera, width_px: int) -> HttpResponse:
    """Raises NotFound when there never was one."""
    found = _newest(camera, width_px)
    if found is None:
        raise NotFound("there is no picture of this camera yet")
    gather(AuditAction.PICTURE, camera=camera, quiet_ms=PICTURES_QUIET_MS)
    picture, state = found
    captured_s = picture.captured_at_ms / 1000
    return HttpResponse(
        picture.jpeg,
        content_type="image/jpeg",
        headers={
            "X-Captured-At": datetime.fromtimestamp(captured_s, UTC).isoformat(timespec="milliseconds"),
            "X-Picture-State": state,
            "Last-Modified": http_date(captured_s),
            "Cache-Control": "no-store",
        },
    )


def _newest(camera: Camera, width_px: int) -> tuple[Picture, str] | None:
    """What the bus still holds of a camera that went down is newer than what was kept, but not live."""
    picture: Picture | None = async_to_sync(current_picture)(camera.pk, at_most_px=width_px)
    if picture is not None:
        return picture, "live" if camera.state == StreamState.LIVE else "last"
    picture = last_picture(camera.pk, at_most_px=width_px)
    return None if picture is None else (picture, "last")
