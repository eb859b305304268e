"""Which camera a request is about, and the camera's own troubles as answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.shortcuts import get_object_or_404
from rest_framework import status
from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework.request import Request

from cameras.control.steering import SteeredByAnother
from cameras.models import Action, Camera
from cameras.onvif.errors import CameraRefuses, NotSupported, OnvifError
from cameras.permissions import cameras_for, may

_REFUSALS = {
    Action.PTZ: "you have no right to turn this camera",
    Action.CONFIGURE: "you have no right to configure this camera",
}


class CameraFails(APIException):
    """The camera can't be reached, or answers nonsense."""

    status_code = status.HTTP_502_BAD_GATEWAY


class CameraSaysNo(APIException):
    """The camera can't, or won't; or somebody else is steering it."""

    status_code = status.HTTP_409_CONFLICT


def camera_of(request: Request, slug: str, action: Action) -> Camera:
    """Raises Http404 for a camera that one may not even view, PermissionDenied for one on which one may not do this."""
    camera = get_object_or_404(cameras_for(request.user, Action.VIEW), slug=slug)
    if not may(request.user, action, camera):
        raise PermissionDenied(_REFUSALS.get(action, "you have no right to do this with this camera"))
    return camera


@contextmanager
def as_answers() -> Iterator[None]:
    try:
        yield
    except (NotSupported, CameraRefuses) as error:
        raise CameraSaysNo(str(error)) from error
    except OnvifError as error:
        raise CameraFails(str(error)) from error
    except SteeredByAnother as error:
        raise CameraSaysNo(f"{error}") from error
