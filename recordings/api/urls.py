from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from rest_framework.routers import SimpleRouter

from recordings.api.area import AreaSearchView, HeatView
from recordings.api.clock import ClockView
from recordings.api.event_pictures import EventPictureView, EventPreviewView
from recordings.api.events import EventCountsView, EventListView, EventView, ReviewView
from recordings.api.exports import ExportFileView, ExportViewSet, LinkViewSet
from recordings.api.motion import MotionView, MotionZonesView
from recordings.api.motion_replay import MotionReplayView
from recordings.api.pictures import PreviewView, SnapshotPictureView, SnapshotsView, StripPictureView, StripsView, ThumbnailView
from recordings.api.playback import PlaylistView, SegmentView
from recordings.api.protections import FootageDeletionView, ProtectionViewSet
from recordings.api.segments import SegmentsView
from recordings.api.storage import StorageView
from recordings.api.timeline import CoverageView, TimelineView

router = SimpleRouter(use_regex_path=False)
router.register("exports", ExportViewSet, basename="export")

urlpatterns: list[URLPattern | URLResolver] = [
    path("cameras/<slug:slug>/timeline/", TimelineView.as_view(), name="timeline"),
    path("cameras/<slug:slug>/coverage/", CoverageView.as_view(), name="coverage"),
    path("cameras/<slug:slug>/motion/search/", AreaSearchView.as_view(), name="motion-search"),
    path("cameras/<slug:slug>/motion/heat/", HeatView.as_view(), name="motion-heat"),
    path("cameras/<slug:slug>/footage/delete/", FootageDeletionView.as_view(), name="footage-delete"),
    path("cameras/<slug:slug>/motion/", MotionView.as_view(), name="motion"),
    path("cameras/<slug:slug>/motion/zones/", MotionZonesView.as_view(), name="motion-zones"),
    path("cameras/<slug:slug>/motion/replay/", MotionReplayView.as_view(), name="motion-replay"),
    path("events/", EventListView.as_view(), name="events"),
    path("events/counts/", EventCountsView.as_view(), name="event-counts"),
    path("events/review/", ReviewView.as_view(), name="event-review"),
    path("events/<int:pk>/", EventView.as_view(), name="event"),
    path("events/<int:pk>/picture.jpg", EventPictureView.as_view(), name="event-picture"),
    path("events/<int:pk>/preview.webp", EventPreviewView.as_view(), name="event-preview"),
    path("storage/", StorageView.as_view(), name="storage"),
    path("storage/clock/", ClockView.as_view(), name="storage-clock"),
    path("protections/", ProtectionViewSet.as_view({"get": "list", "post": "create"}), name="protections"),
    path("protections/<int:pk>/", ProtectionViewSet.as_view({"delete": "destroy"}), name="protection"),
    path("cameras/<slug:slug>/playlist.m3u8", PlaylistView.as_view(), name="playlist"),
    path("cameras/<slug:slug>/segments/", SegmentsView.as_view(), name="segments"),
    path("cameras/<slug:slug>/segments/<int:segment_id>.mp4", SegmentView.as_view(), name="segment"),
    path("cameras/<slug:slug>/strips/", StripsView.as_view(), name="strips"),
    path("cameras/<slug:slug>/strips/<int:segment_id>.jpg", StripPictureView.as_view(), name="strip"),
    path("cameras/<slug:slug>/strips/<int:segment_id>/thumbnail.jpg", ThumbnailView.as_view(), name="thumbnail"),
    path("cameras/<slug:slug>/preview.jpg", PreviewView.as_view(), name="preview"),
    path("cameras/<slug:slug>/snapshots/", SnapshotsView.as_view(), name="snapshots"),
    path("cameras/<slug:slug>/snapshots/<int:at_ms>.jpg", SnapshotPictureView.as_view(), name="kept-snapshot"),
    path("exports/<uuid:export_id>/links/", LinkViewSet.as_view({"get": "list", "post": "create"}), name="export-links"),
    path("exports/<uuid:export_id>/links/<int:pk>/", LinkViewSet.as_view({"delete": "destroy"}), name="export-link"),
    path("exports/<uuid:export_id>/file", ExportFileView.as_view(), name="export-file"),
    path("notifications/", include("recordings.api.notifications.urls")),
    path("", include(router.urls)),
]
