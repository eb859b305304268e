from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from cameras.models import Action
from cameras.permissions import cameras_for

if TYPE_CHECKING:
    _Filter = admin.SimpleListFilter
else:
    _Filter = admin.SimpleListFilter


class CameraFilter(_Filter):
    """Names only the cameras that somebody may see; Django's own would name them all."""

    title = "camera"
    parameter_name = "camera"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        action = getattr(model_admin, "needs", Action.VIEW)
        is_looking = action is Action.CONFIGURE
        cameras = cameras_for(request.user, Action.VIEW if is_looking else action)
        return [(str(pk), name) for pk, name in cameras.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(camera_id=int(value)) if value and value.isascii() and value.isdecimal() else queryset
