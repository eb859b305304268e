from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cameras.models import Action
from cameras.permissions import cameras_for, signed_in
from nvr.people import tickets


class TicketRequestSerializer(serializers.Serializer[Any]):
    action = serializers.ChoiceField(choices=[(Action.VIEW.value, Action.VIEW.label)], default=Action.VIEW.value)


class TicketSerializer(serializers.Serializer[Any]):
    ticket = serializers.CharField()
    expires_at = serializers.DateTimeField()
    url = serializers.CharField(help_text="The WebSocket address the ticket is good for.")


class TicketView(APIView):
    """A minute's right to open the camera's live WebSocket, for programs that can send neither cookie nor header there."""

    @extend_schema(operation_id="cameras_ticket", request=TicketRequestSerializer, responses={200: TicketSerializer}, tags=["cameras"])
    def post(self, request: Request, slug: str) -> Response:
        camera = get_object_or_404(cameras_for(request.user, Action.VIEW), slug=slug)
        wish = TicketRequestSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        ticket = tickets.issue(signed_in(request.user), camera, wish.validated_data["action"])
        address = f"{'wss' if request.is_secure() else 'ws'}://{request.get_host()}/ws/live/{camera.slug}/?{urlencode({'ticket': ticket})}"
        return Response(TicketSerializer({"ticket": ticket, "expires_at": tickets.expires_at(), "url": address}).data)
