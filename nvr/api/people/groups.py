from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from cameras.models import Camera, CameraGroup
from cameras.services import announce_list
from nvr.api.people.doors import PeopleViewSet, SearchSerializer, narrowed
from nvr.people.authority import check_may_change, check_may_let_in, check_may_put_in, check_may_reshape


class GroupSerializer(serializers.ModelSerializer[Group]):
    members = serializers.PrimaryKeyRelatedField[User](
        many=True, queryset=User.objects.all(), source="user_set", required=False, help_text="Ids of users."
    )
    has_permissions = serializers.SerializerMethodField(
        help_text="Its members may do more than use cameras, so it is an administrator's to change."
    )

    class Meta:
        model = Group
        fields = ("id", "name", "members", "has_permissions")

    def get_has_permissions(self, group: Group) -> bool:
        return bool(group.permissions.all())


@extend_schema(tags=["people"])
@extend_schema_view(
    list=extend_schema(operation_id="groups_list", parameters=[SearchSerializer], description="Groups of people, by name."),
    retrieve=extend_schema(operation_id="groups_retrieve"),
)
class GroupViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, PeopleViewSet[Group]):
    """Whoever is in a group has the rights that are granted to it."""

    queryset = Group.objects.none()
    serializer_class = GroupSerializer

    def get_queryset(self) -> QuerySet[Group]:
        wanted = narrowed(self.request, SearchSerializer) if self.action == "list" else {}
        return Group.objects.filter(name__icontains=wanted.get("search", "")).prefetch_related("user_set", "permissions").order_by("name")

    @extend_schema(operation_id="groups_create", responses={201: GroupSerializer})
    def create(self, request: Request) -> Response:
        given = GroupSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(self._saved(Group(), given.validated_data), status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="groups_partial_update", responses={200: GroupSerializer})
    def partial_update(self, request: Request, pk: str) -> Response:
        """`members` are all of them: who is not named is taken out."""
        group = self.get_object()
        given = GroupSerializer(group, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        check_may_reshape(self.by, group)
        return Response(self._saved(group, given.validated_data))

    @extend_schema(operation_id="groups_destroy", responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """With the rights that were granted to it. Nobody's account goes."""
        group = self.get_object()
        check_may_reshape(self.by, group)
        with transaction.atomic():
            group.delete()
            announce_list()
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _saved(self, group: Group, given: dict[str, Any]) -> dict[str, Any]:
        """Raises NotYours."""
        members = given.get("user_set")
        if members is not None:
            now = {user.pk: user for user in group.user_set.all()} if group.pk else {}
            wanted = {user.pk: user for user in members}
            for pk in now.keys() ^ wanted.keys():
                check_may_change(self.by, (now | wanted)[pk])
            if group.pk and wanted.keys() - now.keys():
                check_may_let_in(self.by, [group])
        group.name = given.get("name", group.name)
        with transaction.atomic():
            group.save()
            if members is not None:
                group.user_set.set(members)
            announce_list()
        return dict(GroupSerializer(self.get_queryset().get(pk=group.pk)).data)


class CameraGroupSerializer(serializers.ModelSerializer[CameraGroup]):
    cameras = serializers.SlugRelatedField[Camera](
        many=True, slug_field="slug", queryset=Camera.objects.all(), required=False, help_text="Slugs."
    )

    class Meta:
        model = CameraGroup
        fields = ("id", "name", "cameras")


@extend_schema(tags=["people"])
@extend_schema_view(
    list=extend_schema(operation_id="camera_groups_list", parameters=[SearchSerializer], description="Groups of cameras, by name."),
    retrieve=extend_schema(operation_id="camera_groups_retrieve"),
)
class CameraGroupViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, PeopleViewSet[CameraGroup]):
    """A right that is granted on a group is one on every camera that is in it, now and later."""

    queryset = CameraGroup.objects.none()
    serializer_class = CameraGroupSerializer

    def get_queryset(self) -> QuerySet[CameraGroup]:
        wanted = narrowed(self.request, SearchSerializer) if self.action == "list" else {}
        return CameraGroup.objects.filter(name__icontains=wanted.get("search", "")).prefetch_related("cameras").order_by("name")

    @extend_schema(operation_id="camera_groups_create", responses={201: CameraGroupSerializer})
    def create(self, request: Request) -> Response:
        given = CameraGroupSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(self._saved(CameraGroup(), given.validated_data), status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="camera_groups_partial_update", responses={200: CameraGroupSerializer})
    def partial_update(self, request: Request, pk: str) -> Response:
        """`cameras` are all of them: what is not named is taken out."""
        group = self.get_object()
        given = CameraGroupSerializer(group, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        return Response(self._saved(group, given.validated_data))

    @extend_schema(operation_id="camera_groups_destroy", responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """With the rights that were granted on it. No camera goes."""
        with transaction.atomic():
            self.get_object().delete()
            announce_list()
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _saved(self, group: CameraGroup, given: dict[str, Any]) -> dict[str, Any]:
        """Raises NotYours."""
        cameras = given.get("cameras")
        if cameras is not None:
            now = set(group.cameras.values_list("pk", flat=True)) if group.pk else set()
            check_may_put_in(self.by, group, [camera for camera in cameras if camera.pk not in now])
        group.name = given.get("name", group.name)
        with transaction.atomic():
            group.save()
            if cameras is not None:
                group.cameras.set(cameras)
            announce_list()
        return dict(CameraGroupSerializer(self.get_queryset().get(pk=group.pk)).data)
