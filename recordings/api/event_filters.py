"""Which events are asked for, in a query string or a body.

An event of a camera is for who may play back that camera; one that is about no camera is for staff.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework import serializers

from cameras.models import Action
from cameras.permissions import User, cameras_for
from cameras.token_scope import is_limited
from recordings.api.times import MomentField
from recordings.models import Event
from recordings.rules.spans import Span
from recordings.services.event_search import ALWAYS, Wish

_MOST_IDS = 500


class _ListField(serializers.ListField):
    """Several, or a single one. A query string repeats the name."""

    def get_value(self, dictionary: Mapping[Any, Any]) -> Any:
        given = super().get_value(dictionary)
        return [given] if isinstance(given, str) else given


class FilterSerializer(serializers.Serializer[Any]):
    camera = _ListField(child=serializers.CharField(max_length=100), required=False, help_text="Slugs.")
    kind = _ListField(child=serializers.ChoiceField(choices=Event.Kind.choices), required=False)
    zone = _ListField(child=serializers.CharField(max_length=60), required=False)
    label = _ListField(child=serializers.CharField(max_length=100), required=False)  # type: ignore[assignment]  # as asked for
    reviewed = serializers.BooleanField(required=False, allow_null=True, default=None)
    start = MomentField(required=False, help_text="Those that began then or later.")
    end = MomentField(required=False, help_text="Those that began before.")
    min_score = serializers.IntegerField(min_value=0, max_value=100, required=False, default=0)

    def to_wish(self, user: User) -> Wish:
        """Of what the user may see. A camera that they may not play back has no events."""
        given = self.validated_data
        return Wish(
            cameras=cameras_of(user, given.get("camera")),
            kinds=tuple(given.get("kind", ())),
            zones=tuple(given.get("zone", ())),
            labels=tuple(given.get("label", ())),
            is_reviewed=given["reviewed"],
            span=Span(given.get("start", ALWAYS.start_ms), given.get("end", ALWAYS.end_ms)),
            min_score=given["min_score"],
        )


class ReviewSerializer(FilterSerializer):
    ids = serializers.ListField(child=serializers.IntegerField(min_value=1), max_length=_MOST_IDS, required=False)
    before_ms = serializers.IntegerField(min_value=0, required=False, help_text="Without ids: what matches the filters and began before.")
    reviewed = serializers.BooleanField(default=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("ids" in attrs) == ("before_ms" in attrs):
            raise serializers.ValidationError({"ids": "name the events, or give before_ms"})
        return attrs


def cameras_of(user: User, slugs: Iterable[str] | None) -> tuple[int | None, ...]:
    """Of all that the user may play back those named; for staff, when none is named, also what is about none."""
    cameras = cameras_for(user, Action.PLAYBACK)
    if slugs is not None:
        cameras = cameras.filter(slug__in=list(slugs))
    own: tuple[int | None, ...] = tuple(cameras.values_list("pk", flat=True))
    return (*own, None) if slugs is None and is_staff(user) else own


def is_staff(user: User) -> bool:
    return user.is_active and bool(getattr(user, "is_staff", False)) and not is_limited(user)
