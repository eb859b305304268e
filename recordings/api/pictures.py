"""Preview pictures of footage. What is asked for by its segment never changes, so browsers keep it; the right is asked for each time."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cameras.models import Action
from recordings.api.access import camera_of, note_look
from recordings.api.times import END, ROLE, START, MomentField, role_of, window_of
from recordings.rules.days import DAY_MS
from recordings.rules.strips import TILE_WIDTH_PX
from recordings.services import pictures, snapshots, strips

_LONGEST_MS = 40 * DAY_MS
_FOR_EVER = "private, max-age=31536000, immutable"
_FOR_A_WHILE = "private, max-age=3600"
_WHILE_IT_GROWS = "private, max-age=2"


class JpegRenderer(BaseRenderer):
    """Lets a program ask for image/jpeg and get JSON for a problem."""

    media_type = "image/jpeg"
    format = "jpg"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        answer: bytes = JSONRenderer().render(data)
        return answer


class StripSerializer(serializers.Serializer[Any]):
    start_ms = serializers.IntegerField()
    end_ms = serializers.IntegerField()
    every_ms = serializers.IntegerField(help_text="Tile n, by rows from the left, shows start_ms + n * every_ms.")
    columns = serializers.IntegerField()
    rows = serializers.IntegerField()
    tile_width = serializers.IntegerField()
    tile_height = serializers.IntegerField()
    url = serializers.CharField()
    thumbnail_url = serializers.CharField(help_text="One picture from the middle, 480 pixels wide.")


class StripsSerializer(serializers.Serializer[Any]):
    strips = StripSerializer(many=True)


class SnapshotsSerializer(serializers.Serializer[Any]):
    class _One(serializers.Serializer[Any]):
        at_ms = serializers.IntegerField()
        size_bytes = serializers.IntegerField()
        url = serializers.CharField()

    snapshots = _One(many=True)


class PreviewQuerySerializer(serializers.Serializer[Any]):
    at = MomentField(help_text="Milliseconds since 1970, or ISO 8601 with an offset.")
    width = serializers.IntegerField(
        min_value=16, max_value=strips.MAX_PX, default=TILE_WIDTH_PX, help_text="At most so many pixels wide. Up to 160 is cheapest."
    )


@extend_schema(tags=["recordings"])
class StripsView(APIView):
    """Sprites of small pictures, one per segment that is finished. The newest minute has none yet: ask for preview.jpg."""

    @extend_schema(operation_id="cameras_strips", parameters=[START, END, ROLE], responses={200: StripsSerializer})
    def get(self, request: Request, slug: str) -> Response:
        camera = camera_of(request, slug, Action.PLAYBACK)
        window = window_of(request.query_params, longest_ms=_LONGEST_MS)
        found = strips.strips_in(camera, role_of(request.query_params), window)
        base = f"/api/v1/cameras/{camera.slug}/strips/"
        return Response({"strips": [_strip(each, base) for each in found]})


@extend_schema(tags=["recordings"])
class StripPictureView(APIView):
    renderer_classes = (JpegRenderer, JSONRenderer)

    @extend_schema(operation_id="cameras_strip", responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, slug: str, segment_id: int) -> HttpResponse:
        """The sprite itself."""
        return _segment_picture(request, slug, segment_id, pictures.STRIP)


@extend_schema(tags=["recordings"])
class ThumbnailView(APIView):
    renderer_classes = (JpegRenderer, JSONRenderer)

    @extend_schema(operation_id="cameras_thumbnail", responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, slug: str, segment_id: int) -> HttpResponse:
        """One picture from the middle of a segment."""
        return _segment_picture(request, slug, segment_id, pictures.THUMBNAIL)


@extend_schema(tags=["recordings"])
class PreviewView(APIView):
    """The picture of a moment, or the nearest one there is; `X-Captured-At` says when that was. Also of footage that still grows."""

    renderer_classes = (JpegRenderer, JSONRenderer)

    @extend_schema(
        operation_id="cameras_preview", parameters=[PreviewQuerySerializer, ROLE], responses={(200, "image/jpeg"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, slug: str) -> HttpResponse:
        camera = camera_of(request, slug, Action.PLAYBACK)
        query = PreviewQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        wish = query.validated_data
        preview = strips.preview_at(camera, role_of(request.query_params), wish["at"], width_px=wish["width"])
        if preview is None:
            raise NotFound("there is no picture of this camera's footage then")
        note_look(camera)
        captured_at = datetime.fromtimestamp(preview.at_ms / 1000, UTC).isoformat(timespec="milliseconds")
        cache = _FOR_A_WHILE if preview.is_final else _WHILE_IT_GROWS
        return HttpResponse(preview.jpeg, content_type="image/jpeg", headers={"X-Captured-At": captured_at, "Cache-Control": cache})


@extend_schema(tags=["recordings"])
class SnapshotsView(APIView):
    """Pictures in full size that the camera's rule kept, one every so many seconds."""

    @extend_schema(operation_id="cameras_snapshots", parameters=[START, END, ROLE], responses={200: SnapshotsSerializer})
    def get(self, request: Request, slug: str) -> Response:
        camera = camera_of(request, slug, Action.PLAYBACK)
        role = role_of(request.query_params)
        found = snapshots.snapshots_in(camera, role, window_of(request.query_params, longest_ms=_LONGEST_MS))
        base, tail = f"/api/v1/cameras/{camera.slug}/snapshots/", "?role=sub" if role == "sub" else ""
        return Response(
            {"snapshots": [{"at_ms": one.at_ms, "size_bytes": one.size_bytes, "url": f"{base}{one.at_ms}.jpg{tail}"} for one in found]}
        )


@extend_schema(tags=["recordings"])
class SnapshotPictureView(APIView):
    renderer_classes = (JpegRenderer, JSONRenderer)

    @extend_schema(
        operation_id="cameras_kept_snapshot",
        parameters=[ROLE, OpenApiParameter("at_ms", int, OpenApiParameter.PATH)],
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, slug: str, at_ms: int) -> HttpResponse:
        """One of the kept pictures."""
        camera = camera_of(request, slug, Action.PLAYBACK)
        path = snapshots.snapshot_file(camera, role_of(request.query_params), at_ms)
        note_look(camera)
        return _answer(request, path, f'"{camera.pk}-{at_ms}"')


def _segment_picture(request: Request, slug: str, segment_id: int, name: str) -> HttpResponse:
    camera = camera_of(request, slug, Action.PLAYBACK)
    note_look(camera)
    return _answer(request, strips.picture_file(camera, segment_id, name), f'"{segment_id}-{name}"')


def _answer(request: Request, path: Path | None, etag: str) -> HttpResponse:
    try:
        data = path.read_bytes() if path else None
    except FileNotFoundError:
        data = None
    if data is None:
        raise NotFound("there is no such picture (any more)")
    response = HttpResponse(data, content_type="image/jpeg", headers={"Cache-Control": _FOR_EVER, "ETag": etag})
    answer = get_conditional_response(request._request, etag, None, response)
    assert answer is not None
    return answer


def _strip(found: strips.StripOf, base: str) -> dict[str, Any]:
    strip = found.strip
    return {
        "start_ms": strip.span.start_ms,
        "end_ms": strip.span.end_ms,
        "every_ms": strip.every_ms,
        "columns": strip.columns,
        "rows": strip.rows,
        "tile_width": strip.tile_width,
        "tile_height": strip.tile_height,
        "url": f"{base}{found.segment_id}.jpg",
        "thumbnail_url": f"{base}{found.segment_id}/thumbnail.jpg",
    }
