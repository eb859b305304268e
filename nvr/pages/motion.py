from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cameras.models import Action
from cameras.permissions import cameras_for, may
from recordings.objects.finder import trouble


@require_safe
@login_required
def motion(request: HttpRequest, slug: str) -> HttpResponse:
    """Zones and settings of a camera, for who may configure it. What is on it comes from the API."""
    camera = get_object_or_404(cameras_for(request.user), slug=slug)
    if not may(request.user, Action.CONFIGURE, camera):
        raise PermissionDenied("you have no right to configure this camera")
    context = {"camera": camera, "may_play_back": may(request.user, Action.PLAYBACK, camera), "objects_trouble": trouble()}
    return render(request, "motion.html", context)
