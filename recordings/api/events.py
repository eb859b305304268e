"""Events: the list, one of them, how many, and what people have seen of them. Their pictures are in event_pictures.py."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cameras.models import Action
from cameras.permissions import cameras_for, signed_in
from recordings.api.access import camera_of
from recordings.api.event_filters import FilterSerializer, ReviewSerializer, cameras_of, is_staff
from recordings.api.event_form import EventPageSerializer, EventSerializer
from recordings.api.times import END, START, window_of
from recordings.models import Event
from recordings.rules.days import DAY_MS
from recordings.rules.spans import Span
from recordings.services.event_search import Counted, Place, Wish, counts, page, review
from recordings.services.event_states import with_cameras

PAGE_SIZE = 50
_LONGEST_MS = 400 * DAY_MS
_REVIEW_BUDGET_S = 3.0


class ReviewedSerializer(serializers.Serializer[Any]):
    changed = serializers.IntegerField()
    is_complete = serializers.BooleanField(help_text="False: there were too many for one request; ask again.")


class EventChangeSerializer(serializers.Serializer[Any]):
    reviewed = serializers.BooleanField()


class KindCountSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Event.Kind.choices)
    events = serializers.IntegerField()
    unreviewed = serializers.IntegerField()


class CameraCountSerializer(serializers.Serializer[Any]):
    camera = serializers.SlugField(allow_null=True, help_text="null: about the installation.")
    events = serializers.IntegerField()
    unreviewed = serializers.IntegerField()
    kinds = KindCountSerializer(many=True)


class CountsSerializer(serializers.Serializer[Any]):
    start_ms = serializers.IntegerField()
    end_ms = serializers.IntegerField()
    events = serializers.IntegerField()
    unreviewed = serializers.IntegerField()
    cameras = CameraCountSerializer(many=True, help_text="Those with events.")


_CURSOR = OpenApiParameter("cursor", str, description="Of `next` and `previous`.")


@extend_schema(tags=["events"])
class EventListView(APIView):
    @extend_schema(operation_id="events_list", parameters=[FilterSerializer, _CURSOR], responses={200: EventPageSerializer})
    def get(self, request: Request) -> Response:
        """Newest first, in pages of 50. What is named several times is one of these; different filters all hold."""
        wish = _filters(FilterSerializer, request.query_params).to_wish(request.user)
        place, is_newer = _cursor(request.query_params.get("cursor"))
        found = page(wish, size=PAGE_SIZE, older_than=None if is_newer else place, newer_than=place if is_newer else None)
        events = found.events
        answer = {
            "next": _address(request, "older", events[-1]) if events and found.has_older else None,
            "previous": _address(request, "newer", events[0]) if events and found.has_newer else None,
            "results": events,
        }
        return Response(EventPageSerializer(answer).data)


@extend_schema(tags=["events"])
class EventView(APIView):
    @extend_schema(operation_id="events_retrieve", responses={200: EventSerializer})
    def get(self, request: Request, pk: int) -> Response:
        return Response(EventSerializer(event_of(request, pk)).data)

    @extend_schema(operation_id="events_partial_update", request=EventChangeSerializer, responses={200: EventSerializer})
    def patch(self, request: Request, pk: int) -> Response:
        """Says that somebody has seen it, or takes that back. It is so for everybody, with the name of who was first."""
        event = event_of(request, pk)
        given = EventChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wish = Wish(cameras=(event.camera_id,))
        by = signed_in(request.user)
        review(wish, is_reviewed=given.validated_data["reviewed"], by=by, ids=[event.pk], budget_s=_REVIEW_BUDGET_S)
        return Response(EventSerializer(event_of(request, pk)).data)


@extend_schema(tags=["events"])
class ReviewView(APIView):
    @extend_schema(operation_id="events_review", request=ReviewSerializer, responses={200: ReviewedSerializer})
    def post(self, request: Request) -> Response:
        """Marks many at once: those named, or all that match and began before a moment. Others' events are left out."""
        given = _filters(ReviewSerializer, request.data)
        values = given.validated_data
        wish = given.to_wish(request.user)
        if "before_ms" in values:
            span = Span(wish.span.start_ms, min(wish.span.end_ms, values["before_ms"]))
            wish = Wish(wish.cameras, wish.kinds, wish.zones, wish.labels, span=span, min_score=wish.min_score)
        changed, is_complete = review(
            wish, is_reviewed=values["reviewed"], by=signed_in(request.user), ids=values.get("ids"), budget_s=_REVIEW_BUDGET_S
        )
        return Response({"changed": changed, "is_complete": is_complete})


@extend_schema(tags=["events"])
class EventCountsView(APIView):
    @extend_schema(
        operation_id="events_counts",
        parameters=[START, END],
        responses={200: CountsSerializer},
    )
    def get(self, request: Request) -> Response:
        """How many events began in the window, and how many of them nobody has reviewed."""
        window = window_of(request.query_params, longest_ms=_LONGEST_MS)
        slugs = dict(cameras_for(request.user, Action.PLAYBACK).values_list("pk", "slug"))
        found = counts(cameras_of(request.user, None), window)
        by_camera: dict[int | None, list[Counted]] = {}
        for one in found:
            by_camera.setdefault(one.camera_id, []).append(one)
        cameras = [
            {"camera": slugs[camera_id] if camera_id else None, "kinds": sorted(its, key=lambda one: one.kind), **_sums(its)}
            for camera_id, its in by_camera.items()
        ]
        answer = {**window._asdict(), **_sums(found), "cameras": sorted(cameras, key=lambda one: one["camera"] or "")}
        return Response(CountsSerializer(answer).data)


def event_of(request: Request, pk: int) -> Event:
    """Raises Http404 for an event of a camera that one may not even view, PermissionDenied for one that one may not play back."""
    event = with_cameras().select_related("camera", "reviewed_by").filter(pk=pk).first()
    if event is None or (event.camera is None and not is_staff(request.user)):
        raise Http404
    if event.camera is not None:
        camera_of(request, event.camera.slug, Action.PLAYBACK)
    return event


def _filters(kind: type[FilterSerializer], given: Any) -> Any:
    filters = kind(data=given)
    filters.is_valid(raise_exception=True)
    return filters


def _cursor(text: str | None) -> tuple[Place | None, bool]:
    if not text:
        return None, False
    parts = re.fullmatch(r"(older|newer)-(\d{1,15})-(\d{1,18})", text)
    if parts is None:
        raise serializers.ValidationError({"cursor": "take it from next or previous of an answer"})
    return Place(int(parts[2]), int(parts[3])), parts[1] == "newer"


def _address(request: Request, way: str, event: Event) -> str:
    query = [(name, value) for name, values in request.query_params.lists() for value in values if name != "cursor"]
    query.append(("cursor", f"{way}-{event.start_ms}-{event.pk}"))
    return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")


def _sums(counted: Iterable[Counted]) -> dict[str, int]:
    its = list(counted)
    return {"events": sum(one.events for one in its), "unreviewed": sum(one.unreviewed for one in its)}
