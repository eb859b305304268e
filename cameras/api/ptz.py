"""Turning a camera once. Turning it while a key is held goes over /ws/ptz/ (docs/ptz.md)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cameras.api.access import as_answers, camera_of
from cameras.control import commands, steering
from cameras.control.station import describe
from cameras.models import Action, Camera, OnvifDevice
from cameras.permissions import may, signed_in

_TAGS = ["ptz"]


class PtzAbilitiesSerializer(serializers.Serializer[Any]):
    """What the device says that it can. Nothing of what is missing will work."""

    turns = serializers.BooleanField()
    zooms = serializers.BooleanField()
    moves_by = serializers.BooleanField()
    zooms_by = serializers.BooleanField()
    moves_to = serializers.BooleanField()
    zooms_to = serializers.BooleanField()
    has_home = serializers.BooleanField()
    focuses = serializers.BooleanField()
    most_presets = serializers.IntegerField()
    centres_on_click = serializers.BooleanField(help_text="Whether `centre` is exact.")


class SteeringSerializer(serializers.Serializer[Any]):
    by = serializers.CharField(allow_null=True, help_text="Who steers; null when it is free.")
    rank = serializers.IntegerField(help_text="1 may turn it, 2 may configure it, 3 superuser; who ranks higher may take over.")
    until_ms = serializers.IntegerField(allow_null=True, help_text="Until when at least, in ms since 1970.")


class PtzSerializer(serializers.Serializer[Any]):
    is_set_up = serializers.BooleanField()
    may_move = serializers.BooleanField()
    may_configure = serializers.BooleanField()
    abilities = PtzAbilitiesSerializer(allow_null=True)
    steering = SteeringSerializer()
    failure = serializers.CharField(help_text="Why the device could not be asked when it was asked last; empty when it could.")


class PositionSerializer(serializers.Serializer[Any]):
    """null for what the device doesn't tell."""

    pan = serializers.FloatField(allow_null=True, help_text="-1 (left) to 1 (right).")
    tilt = serializers.FloatField(allow_null=True, help_text="-1 (down) to 1 (up).")
    zoom = serializers.FloatField(allow_null=True, help_text="0 (wide) to 1 (close).")
    is_moving = serializers.BooleanField(allow_null=True)


class MoveSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(
        choices=["relative", "absolute", "centre"],
        help_text="`relative` to where it looks, in parts of the whole range; `absolute` to a position; `centre` what is at `pan`, `tilt` "
        "of the picture, from -1 to 1.",
    )
    pan = serializers.FloatField(min_value=-1, max_value=1, required=False)
    tilt = serializers.FloatField(min_value=-1, max_value=1, required=False)
    zoom = serializers.FloatField(min_value=-1, max_value=1, required=False)
    speed = serializers.FloatField(min_value=0, max_value=1, required=False, help_text="Of `absolute`: a part of the fastest.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("pan" in attrs) != ("tilt" in attrs):
            raise serializers.ValidationError({"tilt": "pan and tilt belong together"})
        if not attrs.keys() & {"pan", "zoom"}:
            raise serializers.ValidationError({"pan": "where to? Give pan and tilt, or zoom"})
        return attrs


class TakeSerializer(serializers.Serializer[Any]):
    take_over = serializers.BooleanField(default=False, help_text="Also from somebody of a lower rank who is steering.")


@extend_schema(tags=_TAGS)
class PtzView(APIView):
    """What the camera can, and who steers it."""

    @extend_schema(operation_id="ptz_retrieve", responses={200: PtzSerializer})
    def get(self, request: Request, slug: str) -> Response:
        camera = camera_of(request, slug, Action.VIEW)
        device = OnvifDevice.objects.filter(camera=camera).first()
        answer = {
            "is_set_up": device is not None,
            "may_move": may(request.user, Action.PTZ, camera),
            "may_configure": may(request.user, Action.CONFIGURE, camera),
            "abilities": device.abilities or None if device is not None else None,
            "steering": describe(camera),
            "failure": device.failure if device is not None else "",
        }
        return Response(PtzSerializer(answer).data)


@extend_schema(tags=_TAGS)
class PtzStatusView(APIView):
    """Where the camera looks, asked of the camera."""

    @extend_schema(operation_id="ptz_status", responses={200: PositionSerializer})
    def get(self, request: Request, slug: str) -> Response:
        camera = camera_of(request, slug, Action.PTZ)
        with as_answers():
            return Response(PositionSerializer(commands.status(camera)).data)


@extend_schema(tags=_TAGS)
class PtzMoveView(APIView):
    """One move that ends by itself. Takes the helm; 409 when somebody else has it, or when the camera can't."""

    @extend_schema(operation_id="ptz_move", request=MoveSerializer, responses={204: None})
    def post(self, request: Request, slug: str) -> Response:
        camera = camera_of(request, slug, Action.PTZ)
        wish = MoveSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        with as_answers():
            _move(camera, request, wish.validated_data)
        return Response(status=204)


@extend_schema(tags=_TAGS)
class PtzStopView(APIView):
    """Stops the camera, whoever made it move: for everybody who may turn it."""

    @extend_schema(operation_id="ptz_stop", request=None, responses={204: None})
    def post(self, request: Request, slug: str) -> Response:
        camera = camera_of(request, slug, Action.PTZ)
        with as_answers():
            commands.stop(camera)
        return Response(status=204)


@extend_schema(tags=_TAGS)
class PtzHomeView(APIView):
    @extend_schema(operation_id="ptz_home_go", request=None, responses={204: None})
    def post(self, request: Request, slug: str) -> Response:
        """Goes there."""
        camera = camera_of(request, slug, Action.PTZ)
        with as_answers():
            commands.go_home(camera, signed_in(request.user))
        return Response(status=204)

    @extend_schema(operation_id="ptz_home_set", request=None, responses={204: None})
    def put(self, request: Request, slug: str) -> Response:
        """Makes what the camera sees now its home."""
        camera = camera_of(request, slug, Action.CONFIGURE)
        with as_answers():
            commands.set_home(camera, signed_in(request.user))
        return Response(status=204)


@extend_schema(tags=_TAGS)
class PtzLockView(APIView):
    """The helm: each command keeps it for another ten seconds, so few need to take it by hand."""

    @extend_schema(operation_id="ptz_lock_take", request=TakeSerializer, responses={200: SteeringSerializer})
    def post(self, request: Request, slug: str) -> Response:
        camera = camera_of(request, slug, Action.PTZ)
        wish = TakeSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        with as_answers():
            steering.take(camera, signed_in(request.user), takes_over=wish.validated_data["take_over"])
        return Response(SteeringSerializer(describe(camera)).data)

    @extend_schema(operation_id="ptz_lock_release", responses={204: None})
    def delete(self, request: Request, slug: str) -> Response:
        steering.release(camera_of(request, slug, Action.PTZ), signed_in(request.user))
        return Response(status=204)


def _move(camera: Camera, request: Request, wish: dict[str, Any]) -> None:
    user = signed_in(request.user)
    pan, tilt, zoom = wish.get("pan"), wish.get("tilt"), wish.get("zoom")
    if wish["kind"] == "relative":
        commands.move_by(camera, user, pan=pan or 0.0, tilt=tilt or 0.0, zoom=zoom or 0.0)
    elif wish["kind"] == "centre":
        commands.centre(camera, user, x=pan or 0.0, y=tilt or 0.0)
    else:
        commands.move_to(camera, user, pan=pan, tilt=tilt, zoom=zoom, speed=wish.get("speed"))
