from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cameras.permissions import cameras_for


@require_safe
@login_required
def exports(request: HttpRequest) -> HttpResponse:
    """One's own exports; they come from the API, as their progress does."""
    names = {camera.slug: camera.name for camera in cameras_for(request.user)}
    return render(request, "recordings/exports.html", {"names": names})
