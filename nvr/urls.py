from __future__ import annotations

from typing import NoReturn

from django.contrib import admin
from django.http import Http404, HttpRequest
from django.urls import URLPattern, URLResolver, include, path

from nvr import health
from nvr.api.not_found import NotFoundView
from nvr.pages import reset


def closed(_request: HttpRequest) -> NoReturn:
    """Account pages that nobody needs here: an administrator makes accounts, and keeps their addresses."""
    raise Http404


handler500 = "nvr.api.problems.server_error"
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("api/v1/", include("nvr.api.urls")),
    path("api/", include("streaming.urls")),
    path("api/<path:nothing>", NotFoundView.as_view()),
    path("admin/", admin.site.urls),
    path("accounts/password/reset/", reset.ask),
    path("accounts/password/reset/done/", reset.asked),
    path("accounts/password/set/", closed),
    path("accounts/email/", closed),
    path("accounts/signup/", closed),
    path("accounts/3rdparty/signup/", closed),
    path("accounts/", include("allauth.urls")),
    path("", include("nvr.pages.urls")),
]
