from __future__ import annotations

from rest_framework.routers import SimpleRouter

from cameras.api.layouts import LayoutViewSet
from cameras.api.views import CameraViewSet

router = SimpleRouter()
router.register("cameras", CameraViewSet, basename="camera")
router.register("layouts", LayoutViewSet, basename="layout")
urlpatterns = router.urls
