"""Tickets on HTTP, for players that can send neither cookie nor header: `?ticket=` on playlists, footage and single pictures."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.utils.module_loading import import_string
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from cameras.access import Identity, TicketError, identity_of
from cameras.api.authentication import ScopedTokenAuthentication
from cameras.models import Action, Camera


class TicketAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[AbstractBaseUser, Identity] | None:
        text = request.query_params.get("ticket")
        if text is None:
            return None
        try:
            user, camera_id, action = import_string(settings.NVR_TICKET_CHECKER)(text)
        except TicketError as error:
            raise AuthenticationFailed(str(error)) from error
        return user, Identity(user.pk, "ticket", text, camera_id, action)

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class TicketScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its registry is untyped
    target_class = TicketAuthentication
    name = "ticket"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "query", "name": "ticket", "description": "Of action `playback`, for this camera."}


WITH_TICKETS: tuple[type[BaseAuthentication], ...] = (TicketAuthentication, ScopedTokenAuthentication, SessionAuthentication)


def check_ticket(request: Request, camera: Camera, action: Action) -> None:
    """Raises PermissionDenied for a request that came with a ticket to another camera, or for something else."""
    if not identity_of(request).covers(camera.pk, action):
        raise PermissionDenied("this ticket is for something else")
