from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cameras.models import Action, Camera, Stream
from cameras.permissions import cameras_for, may_add, rights_by_camera
from recordings.models import RecordingRule


@require_safe
@login_required
def browse(request: HttpRequest) -> HttpResponse:
    """The recordings browser. Which cameras, when and how closely is in the query string, for static/js/timeline/address.js."""
    cameras = list(cameras_for(request.user, Action.PLAYBACK))
    rights = rights_by_camera(request.user)
    recorded_on_sub = set(RecordingRule.objects.filter(streams=RecordingRule.Streams.SUB).values_list("camera_id", flat=True))
    is_staff = bool(getattr(request.user, "is_staff", False))
    described = [
        _described(camera, rights.get(camera.pk, []), is_on_sub=camera.pk in recorded_on_sub, is_staff=is_staff) for camera in cameras
    ]
    context = {
        "cameras": cameras,
        "described": described,
        "names": json.dumps({camera.slug: camera.name for camera in cameras}),
        "has_any": cameras_for(request.user).exists(),
        "may_add": may_add(request.user),
    }
    return render(request, "recordings/browse.html", context)


def _described(camera: Camera, rights: list[Action], *, is_on_sub: bool, is_staff: bool) -> dict[str, Any]:
    may_configure = is_staff and Action.CONFIGURE in rights
    return {
        "slug": camera.slug,
        "name": camera.name,
        "record": camera.record if camera.is_enabled else "disabled",
        "role": Stream.Role.SUB.value if is_on_sub else Stream.Role.MAIN.value,
        "may": [right.value for right in rights],
        "settings": reverse("admin:cameras_camera_change", args=[camera.pk]) if may_configure else "",
    }
