"""Whom the NVR tells what; everything on the page comes from the API, and changes by it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cameras.permissions import cameras_for, signed_in
from recordings.models import Event, Zone
from recordings.services.notices.channels import kinds_for, mail_works
from recordings.services.notices.letters import picture_by, picture_of
from recordings.services.notices.rights import tellable

# What is about the installation is for staff.
_OF_CAMERAS = (Event.Kind.MOTION, Event.Kind.CAMERA_DOWN, Event.Kind.GAP)


@require_safe
@login_required
def notifications(request: HttpRequest) -> HttpResponse:
    user = signed_in(request.user)
    is_staff = bool(getattr(user, "is_staff", False))
    cameras = list(cameras_for(user))
    zones = Zone.objects.filter(camera__in=cameras, kind=Zone.Kind.WATCH).values_list("name", flat=True).distinct().order_by("name")
    facts: dict[str, Any] = {
        "kinds": [str(kind) for kind in (Event.Kind if is_staff else _OF_CAMERAS)],
        "channels": kinds_for(user),
        "cameras": [{"slug": camera.slug, "name": camera.name} for camera in cameras],
        "zones": list(zones),
        "timeZone": settings.TIME_ZONE,
        "email": str(getattr(user, "email", "")),
        "mailWorks": mail_works(),
        "isStaff": is_staff,
    }
    return render(request, "notifications/notifications.html", {"facts": facts})


@require_safe
def push_picture(request: HttpRequest, token: str) -> HttpResponse:
    """For a browser that shows a message: no session, but a signature, and the right of the one it was made for, asked now."""
    named = picture_by(token)
    if named is None:
        raise Http404
    event_id, user_id = named
    user = get_user_model()._default_manager.filter(pk=user_id).first()
    event = Event.objects.select_related("camera").filter(pk=event_id).first()
    if user is None or event is None or not tellable(user, [event]):
        raise Http404
    picture = picture_of(event)
    if picture is None:
        raise Http404
    headers = {"Cache-Control": "private, max-age=3600", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
    return HttpResponse(picture, content_type="image/jpeg", headers=headers)
