from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin


class TooManyAttemptsMiddleware(MiddlewareMixin):
    """A page that says "try again in …" also says so to programs: 429 and Retry-After."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        wait = getattr(request, "nvr_wait", None)
        if wait is not None:
            response.status_code = 429
            response.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
        return response
