"""What a link to an export shows to whoever has it, without an account: what it is, the film and the file. Nothing else, and no hint
whether a link that doesn't work ever did.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe
from rest_framework.throttling import SimpleRateThrottle

from cameras.audit.activities import gather
from cameras.audit.actors import of_link
from cameras.models import AuditAction
from recordings.api.exports import DOWNLOAD_QUIET_MS
from recordings.api.file_answer import begins, file_answer
from recordings.models import Export, ShareLink
from recordings.rules.amounts import in_bytes
from recordings.services.exports import file_of
from recordings.services.shares import count_download, find_link

_PRIVATE = {"X-Robots-Tag": "noindex, nofollow, noarchive", "Referrer-Policy": "no-referrer"}
_View = Callable[[HttpRequest, str], HttpResponseBase]


class _Throttle(SimpleRateThrottle):
    """By address: a film that plays asks for many ranges, and nobody tries many links."""

    scope = "share"

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


def _guarded(view: _View) -> _View:
    @wraps(view)
    def guarded(request: HttpRequest, secret: str) -> HttpResponseBase:
        throttle = _Throttle()
        if throttle.allow_request(request, view):  # type: ignore[arg-type]  # it asks for nothing but META
            response = view(request, secret)
        else:
            response = HttpResponse("Too many requests.", status=429, content_type="text/plain")
            response["Retry-After"] = str(int(throttle.wait() or 1) + 1)
        for name, value in _PRIVATE.items():
            response.headers[name] = value
        return response

    return guarded


@require_safe
@_guarded
def page(request: HttpRequest, secret: str) -> HttpResponse:
    link = find_link(secret)
    if link is None:
        return _gone(request)
    export = link.export
    context = {
        "title": ", ".join(sorted(camera.name for camera in export.cameras.all())) or "Recording",
        "starts_at": _at(export.start_ms),
        "ends_at": _at(export.end_ms),
        "export": export,
        "films": [{"name": film["name"], "size": in_bytes(film["size_bytes"])} for film in export.result.get("files", [])],
        "size": in_bytes(export.size_bytes or 0),
        "gaps": len(export.result.get("gaps", [])),
        "is_film": export.file.endswith(".mp4"),
        "expires_at": link.expires_at,
    }
    response = render(request, "recordings/share.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@_guarded
def file(request: HttpRequest, secret: str) -> HttpResponseBase:
    link = find_link(secret)
    path = file_of(link.export) if link else None
    if link is None or path is None:
        return _gone(request)
    is_download = request.GET.get("download") == "1"
    if is_download and begins(request):
        count_download(link)
    for camera in link.export.cameras.all():
        gather(
            AuditAction.DOWNLOAD,
            camera=camera,
            kind="export",
            object_id=link.export_id,
            name=path.name,
            quiet_ms=DOWNLOAD_QUIET_MS,
            by=of_link(link.pk, request),
        )
    etag = _etag(link, link.export)
    return file_answer(request, path, etag=etag, is_attachment=is_download, is_allowed=lambda: find_link(secret) is not None)


def _gone(request: HttpRequest) -> HttpResponse:
    response = render(request, "recordings/share_gone.html", status=404)
    response["Cache-Control"] = "no-store"
    return response


def _etag(link: ShareLink, export: Export) -> str:
    return f'"{link.pk}-{export.size_bytes}"'


def _at(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
