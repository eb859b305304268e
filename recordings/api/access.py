from __future__ import annotations

from django.shortcuts import get_object_or_404
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from cameras.api.tickets import check_ticket
from cameras.audit.activities import gather
from cameras.models import Action, AuditAction, Camera
from cameras.permissions import cameras_for, may

_LOOK_QUIET_MS = 180_000
_REFUSALS = {
    Action.PLAYBACK: "you have no right to play back what this camera recorded",
    Action.EXPORT: "you have no right to export what this camera recorded",
    Action.PROTECT: "you have no right to protect what this camera recorded",
    Action.DELETE: "you have no right to delete what this camera recorded",
    Action.CONFIGURE: "you have no right to configure this camera",
}


def note_look(camera: Camera) -> None:
    """That somebody looks at small pictures of the past, however many: one entry, when none was asked for so long."""
    gather(AuditAction.PICTURE, camera=camera, kind="footage", name=camera.name, quiet_ms=_LOOK_QUIET_MS)


def camera_of(request: Request, slug: str, action: Action) -> Camera:
    """Raises Http404 for a camera that one may not even view, PermissionDenied for one on which one may not do this."""
    camera = get_object_or_404(cameras_for(request.user, Action.VIEW), slug=slug)
    if not may(request.user, action, camera):
        raise PermissionDenied(_REFUSALS.get(action, "you have no right to do this with this camera"))
    return camera


def footage_camera(request: Request, slug: str) -> Camera:
    """Whose footage is asked for. Raises as camera_of, and PermissionDenied for a ticket to something else."""
    camera = camera_of(request, slug, Action.PLAYBACK)
    check_ticket(request, camera, Action.PLAYBACK)
    return camera
