from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import ListCreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cameras.models import Action, Camera
from cameras.permissions import cameras_for, signed_in
from nvr.people.models import ApiToken
from nvr.people.sign_ins import proved_recently
from nvr.people.tokens import make_token, revoke_token, tokens_of

LONGEST_DAYS = 3650


class ApiTokenSerializer(serializers.ModelSerializer[ApiToken]):
    name = serializers.CharField(max_length=100)
    actions = serializers.ListField(
        child=serializers.ChoiceField(choices=Action.choices),
        required=False,
        help_text="What it may do; for `scope` `actions`. To view is part of it.",
    )
    cameras = serializers.ManyRelatedField(
        child_relation=serializers.SlugRelatedField(slug_field="slug", queryset=Camera.objects.none()),
        allow_null=True,
        required=False,
        help_text="Null: all that you may see.",
    )
    valid_days = serializers.IntegerField(
        min_value=1, max_value=LONGEST_DAYS, allow_null=True, required=False, write_only=True, help_text="Null: until it is revoked."
    )
    made_at = serializers.DateTimeField(source="token.created", read_only=True)
    expires_at = serializers.DateTimeField(source="token.expiry", read_only=True, allow_null=True)

    class Meta:
        model = ApiToken
        fields = ("id", "name", "scope", "actions", "cameras", "valid_days", "made_at", "expires_at", "used_at")
        read_only_fields = ("id", "used_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None and request.user.is_authenticated:
            self.fields["cameras"].child_relation.queryset = cameras_for(request.user)  # type: ignore[attr-defined]  # of a many field

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if (given.get("scope") == ApiToken.Reach.ACTIONS) != bool(given.get("actions")):
            raise serializers.ValidationError({"actions": "Name at least one action with the scope “actions”, and none with others."})
        if given.get("cameras") == []:
            raise serializers.ValidationError({"cameras": "Name at least one camera, or leave it out for all."})
        return given

    def to_representation(self, details: ApiToken) -> dict[str, Any]:
        shown = super().to_representation(details)
        if details.is_all_cameras:
            shown["cameras"] = None
        return shown


class NewApiTokenSerializer(ApiTokenSerializer):
    secret = serializers.CharField(read_only=True, help_text="The token itself, this once.")

    class Meta:
        model = ApiToken
        fields = (*ApiTokenSerializer.Meta.fields, "secret")
        read_only_fields = ApiTokenSerializer.Meta.read_only_fields


@extend_schema(tags=["auth"])
class TokensView(ListCreateAPIView[ApiToken]):
    serializer_class = ApiTokenSerializer

    def get_queryset(self) -> Any:
        return ApiToken.objects.none() if getattr(self, "swagger_fake_view", False) else tokens_of(signed_in(self.request.user))

    @extend_schema(operation_id="tokens_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Your API tokens, newest first; not the tokens themselves, which nobody keeps."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="tokens_create", responses={201: NewApiTokenSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Makes one. A browser must have signed in within the last minutes: a token outlives the session.

        One that was asked for with a token ends with that one at the latest.
        """
        if request.auth is None and not proved_recently(request._request, signed_in(request.user)):
            raise PermissionDenied("enter your password again first, on the page /account/")
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        wish = dict(given.validated_data)
        days = wish.pop("valid_days", None)
        valid_for = _no_longer_than(request.auth, timedelta(days=days) if days else None)
        details, secret = make_token(signed_in(request.user), valid_for=valid_for, **wish)
        return Response(self.get_serializer(details).data | {"secret": secret}, status=status.HTTP_201_CREATED)


def _no_longer_than(asking: Any, wanted: timedelta | None) -> timedelta | None:
    """A token that ends must not make one that stays."""
    if not isinstance(asking, AuthToken) or asking.expiry is None:
        return wanted
    left: timedelta = asking.expiry - timezone.now()
    return left if wanted is None else min(left, wanted)


class TokenDetailsView(APIView):
    @extend_schema(operation_id="tokens_revoke", responses={204: None}, tags=["auth"])
    def delete(self, request: Request, pk: int) -> Response:
        revoke_token(get_object_or_404(tokens_of(signed_in(request.user)), pk=pk))
        return Response(status=status.HTTP_204_NO_CONTENT)
