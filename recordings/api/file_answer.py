"""A finished file as an answer: whole or by range, to be shown or to be saved."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from recordings.api.footage_bytes import FootageBytes
from recordings.rules.byte_ranges import ByteRange, UnsatisfiableRange, requested_range

_TYPES = {".mp4": "video/mp4", ".zip": "application/zip"}


def file_answer(request: HttpRequest, path: Path, *, etag: str, is_attachment: bool, is_allowed: Callable[[], bool]) -> HttpResponseBase:
    """`is_allowed` is asked again while a large file is being sent. Raises OSError when the file is gone."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    answer = _answer(request, descriptor, etag, _TYPES.get(path.suffix, "application/octet-stream"), is_allowed)
    if not isinstance(answer, StreamingHttpResponse):
        os.close(descriptor)
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Disposition"] = content_disposition_header(is_attachment, path.name) or "inline"
    return answer


def begins(request: HttpRequest) -> bool:
    """Whether this fetches the file's first byte: what counts as one download, however many ranges it takes."""
    asked = request.headers.get("Range", "")
    return request.method == "GET" and (not asked or asked.replace(" ", "").startswith("bytes=0-"))


def _answer(request: HttpRequest, descriptor: int, etag: str, content_type: str, is_allowed: Callable[[], bool]) -> HttpResponseBase:
    """A StreamingHttpResponse takes over the descriptor."""
    size_bytes = os.fstat(descriptor).st_size
    try:
        part = requested_range(request.headers.get("Range"), request.headers.get("If-Range"), size_bytes=size_bytes, etag=etag)
    except UnsatisfiableRange:
        return HttpResponse(status=416, content_type=content_type, headers={"Content-Range": f"bytes */{size_bytes}"})
    if part is None and request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304)
    wanted, status = part or ByteRange(0, size_bytes), 206 if part else 200
    headers = {"Content-Length": str(wanted.end - wanted.start)}
    if part:
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{size_bytes}"
    if request.method == "HEAD":
        return HttpResponse(status=status, content_type=content_type, headers=headers)
    body = FootageBytes(descriptor, wanted, is_allowed=is_allowed)
    return StreamingHttpResponse(body, status=status, content_type=content_type, headers=headers)
