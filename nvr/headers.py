"""Headers that every answer has, whatever made it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

# Our pages show pictures and play sound; of all else that a page could ask the browser for they use full screen and the game controller.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "bluetooth", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope", "hid"),
        *("identity-credentials-get", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment"),
        *("serial", "usb", "xr-spatial-tracking"),
    )
)


@sync_and_async_middleware
def security_headers(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """What a view has set itself stays: it knows what may be kept, and by whom."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            return _with_headers(await cast("Awaitable[HttpResponseBase]", get_response(request)))

        return answer_async

    def answer(request: HttpRequest) -> HttpResponseBase:
        return _with_headers(cast("HttpResponseBase", get_response(request)))

    return answer


def _with_headers(response: HttpResponseBase) -> HttpResponseBase:
    """Without a word about it an answer is not kept: on a shared computer the next person would find it by the Back button."""
    response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
    response.headers.setdefault("Cache-Control", "private, no-store")
    # Pages elsewhere may show our pictures only when somebody has said so by NVR_TRUSTED_ORIGINS.
    response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if settings.CSRF_TRUSTED_ORIGINS else "same-origin")
    return response
