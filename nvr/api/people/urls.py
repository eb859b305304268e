from __future__ import annotations

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from nvr.api.people.grants import GrantViewSet
from nvr.api.people.groups import CameraGroupViewSet, GroupViewSet
from nvr.api.people.rights import CameraWhoView, UserRightsView
from nvr.api.people.users import UserViewSet

router = SimpleRouter(use_regex_path=False)
for _prefix, _viewset in (
    ("users", UserViewSet),
    ("groups", GroupViewSet),
    ("grants", GrantViewSet),
    ("camera-groups", CameraGroupViewSet),
):
    router.register(_prefix, _viewset, basename=_prefix)
urlpatterns: list[URLPattern | URLResolver] = [
    path("users/<int:pk>/rights/", UserRightsView.as_view(), name="user-rights"),
    path("cameras/<slug:slug>/who/", CameraWhoView.as_view(), name="camera-who"),
    *router.urls,
]
