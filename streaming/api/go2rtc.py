"""The two addresses of go2rtc's HTTP API that its players and cards read, by GET only: docs/interop.md.

No answer holds a camera's address, and nothing here adds, changes or removes a source.
"""

from __future__ import annotations

from typing import Any, TypedDict

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cameras.access import identity_of
from cameras.api.tickets import WITH_TICKETS, check_ticket
from cameras.models import Action, Camera, Stream, StreamState
from cameras.permissions import cameras_for
from streaming.api.snapshot import JpegRenderer, newest_picture
from streaming.live.go2rtc.words import parse_name
from streaming.pictures import MAX_PX

_NO_SUCH_STREAM = "stream not found"


class Producer(TypedDict, total=False):
    """`url` names our stream, not the camera's address: programs want it to be there."""

    url: str
    format_name: str


class StreamInfo(TypedDict):
    producers: list[Producer]
    consumers: list[Any]


class FrameQuery(serializers.Serializer[Any]):
    width = serializers.IntegerField(min_value=16, max_value=MAX_PX, required=False)
    w = serializers.IntegerField(min_value=16, max_value=MAX_PX, required=False)


class StreamsView(APIView):
    """The streams of the cameras you may view: all by name, or the one named by `?src=`."""

    authentication_classes = WITH_TICKETS
    schema = None

    def get(self, request: Request) -> Response:
        streams = Stream.objects.order_by("role")
        cameras = _viewable(request).prefetch_related(Prefetch("streams", streams)).order_by("name")
        found = {_name(stream, camera): _info(stream, camera) for camera in cameras for stream in camera.streams.all()}
        wanted = request.query_params.get("src")
        if not wanted:
            return Response(found)
        if wanted not in found:
            raise NotFound(_NO_SUCH_STREAM)
        return Response(found[wanted])


class FrameView(APIView):
    """The camera's picture now, or the last one there is."""

    authentication_classes = WITH_TICKETS
    renderer_classes = (JpegRenderer, JSONRenderer)
    schema = None

    def get(self, request: Request) -> HttpResponse:
        found = parse_name(request.query_params.get("src", ""))
        camera = _viewable(request).filter(slug=found[0], streams__role=found[1]).first() if found else None
        if camera is None:
            raise NotFound(_NO_SUCH_STREAM)
        query = FrameQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        return newest_picture(camera, query.validated_data.get("width") or query.validated_data.get("w") or MAX_PX)


def _viewable(request: Request) -> QuerySet[Camera]:
    """A ticket speaks for its camera only."""
    cameras = cameras_for(request.user, Action.VIEW)
    identity = identity_of(request)
    if identity.camera_id is not None:
        cameras = cameras.filter(pk=identity.camera_id)
        for camera in cameras:
            check_ticket(request, camera, Action.VIEW)
    return cameras


def _name(stream: Stream, camera: Camera) -> str:
    return camera.slug if stream.role == Stream.Role.MAIN else f"{camera.slug}/{stream.role}"


def _info(stream: Stream, camera: Camera) -> StreamInfo:
    """As go2rtc has it: a producer that is connected tells more than its address. Who else watches is not told."""
    producer = Producer(url=f"nvr:{_name(stream, camera)}")
    if camera.is_enabled and stream.state == StreamState.LIVE:
        producer["format_name"] = "rtsp"
    return StreamInfo(producers=[producer], consumers=[])
