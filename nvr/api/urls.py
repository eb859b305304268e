"""/api/v1/: what the apps offer, put together."""

from __future__ import annotations

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from nvr.api.auth import TokenView
from nvr.api.news_document import news_document
from nvr.api.not_found import NotFoundView
from nvr.api.system import SettingsView, SystemView
from nvr.api.tickets import TicketView

app_name = "api"
urlpatterns = [
    path("auth/token/", TokenView.as_view(), name="token"),
    path("cameras/<slug:slug>/ticket/", TicketView.as_view(), name="ticket"),
    path("system/", SystemView.as_view(), name="system"),
    path("settings/", SettingsView.as_view(), name="settings"),
    path("", include("streaming.api.urls")),
    path("", include("recordings.api.urls")),
    path("", include("cameras.api.urls")),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("events-document/", news_document, name="events-document"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="api:schema"), name="docs"),
    re_path(".*", NotFoundView.as_view(), name="not-found"),
]
