from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from cameras.api.editing import IF_MATCH, unchanged
from cameras.api.filters import CameraFilter, wish_of
from cameras.api.idempotency import IDEMPOTENCY_KEY, idempotent
from cameras.api.serializers import CameraChangeSerializer, CameraSerializer, NewCameraSerializer
from cameras.models import Action, Camera
from cameras.permissions import cameras_for, may, may_add, rights_by_camera, signed_in
from cameras.services import StreamChange, add_camera, change_camera, remove_camera

_EXAMPLE = OpenApiExample(
    "Two streams and a login",
    request_only=True,
    value={
        "name": "Front door",
        "username": "viewer",
        "password": "p@ss/word",
        "streams": [{"role": "main", "url": "rtsp://192.168.1.20/stream1"}, {"role": "sub", "url": "rtsp://192.168.1.20/stream2"}],
    },
)


@extend_schema(tags=["cameras"])
@extend_schema_view(
    list=extend_schema(parameters=[CameraFilter], description="The cameras you may view, in the order of the dashboard."),
    retrieve=extend_schema(description="A camera you may not view is not found."),
)
class CameraViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Camera]):
    queryset = Camera.objects.none()
    serializer_class = CameraSerializer
    lookup_field = "slug"
    ordering_fields = ("name", "position", "state", "state_changed_at")

    def get_queryset(self) -> QuerySet[Camera]:
        cameras = cameras_for(self.request.user, Action.VIEW).prefetch_related("streams")
        return cameras.filter(**wish_of(self.request, CameraFilter)) if self.action == "list" else cameras

    def get_serializer_context(self) -> dict[str, Any]:
        context = super().get_serializer_context()
        if self.request is not None:
            context["rights"] = rights_by_camera(self.request.user)
        return context

    @extend_schema(parameters=[IDEMPOTENCY_KEY], request=NewCameraSerializer, responses={201: CameraSerializer}, examples=[_EXAMPLE])
    @idempotent
    def create(self, request: Request) -> Response:
        """For superusers and who holds the permission to add cameras, who then may do everything with it."""
        if not may_add(request.user):
            raise PermissionDenied("you have no right to add cameras")
        given = NewCameraSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        camera = _add(given.to_values(), request)
        return Response(CameraSerializer(camera, context=self.get_serializer_context()).data, status=status.HTTP_201_CREATED)

    @extend_schema(parameters=[IF_MATCH], request=CameraChangeSerializer, responses={200: CameraSerializer})
    def partial_update(self, request: Request, slug: str) -> Response:
        """Changes what is named and keeps the rest. An empty user name or password removes it."""
        camera = self._configurable(request)
        given = CameraChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        with unchanged(request, camera, self._represented):
            change_camera(camera, by=signed_in(request.user), **given.to_values())
        return Response(CameraSerializer(self.get_object(), context=self.get_serializer_context()).data)

    @extend_schema(parameters=[IF_MATCH], responses={204: None})
    def destroy(self, request: Request, slug: str) -> Response:
        camera = self._configurable(request)
        with unchanged(request, camera, self._represented):
            remove_camera(camera)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _represented(self) -> Any:
        return self.get_serializer(self.get_object()).data

    def _configurable(self, request: Request) -> Camera:
        camera = self.get_object()
        if not may(request.user, Action.CONFIGURE, camera):
            raise PermissionDenied("you have no right to configure this camera")
        return camera


@transaction.atomic
def _add(values: dict[str, Any], request: Request) -> Camera:
    streams: dict[str, StreamChange] = {stream.role: stream for stream in values.pop("streams")}
    sub_url = streams["sub"].url if "sub" in streams else ""
    camera = add_camera(by=signed_in(request.user), **values, url=streams["main"].url or "", sub_url=sub_url or "")
    change_camera(camera, by=signed_in(request.user), streams=tuple(replace(stream, url=None) for stream in streams.values()))
    return camera
