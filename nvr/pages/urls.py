from __future__ import annotations

from django.urls import URLPattern, path

from nvr.pages import recordings, storage, views

app_name = "pages"
urlpatterns: list[URLPattern] = [
    path("", views.dashboard, name="dashboard"),
    path("cameras/<slug:slug>/", views.camera, name="camera"),
    path("recordings/", recordings.browse, name="recordings"),
    path("storage/", storage.storage, name="storage"),
    path("system/", views.system, name="system"),
    path("favicon.ico", views.favicon),
]
