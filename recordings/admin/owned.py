"""What belongs to a person: exports, links, channels, rules, and what came of them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth import get_permission_codename
from django.db.models import QuerySet
from django.http import HttpRequest

from cameras.admin.rights import TakesAlong


class Owned(TakesAlong):
    """Superusers find everybody's, other staff their own; with Django's “Can view …” they look at everybody's."""

    owner_path: ClassVar[str] = "owner"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows if self._sees_all(request) else rows.filter(**{self.owner_path: request.user.pk})

    def is_theirs(self, request: HttpRequest, row: Any) -> bool:
        found = row
        for name in self.owner_path.split("__"):
            found = getattr(found, name)
        return request.user.is_superuser or found == request.user

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or self._sees_all(request) or self.is_theirs(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or self.is_theirs(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def mine(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Of those selected."""
        return rows if request.user.is_superuser else rows.filter(**{self.owner_path: request.user.pk})

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in self.mine(request, queryset):
            self.delete_model(request, row)

    def _sees_all(self, request: HttpRequest) -> bool:
        may_look = request.user.has_perm(f"{self.opts.app_label}.{get_permission_codename('view', self.opts)}")
        return request.user.is_superuser or may_look
