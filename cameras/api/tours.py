from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cameras.api.access import camera_of
from cameras.control import tours
from cameras.control.tours import SHORTEST_DWELL_S, StopWish
from cameras.models import Action, Tour, TourStop

_TAGS = ["ptz"]


class TourStopSerializer(serializers.ModelSerializer[TourStop]):
    preset = serializers.IntegerField(source="preset_id", help_text="Its id.")
    name = serializers.CharField(source="preset.name", read_only=True)
    dwell_s = serializers.IntegerField(min_value=SHORTEST_DWELL_S, max_value=86_400, help_text="How long it stays there.")
    speed = serializers.FloatField(min_value=0, max_value=1, required=False, allow_null=True)

    class Meta:
        model = TourStop
        fields = ("preset", "name", "dwell_s", "speed")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A stop is whole, also in a change of some of a tour."""
        missing = {name: "This field is required." for name, key in (("preset", "preset_id"), ("dwell_s", "dwell_s")) if key not in attrs}
        if missing:
            raise serializers.ValidationError(missing)
        return attrs


class TourSerializer(serializers.ModelSerializer[Tour]):
    """`schedule` as of recording: per weekday "0" (Monday) to "6" a list of ["HH:MM", "HH:MM"]; empty means always."""

    stops = TourStopSerializer(many=True, required=False)
    schedule = serializers.DictField(required=False)
    resume_after_s = serializers.IntegerField(
        min_value=0, max_value=3600, required=False, help_text="How long after a person has let go of the camera it goes on."
    )
    state = serializers.ChoiceField(choices=Tour.State.choices, read_only=True)
    state_reason = serializers.CharField(read_only=True)

    class Meta:
        model = Tour
        fields = ("id", "name", "is_on", "state", "state_reason", "stop_index", "schedule", "resume_after_s", "stops")
        read_only_fields = ("is_on", "stop_index")

    def to_wishes(self) -> dict[str, Any]:
        given = dict(self.validated_data)
        if "stops" in given:
            given["stops"] = [StopWish(stop["preset_id"], stop["dwell_s"], stop.get("speed")) for stop in given["stops"]]
        return given


@extend_schema(tags=_TAGS)
class ToursView(APIView):
    """Presets one after the other. At most one tour of a camera runs; it rests while a person steers."""

    @extend_schema(operation_id="ptz_tours_list", responses={200: TourSerializer(many=True)})
    def get(self, request: Request, slug: str) -> Response:
        camera = camera_of(request, slug, Action.PTZ)
        return Response(TourSerializer(camera.tours.prefetch_related("stops__preset"), many=True).data)

    @extend_schema(operation_id="ptz_tours_create", request=TourSerializer, responses={201: TourSerializer})
    def post(self, request: Request, slug: str) -> Response:
        camera = camera_of(request, slug, Action.CONFIGURE)
        wish = TourSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        tour = tours.create_tour(camera, **{"stops": [], **wish.to_wishes()})
        return Response(TourSerializer(tour).data, status=201)


@extend_schema(tags=_TAGS)
class TourView(APIView):
    @extend_schema(operation_id="ptz_tours_update", request=TourSerializer, responses={200: TourSerializer})
    def patch(self, request: Request, slug: str, tour_id: int) -> Response:
        """Changes what is named; other stops begin anew."""
        tour = _tour_of(request, slug, tour_id, Action.CONFIGURE)
        wish = TourSerializer(data=request.data, partial=True)
        wish.is_valid(raise_exception=True)
        tours.change_tour(tour, **wish.to_wishes())
        return Response(TourSerializer(tour).data)

    @extend_schema(operation_id="ptz_tours_delete", responses={204: None})
    def delete(self, request: Request, slug: str, tour_id: int) -> Response:
        tours.remove_tour(_tour_of(request, slug, tour_id, Action.CONFIGURE))
        return Response(status=204)


@extend_schema(tags=_TAGS)
class TourStartView(APIView):
    @extend_schema(operation_id="ptz_tours_start", request=None, responses={200: TourSerializer})
    def post(self, request: Request, slug: str, tour_id: int) -> Response:
        """Another one that runs on this camera is stopped. It goes on after a restart of the server."""
        tour = _tour_of(request, slug, tour_id, Action.PTZ)
        tours.start(tour)
        tour.refresh_from_db()
        return Response(TourSerializer(tour).data)


@extend_schema(tags=_TAGS)
class TourStopView(APIView):
    @extend_schema(operation_id="ptz_tours_stop", request=None, responses={200: TourSerializer})
    def post(self, request: Request, slug: str, tour_id: int) -> Response:
        tour = _tour_of(request, slug, tour_id, Action.PTZ)
        tours.stop(tour)
        tour.refresh_from_db()
        return Response(TourSerializer(tour).data)


def _tour_of(request: Request, slug: str, tour_id: int, action: Action) -> Tour:
    return get_object_or_404(Tour.objects.select_related("camera"), camera=camera_of(request, slug, action), pk=tour_id)
