"""Pages whose saving asks a camera."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from cameras.control.steering import SteeredByAnother
from cameras.onvif.errors import OnvifError

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin

# What a camera, or who steers it, may have against it.
CAMERA_FAILURES: tuple[type[Exception], ...] = (OnvifError, SteeredByAnother)


class AsksCamera(_Admin):
    """Without the transaction that Django puts around a save: a camera takes seconds to answer, and the database has one writer. What is
    written then is the services' business, which write at once and at the end.
    """

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        answer: HttpResponse = self._changeform_view(request, object_id, form_url, extra_context)  # type: ignore[attr-defined]  # Django's own
        return answer

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        answer: HttpResponse = self._delete_view(request, object_id, extra_context)  # type: ignore[attr-defined]  # Django's own
        return answer
