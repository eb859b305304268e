"""The pages people look at. Everything that changes while one looks comes from the API and the events WebSocket, not from here."""

from __future__ import annotations

import json

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from cameras.models import Action, Diagnosis, Layout
from cameras.permissions import cameras_for, may, may_add, rights_by_camera


@require_safe
@login_required
def dashboard(request: HttpRequest) -> HttpResponse:
    layout = Layout.objects.filter(user=request.user.pk or 0, is_active=True).first()
    rights = rights_by_camera(request.user)
    return render(
        request,
        "dashboard.html",
        {
            "cameras": list(cameras_for(request.user)),
            "playable": {camera_id for camera_id, its in rights.items() if Action.PLAYBACK in its},
            "audible": {camera_id for camera_id, its in rights.items() if Action.HEAR in its},
            "layout": layout or Layout(kind="auto"),
            "tiles": json.dumps(layout.tiles if layout else []),
            "may_add": may_add(request.user),
            "is_kiosk": request.GET.get("kiosk") == "1",
        },
    )


@require_safe
@login_required
def camera(request: HttpRequest, slug: str) -> HttpResponse:
    """Answers 404 for a camera the user may not view, as for one that doesn't exist."""
    shown = get_object_or_404(cameras_for(request.user).prefetch_related("streams"), slug=slug)
    may_configure = may(request.user, Action.CONFIGURE, shown)
    context = {
        "camera": shown,
        "streams": list(shown.streams.all()),
        "may_configure": may_configure,
        "may_change": is_staff(request) and may_configure,
        "last_check": shown.diagnoses.filter(state=Diagnosis.State.DONE).first() if may_configure else None,
        "may_play_back": may(request.user, Action.PLAYBACK, shown),
        "may_hear": may(request.user, Action.HEAR, shown),
    }
    return render(request, "camera.html", context)


@require_safe
@login_required
def system(request: HttpRequest) -> HttpResponse:
    changeable = set(cameras_for(request.user, Action.CONFIGURE).values_list("pk", flat=True)) if is_staff(request) else set()
    return render(
        request,
        "system.html",
        {
            "cameras": list(cameras_for(request.user).prefetch_related("streams")),
            "changeable": changeable,
            "version": settings.VERSION,
            "may_add": may_add(request.user),
        },
    )


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Asked for by browsers on pages that name no icon of their own, such as the admin's."""
    return redirect(static("favicon.svg"))


def is_staff(request: HttpRequest) -> bool:
    """Only staff can open the admin, so links into it are for them."""
    return bool(getattr(request.user, "is_staff", False))
