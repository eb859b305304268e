"""/api/v1/: what the apps offer, put together."""

from __future__ import annotations

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from nvr.api.audit import AuditCsvView, AuditView, OngoingView
from nvr.api.auth import TokenView
from nvr.api.news_document import news_document
from nvr.api.not_found import NotFoundView
from nvr.api.sessions import SessionsView, SessionView
from nvr.api.system import SettingsView, SystemView
from nvr.api.tickets import TicketView
from nvr.api.tokens import TokenDetailsView, TokensView

app_name = "api"
urlpatterns = [
    path("auth/token/", TokenView.as_view(), name="token"),
    path("audit/", AuditView.as_view(), name="audit"),
    path("audit/ongoing/", OngoingView.as_view(), name="audit-ongoing"),
    path("audit/entries.csv", AuditCsvView.as_view(), name="audit-csv"),
    path("sessions/", SessionsView.as_view(), name="sessions"),
    path("sessions/<int:pk>/", SessionView.as_view(), name="session"),
    path("tokens/", TokensView.as_view(), name="tokens"),
    path("tokens/<int:pk>/", TokenDetailsView.as_view(), name="token-details"),
    path("cameras/<slug:slug>/ticket/", TicketView.as_view(), name="ticket"),
    path("system/", SystemView.as_view(), name="system"),
    path("settings/", SettingsView.as_view(), name="settings"),
    path("", include("streaming.api.urls")),
    path("", include("recordings.api.urls")),
    path("", include("nvr.api.people.urls")),
    path("", include("cameras.api.urls")),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("events-document/", news_document, name="events-document"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    re_path(".*", NotFoundView.as_view(), name="not-found"),
]
