from __future__ import annotations

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from cameras.api.layouts import LayoutViewSet
from cameras.api.onvif import OnvifCheckView, OnvifView, RelayView
from cameras.api.presets import PresetGoView, PresetPictureView, PresetsView, PresetSyncView, PresetView
from cameras.api.ptz import PtzHomeView, PtzLockView, PtzMoveView, PtzStatusView, PtzStopView, PtzView
from cameras.api.searches import MakersView, NetworksView, SearchesView, SearchView
from cameras.api.streams import StreamsView, StreamView
from cameras.api.tours import TourStartView, TourStopView, ToursView, TourView
from cameras.api.views import CameraViewSet

router = SimpleRouter()
router.register("cameras", CameraViewSet, basename="camera")
router.register("layouts", LayoutViewSet, basename="layout")
_CAMERA = "cameras/<slug:slug>"
_PTZ = f"{_CAMERA}/ptz"
_PRESET = f"{_PTZ}/presets/<int:preset_id>"
_TOUR = f"{_PTZ}/tours/<int:tour_id>"
urlpatterns: list[URLPattern | URLResolver] = [
    path("discovery/makers/", MakersView.as_view(), name="makers"),
    path("discovery/networks/", NetworksView.as_view(), name="networks"),
    path("discovery/searches/", SearchesView.as_view(), name="searches"),
    path("discovery/searches/<int:search_id>/", SearchView.as_view(), name="search"),
    path(f"{_CAMERA}/streams/", StreamsView.as_view(), name="streams"),
    path(f"{_CAMERA}/streams/<slug:role>/", StreamView.as_view(), name="stream"),
    path(f"{_PTZ}/", PtzView.as_view(), name="ptz"),
    path(f"{_PTZ}/status/", PtzStatusView.as_view(), name="ptz-status"),
    path(f"{_PTZ}/move/", PtzMoveView.as_view(), name="ptz-move"),
    path(f"{_PTZ}/stop/", PtzStopView.as_view(), name="ptz-stop"),
    path(f"{_PTZ}/home/", PtzHomeView.as_view(), name="ptz-home"),
    path(f"{_PTZ}/lock/", PtzLockView.as_view(), name="ptz-lock"),
    path(f"{_PTZ}/presets/", PresetsView.as_view(), name="ptz-presets"),
    path(f"{_PTZ}/presets/sync/", PresetSyncView.as_view(), name="ptz-presets-sync"),
    path(f"{_PRESET}/", PresetView.as_view(), name="ptz-preset"),
    path(f"{_PRESET}/go/", PresetGoView.as_view(), name="ptz-preset-go"),
    path(f"{_PRESET}/picture.jpg", PresetPictureView.as_view(), name="ptz-preset-picture"),
    path(f"{_PTZ}/tours/", ToursView.as_view(), name="ptz-tours"),
    path(f"{_TOUR}/", TourView.as_view(), name="ptz-tour"),
    path(f"{_TOUR}/start/", TourStartView.as_view(), name="ptz-tour-start"),
    path(f"{_TOUR}/stop/", TourStopView.as_view(), name="ptz-tour-stop"),
    path(f"{_CAMERA}/onvif/", OnvifView.as_view(), name="onvif"),
    path(f"{_CAMERA}/onvif/check/", OnvifCheckView.as_view(), name="onvif-check"),
    path(f"{_CAMERA}/relays/<str:token>/", RelayView.as_view(), name="relay"),
    *router.urls,
]
