"""/api/v1/: what the apps offer, put together."""

from __future__ import annotations

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from nvr.api.audit import AuditCsvView, AuditView, OngoingView
from nvr.api.auth import TokenView
from nvr.api.not_found import NotFoundView
from nvr.api.tickets import TicketView

app_name = "api"
urlpatterns = [
    path("auth/token/", TokenView.as_view(), name="token"),
    path("audit/", AuditView.as_view(), name="audit"),
    path("audit/ongoing/", OngoingView.as_view(), name="audit-ongoing"),
    path("audit/entries.csv", AuditCsvView.as_view(), name="audit-csv"),
    path("cameras/<slug:slug>/ticket/", TicketView.as_view(), name="ticket"),
    path("", include("streaming.api.urls")),
    path("", include("recordings.api.urls")),
    path("", include("cameras.api.urls")),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    re_path(".*", NotFoundView.as_view(), name="not-found"),
]
