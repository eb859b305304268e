from __future__ import annotations

from django.urls import URLPattern, path

from streaming.api.snapshot import SnapshotView

urlpatterns: list[URLPattern] = [path("cameras/<slug:slug>/snapshot.jpg", SnapshotView.as_view(), name="snapshot")]
