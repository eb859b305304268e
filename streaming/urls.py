"""Below /api/, beside our own /api/v1/: what go2rtc's players ask for."""

from __future__ import annotations

from django.urls import URLPattern, path

from streaming.api.go2rtc import FrameView, StreamsView

urlpatterns: list[URLPattern] = [
    path("streams", StreamsView.as_view(), name="go2rtc-streams"),
    path("frame.jpeg", FrameView.as_view(), name="go2rtc-frame"),
]
