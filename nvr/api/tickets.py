from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cameras.access import identity_of
from cameras.models import Action, Camera
from cameras.permissions import cameras_for, may, signed_in
from nvr.people import tickets

ACTIONS = [(action.value, action.label) for action in (Action.VIEW, Action.PLAYBACK, Action.PTZ)]


class TicketRequestSerializer(serializers.Serializer[Any]):
    action = serializers.ChoiceField(choices=ACTIONS, default=Action.VIEW.value)


class TicketSerializer(serializers.Serializer[Any]):
    ticket = serializers.CharField()
    expires_at = serializers.DateTimeField()
    url = serializers.CharField(help_text="What it is good for: the WebSocket, or the playlist, which wants a start and an end as well.")


class TicketView(APIView):
    """For programs that can send neither cookie nor header: a minute's right to open the camera's live WebSocket, or the one to turn
    it, or twelve hours' to play its recordings. It ends with the session or token that asked for it.
    """

    reads_by_post = True

    @extend_schema(operation_id="cameras_ticket", request=TicketRequestSerializer, responses={200: TicketSerializer}, tags=["cameras"])
    def post(self, request: Request, slug: str) -> Response:
        camera = get_object_or_404(cameras_for(request.user, Action.VIEW), slug=slug)
        wish = TicketRequestSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        action = wish.validated_data["action"]
        if not may(request.user, action, camera):
            raise PermissionDenied(
                f"you have no right to {'turn this camera' if action == Action.PTZ else 'play back what this camera recorded'}"
            )
        ticket = tickets.issue(signed_in(request.user), camera, action, to=identity_of(request))
        answer = {"ticket": ticket, "expires_at": tickets.expires_at(action), "url": _address(request, camera, action, ticket)}
        return Response(TicketSerializer(answer).data)


def _address(request: Request, camera: Camera, action: str, ticket: str) -> str:
    query = urlencode({"ticket": ticket})
    if action == Action.PLAYBACK:
        return request.build_absolute_uri(f"/api/v1/cameras/{camera.slug}/playlist.m3u8?{query}")
    kind = "ptz" if action == Action.PTZ else "live"
    return f"{'wss' if request.is_secure() else 'ws'}://{request.get_host()}/ws/{kind}/{camera.slug}/?{query}"
