"""Whose rows somebody finds in the administration.

Superusers find all. Other staff find what belongs to the cameras on which they hold the right that a page is about: what is configured
needs the right to configure, what is about footage the right to play back. Django's own permission “Can view …”, given to somebody who
may only view a camera, shows its rows without a secret and without a way to change them. Nothing else decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.contrib.auth import get_permission_codename
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest

from cameras.models import Action, Camera
from cameras.permissions import cameras_for, is_superuser, may

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin


class OfCamera(_Admin):
    """Rows with a `camera`, for who holds the right `needs` on it."""

    needs: ClassVar[Action] = Action.CONFIGURE

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # Django heeds list_select_related only where nothing is selected yet.
        related = self.list_select_related if isinstance(self.list_select_related, tuple) else ()
        rows: QuerySet[Any] = super().get_queryset(request).select_related("camera", *related)
        return rows if request.user.is_superuser else rows.filter(camera__in=self.cameras(request))

    def cameras(self, request: HttpRequest) -> QuerySet[Camera]:
        """Whose rows are shown."""
        is_looking = self._may_look(request) and self.needs is Action.CONFIGURE
        found = cameras_for(request.user, Action.VIEW if is_looking else self.needs)
        return found

    def mine(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Of those selected, what an action may change; some may only be looked at. Others are named, and left alone."""
        cameras = cameras_for(request.user, self.needs)
        if others := [str(row) for row in rows.exclude(camera__in=cameras)]:
            messages.error(request, f"Left alone, for want of the right to {self.needs.value} their cameras: {', '.join(others)}.")
        return rows.filter(camera__in=cameras)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.cameras(request).exists() if obj is None else self.cameras(request).filter(pk=obj.camera_id).exists()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return cameras_for(request.user, self.needs).exists()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        mine = cameras_for(request.user, self.needs)
        return mine.exists() if obj is None else mine.filter(pk=obj.camera_id).exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "camera":
            kwargs["queryset"] = cameras_for(request.user, self.needs)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _may_look(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.{get_permission_codename('view', self.opts)}")


class ReadOnly(_Admin):
    """For a look: made by what happens, or changed on a page of its own."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OnlySuperusersChange(_Admin):
    """For what rights are made of. On the page about people others give what they have themselves."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and is_superuser(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and is_superuser(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and is_superuser(request.user)


class TakesAlong(_Admin):
    """What belongs to a row goes with it, whether or not there is a page on which it could be deleted by itself."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        to_delete, counts, _perms_needed, protected = super().get_deleted_objects(objs, request)
        is_refused = any(not self.has_delete_permission(request, row) for row in objs)
        return to_delete, counts, {self.opts.verbose_name} if is_refused else set(), protected


def may_change_of(request: HttpRequest, camera: Camera | None) -> bool:
    """For the inlines of a camera's page: who may change a camera may change what is on it; so may who is just adding it."""
    return camera is None or camera._state.adding or may(request.user, Action.CONFIGURE, camera)
