from __future__ import annotations

from django.urls import URLPattern, path

from nvr.pages import (
    account,
    add,
    app,
    audit,
    check,
    events,
    exports,
    motion,
    notifications,
    people,
    recordings,
    share,
    sign_in,
    storage,
    views,
)

app_name = "pages"
urlpatterns: list[URLPattern] = [
    path("", views.dashboard, name="dashboard"),
    path("cameras/add/", add.add, name="add"),
    path("cameras/<slug:slug>/", views.camera, name="camera"),
    path("cameras/<slug:slug>/motion/", motion.motion, name="motion"),
    path("cameras/<slug:slug>/check/", check.check, name="check"),
    path("audit/", audit.audit, name="audit"),
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
    path("accounts/new-password/", sign_in.new_password, name="new-password"),
    path("accounts/second-step/", sign_in.second_step, name="second-step"),
    path("account/", account.account, name="account"),
    path("account/sessions/end/", account.end_other_sessions, name="end-other-sessions"),
    path("account/sessions/<int:pk>/end/", account.end_session, name="end-session"),
    path("account/tokens/new/", account.new_token, name="new-token"),
    path("account/tokens/<int:pk>/end/", account.end_token, name="end-token"),
    path("system/", views.system, name="system"),
    path("favicon.ico", views.favicon),
]
