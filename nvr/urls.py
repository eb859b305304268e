from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from nvr import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("api/v1/", include("nvr.api.urls")),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("", include("nvr.pages.urls")),
]
