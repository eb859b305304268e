"""What all of these addresses have in common: whom they are open to, what is refused, how lists are narrowed."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db.models import Model
from django.db.models.deletion import ProtectedError
from rest_framework import serializers, viewsets
from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from cameras.api.filters import refuse_empty
from cameras.permissions import may_manage_people
from nvr.people.authority import NotYours

_Row = TypeVar("_Row", bound=Model)
# More than that no database takes for a number.
LARGEST_ID = 2**63 - 1


class ManagesPeople(BasePermission):
    message = "you have no right to manage people"

    def has_permission(self, request: Request, view: APIView) -> bool:
        return may_manage_people(request.user)


class Conflict(APIException):
    status_code = 409
    default_code = "conflict"


class PeopleView(APIView):
    """For superusers, and for whoever holds "Can manage people and their rights"."""

    permission_classes = (ManagesPeople,)

    def handle_exception(self, exc: Exception) -> Any:
        if isinstance(exc, NotYours):
            exc = PermissionDenied(str(exc))
        elif isinstance(exc, ProtectedError):
            exc = Conflict("something else still needs this")
        return super().handle_exception(exc)


class PeopleViewSet(PeopleView, viewsets.GenericViewSet[_Row]):
    lookup_value_converter = "int"

    @property
    def by(self) -> User:
        assert isinstance(self.request.user, User), "only who is signed in manages people"
        return self.request.user


class SearchSerializer(serializers.Serializer[Any]):
    search = serializers.CharField(max_length=100, required=False, allow_blank=True, help_text="A part of the name.")


def narrowed(request: Request, filters: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """What the query string asks for. Raises ValidationError, which names the parameter."""
    refuse_empty(request, filters)
    given = filters(data=request.query_params)
    given.is_valid(raise_exception=True)
    return {name: value for name, value in given.validated_data.items() if value not in (None, "")}
