"""Where and when something moved, from what the detector kept: for who may play back the camera."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cameras.models import Action
from recordings.api.access import camera_of
from recordings.api.times import END, START, MomentField, checked_window, window_of
from recordings.rules.days import DAY_MS
from recordings.rules.motion.grid import COLUMNS, FEWEST_POINTS, MOST_POINTS, ROWS, Polygon, PolygonError, parse_polygon
from recordings.rules.spans import Span
from recordings.services.area_search import heat, search

_LONGEST_MS = 31 * DAY_MS
_BUDGET_S = 4.0


class AreaSerializer(serializers.Serializer[Any]):
    start = MomentField()
    end = MomentField()
    polygon = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2),
        min_length=FEWEST_POINTS,
        max_length=MOST_POINTS,
        help_text="Corners [x, y], parts of the picture from the top left.",
    )

    def validate_polygon(self, corners: list[list[float]]) -> Polygon:
        try:
            return parse_polygon(corners)
        except PolygonError as error:
            raise serializers.ValidationError(str(error)) from error


class WindowSerializer(serializers.Serializer[Any]):
    start_ms = serializers.IntegerField()
    end_ms = serializers.IntegerField()


class FoundSerializer(WindowSerializer):
    score = serializers.IntegerField(help_text="0 to 100; 0 when by the camera's settings it was no motion.")
    share = serializers.FloatField(help_text="Of the area, at most at once, 0 to 1.")


class SearchSerializer(serializers.Serializer[Any]):
    spans = FoundSerializer(many=True, help_text="In order of time.")
    not_analysed_ms = serializers.IntegerField(help_text="Footage in which nobody looked for motion.")
    searched = WindowSerializer(help_text="The newest part, when all would have taken too long: ask again for what is before.")


class HeatSerializer(serializers.Serializer[Any]):
    columns = serializers.IntegerField()
    rows = serializers.IntegerField()
    counts = serializers.ListField(child=serializers.IntegerField(), help_text="Row by row: in how many pictures each cell changed.")
    analysed_ms = serializers.IntegerField()
    searched = WindowSerializer()


@extend_schema(tags=["events"])
class AreaSearchView(APIView):
    reads_by_post = True

    @extend_schema(operation_id="cameras_motion_search", request=AreaSerializer, responses={200: SearchSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """When did something move in this part of the picture? Up to 31 days. Also what was no event, or moved in an ignored zone."""
        camera = camera_of(request, slug, Action.PLAYBACK)
        wish = AreaSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        given = wish.validated_data
        window = checked_window(Span(given["start"], given["end"]), longest_ms=_LONGEST_MS)
        found = search(camera, window, given["polygon"], budget_s=_BUDGET_S)
        spans = [{**one.span._asdict(), "score": one.score, "share": one.share} for one in found.spans]
        return Response({"spans": spans, "not_analysed_ms": found.not_analysed_ms, "searched": found.searched._asdict()})


@extend_schema(tags=["events"])
class HeatView(APIView):
    @extend_schema(operation_id="cameras_motion_heat", parameters=[START, END], responses={200: HeatSerializer})
    def get(self, request: Request, slug: str) -> Response:
        """Where in the picture something moved, and how often. Up to 31 days."""
        camera = camera_of(request, slug, Action.PLAYBACK)
        found = heat(camera, window_of(request.query_params, longest_ms=_LONGEST_MS), budget_s=_BUDGET_S)
        answer = asdict(found) | {"searched": found.searched._asdict()}
        return Response({"columns": COLUMNS, "rows": ROWS} | answer)
