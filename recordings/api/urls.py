from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from recordings.api.playback import PlaylistView, SegmentView

urlpatterns: list[URLPattern | URLResolver] = [
    path("cameras/<slug:slug>/playlist.m3u8", PlaylistView.as_view(), name="playlist"),
    path("cameras/<slug:slug>/segments/<int:segment_id>.mp4", SegmentView.as_view(), name="segment"),
]
