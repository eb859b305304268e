from __future__ import annotations

from django.urls import URLPattern, path

from nvr.pages import exports, motion, recordings, share, storage, views

app_name = "pages"
urlpatterns: list[URLPattern] = [
    path("", views.dashboard, name="dashboard"),
    path("cameras/<slug:slug>/", views.camera, name="camera"),
    path("cameras/<slug:slug>/motion/", motion.motion, name="motion"),
    path("recordings/", recordings.browse, name="recordings"),
    path("recordings/exports/", exports.exports, name="exports"),
    path("share/<str:secret>/", share.page, name="share"),
    path("share/<str:secret>/file", share.file, name="share-file"),
    path("storage/", storage.storage, name="storage"),
    path("system/", views.system, name="system"),
    path("favicon.ico", views.favicon),
]
