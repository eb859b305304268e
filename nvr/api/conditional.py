"""Reads that are polled: every JSON answer has an ETag, and who sends it back in If-None-Match gets 304 while nothing has changed."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware


class ConditionalApi(ConditionalGetMiddleware):
    """Django's own, for the API alone: pages hold a token that is another one each time."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not request.path.startswith("/api/"):
            return response
        if request.method == "GET" and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-cache"  # keep it, and ask before using it again
        return super().process_response(request, response)
