from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cameras.models import Action
from cameras.permissions import cameras_for
from nvr.pages.views import is_staff


@require_safe
@login_required
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """The camera doctor. For who may configure the camera; for others it isn't there. Findings come from the API and the events."""
    camera = get_object_or_404(cameras_for(request.user, Action.CONFIGURE), slug=slug)
    return render(request, "camera_check.html", {"camera": camera, "may_change": is_staff(request)})
