from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from cameras.models import Action, Camera, CameraGroup, Grant
from cameras.permissions import standing_of
from cameras.services import announce_list
from nvr.api.people.doors import LARGEST_ID, Conflict, PeopleViewSet, SearchSerializer, narrowed
from nvr.people.authority import check_may_grant, check_may_reshape

STANDINGS = [("now", "counts now"), ("closed", "not at this hour"), ("later", "not yet"), ("over", "not any more")]
_RANGE = {"type": "array", "items": {"type": "string", "example": "08:00"}, "minItems": 2, "maxItems": 2}
_WEEK = {
    "type": ["object", "null"],
    "additionalProperties": {"type": "array", "items": _RANGE},
    "example": {"0": [["08:00", "18:00"]]},
}
_SAME = ("user", "user_group", "camera", "camera_group", "action", "hours", "valid_from", "valid_until")


@extend_schema_field(_WEEK)
class HoursField(serializers.JSONField):
    """Checked by Grant.clean()."""


class GrantSerializer(serializers.ModelSerializer[Grant]):
    user = serializers.PrimaryKeyRelatedField(queryset=User.objects.all(), allow_null=True, required=False, help_text="An id.")
    user_group = serializers.PrimaryKeyRelatedField(queryset=Group.objects.all(), allow_null=True, required=False, help_text="An id.")
    camera = serializers.SlugRelatedField(slug_field="slug", queryset=Camera.objects.all(), allow_null=True, required=False)
    camera_group = serializers.PrimaryKeyRelatedField(
        queryset=CameraGroup.objects.all(), allow_null=True, required=False, help_text="An id."
    )
    action = serializers.ChoiceField(choices=Action.choices)
    hours = HoursField(
        required=False,
        allow_null=True,
        help_text="Hours of the week in the time zone of the installation: per weekday, 0 is Monday, a list of [start, end]. null: all.",
    )
    who = serializers.SerializerMethodField(help_text="The name of the person or the group.")
    what = serializers.SerializerMethodField(help_text="The name of the camera or the group.")
    standing = serializers.SerializerMethodField()
    granted_by = serializers.CharField(source="granted_by.username", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Grant
        fields = (
            *("id", "user", "user_group", "camera", "camera_group", "action", "hours", "valid_from", "valid_until", "note"),
            *("who", "what", "standing", "granted_by", "granted_at"),
        )
        read_only_fields = ("granted_at",)

    def get_who(self, grant: Grant) -> str:
        return str(grant.user or grant.user_group)

    def get_what(self, grant: Grant) -> str:
        return str(grant.camera or grant.camera_group)

    @extend_schema_field(serializers.ChoiceField(choices=STANDINGS, help_text="Whether it counts at the moment."))
    def get_standing(self, grant: Grant) -> str:
        return standing_of(grant, timezone.now())


class GrantFilterSerializer(SearchSerializer):
    user = serializers.IntegerField(
        min_value=1, max_value=LARGEST_ID, required=False, help_text="Granted to this person, not through a group."
    )
    user_group = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    camera = serializers.SlugField(max_length=100, required=False, help_text="Granted on this camera, not on a group.")
    camera_group = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    action = serializers.ChoiceField(choices=Action.choices, required=False)


@extend_schema(tags=["people"])
@extend_schema_view(
    list=extend_schema(operation_id="grants_list", parameters=[GrantFilterSerializer], description="All rights, the newest first."),
    retrieve=extend_schema(operation_id="grants_retrieve"),
)
class GrantViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, PeopleViewSet[Grant]):
    """One action for one person or group on one camera or group. What follows from them all is under `rights/` and `who/`."""

    queryset = Grant.objects.none()
    serializer_class = GrantSerializer

    def get_queryset(self) -> QuerySet[Grant]:
        wanted = narrowed(self.request, GrantFilterSerializer) if self.action == "list" else {}
        text = wanted.pop("search", "")
        if "camera" in wanted:
            wanted["camera__slug"] = wanted.pop("camera")
        grants = Grant.objects.filter(**wanted).select_related("user", "user_group", "camera", "camera_group", "granted_by").order_by("-pk")
        names = ("user__username", "user_group__name", "camera__name", "camera_group__name", "note")
        return grants.filter(Q(*((f"{name}__icontains", text) for name in names), _connector=Q.OR)) if text else grants

    @extend_schema(operation_id="grants_create", responses={201: GrantSerializer})
    def create(self, request: Request) -> Response:
        given = GrantSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        grant = self._saved(Grant(granted_by=self.by), given.validated_data)
        return Response(GrantSerializer(grant).data, status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="grants_partial_update", responses={200: GrantSerializer})
    def partial_update(self, request: Request, pk: str) -> Response:
        grant = self.get_object()
        if grant.user_group is not None:
            check_may_reshape(self.by, grant.user_group)
        given = GrantSerializer(grant, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        return Response(GrantSerializer(self._saved(grant, given.validated_data)).data)

    @extend_schema(operation_id="grants_destroy", responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """What is open by this right alone is closed within five seconds."""
        grant = self.get_object()
        if grant.user_group is not None:
            check_may_reshape(self.by, grant.user_group)
        with transaction.atomic():
            grant.delete()
            announce_list()
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _saved(self, grant: Grant, given: dict[str, Any]) -> Grant:
        """Raises NotYours, Conflict, and ValidationError from Grant.clean() and the constraints."""
        for name, value in given.items():
            setattr(grant, name, value)
        grant.full_clean()
        check_may_grant(self.by, grant)
        same = Grant.objects.filter(
            **{f"{name}__isnull" if value is None else name: True if value is None else value for name, value in _values_of(grant)}
        )
        if same.exclude(pk=grant.pk).exists():
            raise Conflict("this right is granted already")
        with transaction.atomic():
            grant.save()
            announce_list()
        return grant


def _values_of(grant: Grant) -> list[tuple[str, Any]]:
    return [(name, getattr(grant, name)) for name in _SAME]
