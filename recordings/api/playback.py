from __future__ import annotations

import os
import time
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import APIException, NotFound
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from cameras.access import identity_of, may_still
from cameras.api.tickets import WITH_TICKETS
from cameras.audit.activities import gather
from cameras.models import Action, AuditAction, Camera
from cameras.permissions import may, signed_in
from recordings.api.access import footage_camera
from recordings.api.footage_bytes import FootageBytes
from recordings.api.times import END, ROLE, START, role_of, window_of
from recordings.rules.byte_ranges import ByteRange, UnsatisfiableRange, requested_range
from recordings.services.playback import LONGEST_PLAYLIST_MS, FootageUnreachable, OpenFile, open_segment, playlist_of

PLAYLIST_TYPE = "application/vnd.apple.mpegurl"
# Playing back is over when nothing was fetched for so long: players fetch ahead.
PLAYBACK_QUIET_MS = 180_000
# A finished file never changes, but a right may end and footage be deleted.
_FINISHED = "private, max-age=600"


class _Renderer(BaseRenderer):
    """Lets a program ask for the media type and get JSON for a problem."""

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        answer: bytes = JSONRenderer().render(data)
        return answer


class PlaylistRenderer(_Renderer):
    media_type = PLAYLIST_TYPE
    format = "m3u8"


class Mp4Renderer(_Renderer):
    media_type = "video/mp4"
    format = "mp4"


class _Unreachable(APIException):
    status_code = 503


@extend_schema(tags=["recordings"])
class PlaylistView(APIView):
    """HLS of at most six hours of a camera, made of byte ranges of its files.

    It begins at the keyframe before `start` and says in EXT-X-START where `start` is. Reaching into the present it is an EVENT playlist,
    which grows when it is asked for again. With a ticket, the addresses in it carry the same one.
    """

    authentication_classes = WITH_TICKETS
    renderer_classes = (PlaylistRenderer, JSONRenderer)

    @extend_schema(operation_id="cameras_playlist", parameters=[START, END, ROLE], responses={(200, PLAYLIST_TYPE): OpenApiTypes.STR})
    def get(self, request: Request, slug: str) -> HttpResponse:
        camera = footage_camera(request, slug)
        window, role = window_of(request.query_params, longest_ms=LONGEST_PLAYLIST_MS), role_of(request.query_params)
        identity = identity_of(request)
        has_sound = may(signed_in(request.user), Action.HEAR, camera)
        suffix = f"?{urlencode({'ticket': identity.proof})}" if identity.via == "ticket" else ""
        # relative to the playlist, so that a proxy may serve us anywhere
        text, is_growing = playlist_of(
            camera, role, window, now_ms=_now_ms(), address=lambda segment_id: f"segments/{segment_id}.mp4{suffix}", has_sound=has_sound
        )
        response = HttpResponse(text, content_type=PLAYLIST_TYPE)
        response["Cache-Control"] = "no-store" if is_growing else "private, no-cache"
        return response


_RANGE = OpenApiParameter("Range", str, OpenApiParameter.HEADER, description="One range of bytes.")
_IF_RANGE = OpenApiParameter("If-Range", str, OpenApiParameter.HEADER, description="The ETag: the whole file when it is another.")


@extend_schema(tags=["recordings"])
class SegmentView(APIView):
    """A recorded file, or a range of it. A file that still grows is given up to where the catalogue knows it.

    Whoever may not hear the camera gets the same bytes with silence in the place of the sound.
    """

    authentication_classes = WITH_TICKETS
    renderer_classes = (Mp4Renderer, JSONRenderer)

    @extend_schema(
        operation_id="cameras_segment",
        parameters=[_RANGE, _IF_RANGE],
        responses={
            (200, "video/mp4"): OpenApiTypes.BINARY,
            (206, "video/mp4"): OpenApiTypes.BINARY,
            304: OpenApiResponse(description="Not changed."),
            416: OpenApiResponse(description="The file has no such bytes."),
        },
    )
    def get(self, request: Request, slug: str, segment_id: int) -> HttpResponseBase:
        camera = footage_camera(request, slug)
        try:
            file = open_segment(camera, segment_id, has_sound=may(signed_in(request.user), Action.HEAR, camera))
        except FootageUnreachable as error:
            raise _Unreachable(str(error)) from error
        if file is None:
            raise NotFound("there is no such footage (any more)")
        gather(AuditAction.PLAYBACK, camera=camera, footage=file.span, quiet_ms=PLAYBACK_QUIET_MS)
        response = _answer(request, file, camera)
        response["Accept-Ranges"] = "bytes"
        response["ETag"] = file.etag
        response["Cache-Control"] = _FINISHED if file.is_finished else "private, no-cache"
        response["Vary"] = "Authorization, Cookie"
        response["X-Content-Type-Options"] = "nosniff"
        return response


def _answer(request: Request, file: OpenFile, camera: Camera) -> HttpResponseBase:
    """Takes over the open file."""
    if _is_known(request.headers.get("If-None-Match"), file.etag):
        os.close(file.descriptor)
        return HttpResponse(status=304)
    try:
        asked = requested_range(request.headers.get("Range"), request.headers.get("If-Range"), size_bytes=file.size_bytes, etag=file.etag)
    except UnsatisfiableRange:
        os.close(file.descriptor)
        return HttpResponse(status=416, content_type="video/mp4", headers={"Content-Range": f"bytes */{file.size_bytes}"})
    part = asked or ByteRange(0, file.size_bytes)
    headers = {"Content-Length": str(part.end - part.start)}
    if asked:
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{file.size_bytes}"
    status = 206 if asked else 200
    if request.method == "HEAD":
        os.close(file.descriptor)
        return HttpResponse(status=status, content_type="video/mp4", headers=headers)
    identity = identity_of(request)
    needed = (Action.PLAYBACK, Action.HEAR) if file.has_sound else (Action.PLAYBACK,)
    body = FootageBytes(
        file.descriptor,
        part,
        is_allowed=lambda: all(may_still(identity, camera.pk, action) for action in needed),
        muting=file.muting,
    )
    return StreamingHttpResponse(body, status=status, content_type="video/mp4", headers=headers)


def _is_known(if_none_match: str | None, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")]
    return etag in tags or tags == ["*"]


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
