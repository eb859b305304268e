from __future__ import annotations

from django.urls import URLPattern, path

from nvr.pages import add, app, check, events, exports, motion, notifications, people, recordings, share, storage, views

app_name = "pages"
urlpatterns: list[URLPattern] = [
    path("", views.dashboard, name="dashboard"),
    path("cameras/add/", add.add, name="add"),
    path("cameras/<slug:slug>/", views.camera, name="camera"),
    path("cameras/<slug:slug>/motion/", motion.motion, name="motion"),
    path("cameras/<slug:slug>/check/", check.check, name="check"),
    path("events/", events.events, name="events"),
    path("events/search/", events.search, name="events-search"),
    path("recordings/", recordings.browse, name="recordings"),
    path("recordings/exports/", exports.exports, name="exports"),
    path("share/<str:secret>/", share.page, name="share"),
    path("share/<str:secret>/file", share.file, name="share-file"),
    path("storage/", storage.storage, name="storage"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("people/", people.people, name="people"),
    path("push/picture/<str:token>.jpg", notifications.push_picture, name="push-picture"),
    path("manifest.webmanifest", app.manifest, name="manifest"),
    path("sw.js", app.worker, name="worker"),
    path("offline/", app.offline, name="offline"),
    path("system/", views.system, name="system"),
    path("favicon.ico", views.favicon),
]
