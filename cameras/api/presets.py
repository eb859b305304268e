from __future__ import annotations

from typing import Any

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cameras.api.access import as_answers, camera_of
from cameras.control import presets
from cameras.models import Action, Preset
from cameras.permissions import signed_in

_TAGS = ["ptz"]


class PresetSerializer(serializers.ModelSerializer[Preset]):
    picture = serializers.SerializerMethodField(help_text="Its address; null when there is none.")

    class Meta:
        model = Preset
        fields = ("id", "name", "picture")
        read_only_fields = fields

    def get_picture(self, preset: Preset) -> str | None:
        if preset.picture_at is None:
            return None
        version = int(preset.picture_at.timestamp())
        return f"/api/v1/cameras/{preset.camera.slug}/ptz/presets/{preset.pk}/picture.jpg?v={version}"


class PresetNameSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100)


class PresetChangeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100, required=False)
    store_here = serializers.BooleanField(default=False, help_text="Its view becomes what the camera sees now.")


class PresetOrderSerializer(serializers.Serializer[Any]):
    ids = serializers.ListField(child=serializers.IntegerField(), max_length=500, help_text="In their order; others follow.")


class GoSerializer(serializers.Serializer[Any]):
    speed = serializers.FloatField(min_value=0, max_value=1, required=False)


@extend_schema(tags=_TAGS)
class PresetsView(APIView):
    """Views with a name and a picture, in their order."""

    @extend_schema(operation_id="ptz_presets_list", responses={200: PresetSerializer(many=True)})
    def get(self, request: Request, slug: str) -> Response:
        camera = camera_of(request, slug, Action.PTZ)
        return Response(PresetSerializer(presets.visible(camera), many=True).data)

    @extend_schema(operation_id="ptz_presets_create", request=PresetNameSerializer, responses={201: PresetSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """Of where the camera looks now, with its picture."""
        camera = camera_of(request, slug, Action.CONFIGURE)
        wish = PresetNameSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        with as_answers():
            preset = presets.create(camera, signed_in(request.user), name=wish.validated_data["name"])
        return Response(PresetSerializer(preset).data, status=201)

    @extend_schema(operation_id="ptz_presets_order", request=PresetOrderSerializer, responses={200: PresetSerializer(many=True)})
    def put(self, request: Request, slug: str) -> Response:
        """Their order."""
        camera = camera_of(request, slug, Action.CONFIGURE)
        wish = PresetOrderSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        return Response(PresetSerializer(presets.reorder(camera, wish.validated_data["ids"]), many=True).data)


@extend_schema(tags=_TAGS)
class PresetSyncView(APIView):
    """Looks what the camera has: presets made, renamed or deleted in its own pages."""

    @extend_schema(operation_id="ptz_presets_sync", request=None, responses={200: PresetSerializer(many=True)})
    def post(self, request: Request, slug: str) -> Response:
        camera = camera_of(request, slug, Action.PTZ)
        with as_answers():
            return Response(PresetSerializer(presets.sync(camera), many=True).data)


@extend_schema(tags=_TAGS)
class PresetView(APIView):
    @extend_schema(operation_id="ptz_presets_update", request=PresetChangeSerializer, responses={200: PresetSerializer})
    def patch(self, request: Request, slug: str, preset_id: int) -> Response:
        preset = preset_of(request, slug, preset_id, Action.CONFIGURE)
        wish = PresetChangeSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        with as_answers():
            if "name" in wish.validated_data:
                presets.rename(preset, name=wish.validated_data["name"])
            if wish.validated_data["store_here"]:
                presets.store_again(preset, signed_in(request.user))
        preset.refresh_from_db()
        return Response(PresetSerializer(preset).data)

    @extend_schema(operation_id="ptz_presets_delete", responses={204: None})
    def delete(self, request: Request, slug: str, preset_id: int) -> Response:
        """On the camera, too, if it can."""
        preset = preset_of(request, slug, preset_id, Action.CONFIGURE)
        with as_answers():
            presets.remove(preset, signed_in(request.user))
        return Response(status=204)


@extend_schema(tags=_TAGS)
class PresetGoView(APIView):
    @extend_schema(operation_id="ptz_presets_go", request=GoSerializer, responses={204: None})
    def post(self, request: Request, slug: str, preset_id: int) -> Response:
        preset = preset_of(request, slug, preset_id, Action.PTZ)
        wish = GoSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        with as_answers():
            presets.go(preset, signed_in(request.user), speed=wish.validated_data.get("speed"))
        return Response(status=204)


@extend_schema(tags=_TAGS)
class PresetPictureView(APIView):
    @extend_schema(operation_id="ptz_presets_picture", responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, slug: str, preset_id: int) -> FileResponse:
        path = presets.picture_path(preset_of(request, slug, preset_id, Action.PTZ))
        try:
            picture = path.open("rb")
        except FileNotFoundError as error:
            raise NotFound("there is no picture of this preset") from error
        return FileResponse(picture, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=86400"})


def preset_of(request: Request, slug: str, preset_id: int, action: Action) -> Preset:
    camera = camera_of(request, slug, action)
    return get_object_or_404(Preset.objects.select_related("camera"), camera=camera, pk=preset_id, is_hidden=False)
