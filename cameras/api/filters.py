"""Filters of a list as a serializer of its query: documented and checked like any other input."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from cameras.models import Camera, StreamState


class CameraFilter(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=StreamState.choices, required=False)
    record = serializers.ChoiceField(choices=Camera.Record.choices, required=False)
    is_enabled = serializers.BooleanField(required=False, allow_null=True, default=None)
    name = serializers.CharField(max_length=100, required=False, help_text="A part of its name.")

    def to_wish(self) -> dict[str, Any]:
        given = {name: value for name, value in self.validated_data.items() if value is not None}
        if "name" in given:
            given["name__icontains"] = given.pop("name")
        return given


def wish_of(request: Request, kind: type[Any]) -> dict[str, Any]:
    """What a queryset is filtered by. Raises ValidationError by parameter."""
    refuse_empty(request, kind)
    query = kind(data=request.query_params)
    query.is_valid(raise_exception=True)
    wish: dict[str, Any] = query.to_wish()
    return wish


def refuse_empty(request: Request, kind: type[serializers.Serializer[Any]]) -> None:
    """REST framework would take them for left out. Raises ValidationError by parameter."""
    fields = {name for name, field in kind().fields.items() if not getattr(field, "allow_blank", False)}
    empty = sorted(name for name in fields if request.query_params.get(name) == "")
    if empty:
        raise serializers.ValidationError(dict.fromkeys(empty, "may not be empty: leave it out"))
