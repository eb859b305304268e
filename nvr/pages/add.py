from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cameras.permissions import may_add
from nvr.pages.views import is_staff


@require_safe
@login_required
def add(request: HttpRequest) -> HttpResponse:
    """The assistant that adds cameras. For who may; for others it isn't there. All it does goes by the API."""
    if not may_add(request.user):
        raise Http404
    return render(request, "camera_add.html", {"is_staff": is_staff(request)})
