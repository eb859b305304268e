from __future__ import annotations

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from cameras.api.layouts import LayoutViewSet
from cameras.api.searches import NetworksView, SearchesView, SearchView
from cameras.api.views import CameraViewSet

router = SimpleRouter()
router.register("cameras", CameraViewSet, basename="camera")
router.register("layouts", LayoutViewSet, basename="layout")
urlpatterns: list[URLPattern | URLResolver] = [
    path("discovery/networks/", NetworksView.as_view(), name="networks"),
    path("discovery/searches/", SearchesView.as_view(), name="searches"),
    path("discovery/searches/<int:search_id>/", SearchView.as_view(), name="search"),
    *router.urls,
]
