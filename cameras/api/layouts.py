from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from cameras.api.editing import IF_MATCH, unchanged
from cameras.api.idempotency import IDEMPOTENCY_KEY, idempotent
from cameras.models import Layout

_MAX_TILES = 256
_MAX_LAYOUTS = 50


class TileSerializer(serializers.Serializer[Any]):
    """A camera's place on the grid, in columns and rows."""

    camera = serializers.SlugField(max_length=100)
    x = serializers.IntegerField(min_value=0, max_value=47)
    y = serializers.IntegerField(min_value=0, max_value=999)
    w = serializers.IntegerField(min_value=1, max_value=48)
    h = serializers.IntegerField(min_value=1, max_value=48)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A tile is whole, also in a change of some of a layout."""
        missing: dict[str, Any] = {str(name): "This field is required." for name in self.fields if str(name) not in attrs}
        if missing:
            raise serializers.ValidationError(missing)
        return attrs


class LayoutSerializer(serializers.ModelSerializer[Layout]):
    tiles = TileSerializer(many=True, required=False)
    columns = serializers.IntegerField(min_value=1, max_value=48, required=False)

    class Meta:
        model = Layout
        fields = ("id", "name", "kind", "columns", "tiles", "is_active")

    def validate_tiles(self, tiles: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(tiles) > _MAX_TILES:
            raise serializers.ValidationError(f"more than {_MAX_TILES} tiles")
        return tiles

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        others = Layout.objects.filter(user=self.context["request"].user)
        if self.instance is not None:
            others = others.exclude(pk=self.instance.pk)
        elif others.count() >= _MAX_LAYOUTS:
            raise serializers.ValidationError(f"you have {_MAX_LAYOUTS} layouts already; delete one")
        if others.filter(name=attrs.get("name")).exists():
            raise serializers.ValidationError({"name": "you have a layout of this name already"})
        return attrs

    @transaction.atomic
    def create(self, validated_data: dict[str, Any]) -> Layout:
        return self._only_active(Layout.objects.create(user=self.context["request"].user, **validated_data))

    @transaction.atomic
    def update(self, instance: Layout, validated_data: dict[str, Any]) -> Layout:
        for name, value in validated_data.items():
            setattr(instance, name, value)
        instance.save()
        return self._only_active(instance)

    def _only_active(self, layout: Layout) -> Layout:
        if layout.is_active:
            Layout.objects.filter(user=layout.user, is_active=True).exclude(pk=layout.pk).update(is_active=False)
        return layout


@extend_schema(tags=["layouts"])
class LayoutViewSet(viewsets.ModelViewSet[Layout]):
    """Your own arrangements of the dashboard. At most one is active: making one so makes the others not."""

    queryset = Layout.objects.none()
    serializer_class = LayoutSerializer
    ordering_fields = ("name", "kind")
    http_method_names = ("get", "post", "patch", "delete", "head", "options")

    @extend_schema(parameters=[IDEMPOTENCY_KEY])
    @idempotent
    def create(self, request: Request) -> Response:
        return super().create(request)

    @extend_schema(parameters=[IF_MATCH])
    def partial_update(self, request: Request, pk: str) -> Response:
        with unchanged(request, self.get_object(), self._represented):
            return super().partial_update(request, pk)

    @extend_schema(parameters=[IF_MATCH])
    def destroy(self, request: Request, pk: str) -> Response:
        with unchanged(request, self.get_object(), self._represented):
            return super().destroy(request, pk)

    def _represented(self) -> Any:
        return self.get_serializer(self.get_object()).data

    def get_queryset(self) -> QuerySet[Layout]:
        user = self.request.user
        return Layout.objects.filter(user=user.pk) if user.is_authenticated else Layout.objects.none()
