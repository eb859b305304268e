from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from cameras.models import Action
from cameras.permissions import cameras_for


class CameraFilter(admin.SimpleListFilter):
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


class KnownFilter(admin.SimpleListFilter):
    """Whether a moment is known, in words for people: `words` are for one that is and for one that is not."""

    field: ClassVar[str]
    words: ClassVar[tuple[str, str]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(zip(("1", "0"), self.words, strict=True))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(**{f"{self.field}__isnull": value == "0"}) if value in ("0", "1") else queryset
