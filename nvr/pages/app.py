"""What makes the pages an app that can be installed: its manifest, its service worker, and the page it shows without a network.

All of them are open to everybody, for a browser asks for them without a session; they tell nothing but that this is an NVR.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

_GROUND, _MARK = "#0b1011", "#0c2b2e"


@require_safe
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> HttpResponse:
    """W3C Web Application Manifest."""
    sizes = ((192, "any"), (512, "any"), (512, "maskable"))
    icons = [
        {"src": static(_icon(size, purpose)), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose} for size, purpose in sizes
    ]
    pages = (("Live", "pages:dashboard"), ("Recordings", "pages:recordings"), ("Notifications", "pages:notifications"))
    return JsonResponse(
        {
            "id": "/",
            "name": "NVR",
            "short_name": "NVR",
            "description": "Your cameras, live and recorded.",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": _GROUND,
            "theme_color": _MARK,
            "icons": icons,
            "shortcuts": [{"name": name, "url": reverse(page)} for name, page in pages],
        },
        content_type="application/manifest+json",
    )


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """At the root, so that it is in charge of all pages. Asked for anew each time: the browser compares it byte by byte."""
    shell = [reverse("pages:offline"), static("css/nvr.css"), static("favicon.svg"), static(_icon(192, "any"))]
    version = hashlib.sha256("\n".join([settings.VERSION, *shell]).encode()).hexdigest()[:12]
    shown = {"version": version, "shell": shell, "icon": static(_icon(192, "any")), "badge": static("icons/badge-96.png")}
    body = f"self.ABOUT = {json.dumps(shown)};\n{_worker_source()}"
    return HttpResponse(body, content_type="text/javascript", headers={"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"})


@require_safe
@cache_control(public=True, max_age=3600)
def offline(request: HttpRequest) -> HttpResponse:
    return render(request, "offline.html")


def _icon(size: int, purpose: str) -> str:
    return f"icons/{'maskable' if purpose == 'maskable' else 'icon'}-{size}.png"


def _worker_source() -> str:
    found = finders.find("js/sw.js")
    assert isinstance(found, str), "static/js/sw.js is part of the project"
    return Path(found).read_text(encoding="utf-8")
