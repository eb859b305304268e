"""A camera's streams, each at an address of its own. They are changed with the camera."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics

from cameras.api.access import camera_of
from cameras.api.serializers import StreamSerializer
from cameras.models import Action, Stream


@extend_schema(tags=["cameras"])
@extend_schema_view(get=extend_schema(operation_id="cameras_streams"))
class StreamsView(generics.ListAPIView[Stream]):
    """The main stream, and the sub stream if there is one. Addresses without credentials."""

    queryset = Stream.objects.none()
    serializer_class = StreamSerializer

    def get_queryset(self) -> QuerySet[Stream]:
        return camera_of(self.request, self.kwargs["slug"], Action.VIEW).streams.order_by("role")


@extend_schema(tags=["cameras"])
@extend_schema_view(get=extend_schema(operation_id="cameras_stream"))
class StreamView(generics.RetrieveAPIView[Stream]):
    queryset = Stream.objects.none()
    serializer_class = StreamSerializer
    lookup_field = "role"

    def get_queryset(self) -> QuerySet[Stream]:
        return camera_of(self.request, self.kwargs["slug"], Action.VIEW).streams.all()
