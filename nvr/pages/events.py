"""The events page and the search by area. The events themselves come from the API; here is what one can choose from."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cameras.models import Action, Camera
from cameras.permissions import cameras_for, may_add, rights_by_camera
from nvr.pages.views import is_staff
from recordings.models import Event, RecordingRule, Zone

# The newest events tell what is found here; all labels that ever were would take a look at every event.
_LABELS_OF = 1000
_FOR_STAFF = (Event.Kind.STORAGE, Event.Kind.NODE)


@require_safe
@login_required
def events(request: HttpRequest) -> HttpResponse:
    """What is chosen is in the query string, for static/js/events/filters.js; `event` names one to open."""
    context = _common(request)
    playable = context["cameras"]
    is_for_staff = is_staff(request)
    mine = Q(camera__in=playable)
    events = Event.objects.filter(mine | Q(camera=None) if is_for_staff else mine)
    context |= {
        "kinds": [kind for kind in Event.Kind if is_for_staff or kind not in _FOR_STAFF],
        "zones": sorted(set(Zone.objects.filter(camera__in=playable, kind=Zone.Kind.WATCH).values_list("name", flat=True))),
        "labels": _labels(events),
        "has_events": events.exists(),
        "names": json.dumps({camera.slug: camera.name for camera in playable}),
    }
    return render(request, "events/browse.html", context)


@require_safe
@login_required
def search(request: HttpRequest) -> HttpResponse:
    """When did something move here? Camera, time and area are in the query string, for static/js/area-search/place.js."""
    return render(request, "events/search.html", _common(request))


def _common(request: HttpRequest) -> dict[str, Any]:
    cameras = list(cameras_for(request.user, Action.PLAYBACK))
    rights = rights_by_camera(request.user)
    on_sub = set(RecordingRule.objects.filter(streams=RecordingRule.Streams.SUB).values_list("camera_id", flat=True))
    described = [_described(camera, rights.get(camera.pk, []), is_on_sub=camera.pk in on_sub) for camera in cameras]
    return {
        "cameras": cameras,
        "described": described,
        "unwatched": [camera for camera in cameras if not camera.detects_motion],
        "changeable": _changeable(cameras, rights),
        "has_any": bool(rights),
        "may_add": may_add(request.user),
    }


def _described(camera: Camera, rights: list[Action], *, is_on_sub: bool) -> dict[str, Any]:
    return {
        "slug": camera.slug,
        "name": camera.name,
        "role": "sub" if is_on_sub else "main",
        "may": [right.value for right in rights],
        "detects": camera.detects_motion,
    }


def _changeable(cameras: list[Camera], rights: dict[int, list[Action]]) -> list[dict[str, str]]:
    """Cameras without motion detection that this person could switch it on for, and where."""
    mine = [camera for camera in cameras if not camera.detects_motion and Action.CONFIGURE in rights.get(camera.pk, [])]
    return [{"name": camera.name, "url": reverse("pages:motion", args=[camera.slug])} for camera in mine]


def _labels(events: QuerySet[Event]) -> list[str]:
    newest = events.order_by("-start_ms").values_list("labels", flat=True)[:_LABELS_OF]
    return sorted({str(label.get("label")) for labels in newest for label in labels if isinstance(label, dict)})
