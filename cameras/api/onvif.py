"""A camera's ONVIF settings, and its outputs."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cameras.api.access import as_answers, camera_of
from cameras.control import commands, setup
from cameras.models import Action, OnvifDevice
from cameras.permissions import signed_in

_TAGS = ["onvif"]


class DeviceInformationSerializer(serializers.Serializer[Any]):
    manufacturer = serializers.CharField(default="")
    model = serializers.CharField(default="")
    firmware = serializers.CharField(default="")
    serial_number = serializers.CharField(default="")
    hardware = serializers.CharField(default="")


class OnvifSerializer(serializers.ModelSerializer[OnvifDevice]):
    information = DeviceInformationSerializer(read_only=True)
    has_own_login = serializers.SerializerMethodField(help_text="Whether it uses a user name of its own instead of the camera's.")
    events_state = serializers.ChoiceField(choices=OnvifDevice.EventsState.choices, read_only=True)

    class Meta:
        model = OnvifDevice
        fields = (
            "address",
            "username",
            "has_own_login",
            "information",
            "clock_ahead_s",
            "failure",
            "checked_at",
            "has_events",
            "takes_events",
            "events_state",
            "events_reason",
            "home_after_s",
            "relays",
        )
        read_only_fields = fields

    def get_has_own_login(self, device: OnvifDevice) -> bool:
        return bool(device.username)


class ConnectSerializer(serializers.Serializer[Any]):
    address = serializers.CharField(
        max_length=300,
        required=False,
        allow_blank=True,
        default="",
        help_text="Empty: looked for at the camera's own host, at the usual ports.",
    )
    username = serializers.CharField(
        max_length=200, required=False, allow_blank=True, default="", trim_whitespace=False, help_text="Empty: as for the camera's streams."
    )
    password = serializers.CharField(
        max_length=200, required=False, allow_blank=True, trim_whitespace=False, write_only=True, help_text="Left out: as it is."
    )


class OnvifChangeSerializer(serializers.Serializer[Any]):
    takes_events = serializers.BooleanField(required=False)
    home_after_s = serializers.IntegerField(min_value=0, max_value=86_400, required=False)

    def validate_home_after_s(self, seconds: int) -> int:
        if 0 < seconds < 10:
            raise serializers.ValidationError("at least 10 seconds, or 0 for never")
        return seconds


class RelaySerializer(serializers.Serializer[Any]):
    is_on = serializers.BooleanField()


@extend_schema(tags=_TAGS)
class OnvifView(APIView):
    """How this camera is asked by ONVIF, for who may configure it. Needed to turn it, and for its own events and outputs."""

    @extend_schema(operation_id="onvif_retrieve", responses={200: OnvifSerializer})
    def get(self, request: Request, slug: str) -> Response:
        return Response(OnvifSerializer(_device_of(request, slug)).data)

    @extend_schema(operation_id="onvif_connect", request=ConnectSerializer, responses={200: OnvifSerializer})
    def put(self, request: Request, slug: str) -> Response:
        """Asks the device, and keeps the settings when it answers."""
        camera = camera_of(request, slug, Action.CONFIGURE)
        wish = ConnectSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        given = wish.validated_data
        with as_answers():
            device = setup.connect_device(
                camera,
                address=given["address"],
                username=given["username"],
                password=given.get("password"),
                by=signed_in(request.user),
            )
        return Response(OnvifSerializer(device).data)

    @extend_schema(operation_id="onvif_update", request=OnvifChangeSerializer, responses={200: OnvifSerializer})
    def patch(self, request: Request, slug: str) -> Response:
        device = _device_of(request, slug)
        wish = OnvifChangeSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        for name, value in wish.validated_data.items():
            setattr(device, name, value)
        device.save(update_fields=[*wish.validated_data, "updated_at"])
        return Response(OnvifSerializer(device).data)

    @extend_schema(operation_id="onvif_forget", responses={204: None})
    def delete(self, request: Request, slug: str) -> Response:
        """Forgets the settings, presets and tours; the camera keeps its presets."""
        _device_of(request, slug)
        setup.disconnect_device(camera_of(request, slug, Action.CONFIGURE))
        return Response(status=204)


@extend_schema(tags=_TAGS)
class OnvifCheckView(APIView):
    """Asks the device anew what it is and what it can."""

    @extend_schema(operation_id="onvif_check", request=None, responses={200: OnvifSerializer})
    def post(self, request: Request, slug: str) -> Response:
        with as_answers():
            return Response(OnvifSerializer(setup.look_again(_device_of(request, slug))).data)


@extend_schema(tags=_TAGS)
class RelayView(APIView):
    """An output of the camera: a lamp, a door, a siren. For who may configure the camera."""

    @extend_schema(operation_id="relays_switch", request=RelaySerializer, responses={204: None})
    def post(self, request: Request, slug: str, token: str) -> Response:
        device = _device_of(request, slug)
        if token not in device.relays:
            raise NotFound("this camera has no such output")
        wish = RelaySerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        with as_answers():
            commands.set_relay(device.camera, token, is_on=wish.validated_data["is_on"])
        return Response(status=204)


def _device_of(request: Request, slug: str) -> OnvifDevice:
    camera = camera_of(request, slug, Action.CONFIGURE)
    return get_object_or_404(OnvifDevice.objects.select_related("camera"), camera=camera)
