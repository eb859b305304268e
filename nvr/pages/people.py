"""People: who may do what with which camera, and why. Everything on the page comes from the API, and changes by it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cameras.models import Action, Camera
from cameras.permissions import is_superuser, may_manage_people


@require_safe
@login_required
def people(request: HttpRequest) -> HttpResponse:
    """For who manages people; for others it isn't there."""
    if not may_manage_people(request.user):
        raise Http404
    facts: dict[str, Any] = {
        "me": request.user.pk,
        "isSuperuser": is_superuser(request.user),
        "timeZone": settings.TIME_ZONE,
        "actions": [action.value for action in Action],
        # all of them: nobody could say else who may see what
        "cameras": [{"slug": slug, "name": name} for slug, name in Camera.objects.values_list("slug", "name")],
    }
    return render(request, "people/people.html", {"facts": facts})


def managing(request: HttpRequest) -> dict[str, Any]:
    """For the templates of all pages: whether the menu leads here."""
    return {"may_manage_people": hasattr(request, "user") and may_manage_people(request.user)}
