"""What somebody may do, and who may do it: as everything is decided by, with the reasons."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cameras import reasons
from cameras.models import Action, Camera
from nvr.api.people.doors import PeopleView
from nvr.api.people.grants import STANDINGS, GrantSerializer


class ReasonSerializer(serializers.Serializer[Any]):
    """A grant that includes the action: perhaps through a group, on a group, or by a greater right."""

    standing = serializers.ChoiceField(choices=STANDINGS)
    grant = GrantSerializer()


class RightSerializer(serializers.Serializer[Any]):
    action = serializers.ChoiceField(choices=Action.choices)
    is_allowed = serializers.BooleanField(help_text="At this moment. Administrators need no reason.")
    reasons = ReasonSerializer(many=True)


class CameraNameSerializer(serializers.Serializer[Any]):
    slug = serializers.SlugField()
    name = serializers.CharField()


class PersonNameSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    username = serializers.CharField()
    is_active = serializers.BooleanField()
    is_superuser = serializers.BooleanField()


class CameraRightsSerializer(serializers.Serializer[Any]):
    camera = CameraNameSerializer()
    rights = RightSerializer(many=True)


class PersonRightsSerializer(serializers.Serializer[Any]):
    user = PersonNameSerializer()
    rights = RightSerializer(many=True)


class UserRightsView(PeopleView):
    """What a person may do with which camera, and why. Cameras that no grant is about are left out."""

    @extend_schema(operation_id="users_rights", responses={200: CameraRightsSerializer(many=True)}, tags=["people"])
    def get(self, request: Request, pk: int) -> Response:
        found = reasons.by_camera(get_object_or_404(User, pk=pk))
        return Response(CameraRightsSerializer([{"camera": camera, "rights": rights} for camera, rights in found], many=True).data)


class CameraWhoView(PeopleView):
    """Who may do what with a camera, and why: administrators, and everybody whom a grant is about."""

    @extend_schema(operation_id="cameras_who", responses={200: PersonRightsSerializer(many=True)}, tags=["people"])
    def get(self, request: Request, slug: str) -> Response:
        found = reasons.by_person(get_object_or_404(Camera, slug=slug))
        return Response(PersonRightsSerializer([{"user": user, "rights": rights} for user, rights in found], many=True).data)
