from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework import serializers, status
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.exceptions import ValidationError as RefusedInput
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle, ScopedRateThrottle
from rest_framework.views import APIView

from cameras.audit.actors import acting, of_request
from nvr.people.tokens import create_token


class LoginSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False, write_only=True)


class TokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(read_only=True)


class TokenView(APIView):
    """A token for a user name and password. Attempts are counted together with those of the login page."""

    throttle_scope = "token"

    def get_authenticators(self) -> list[BaseAuthentication]:
        return [] if getattr(self.request, "method", "") == "POST" else super().get_authenticators()

    def get_permissions(self) -> list[BasePermission]:
        return [AllowAny()] if self.request.method == "POST" else [IsAuthenticated()]

    def get_throttles(self) -> list[BaseThrottle]:
        return [ScopedRateThrottle()] if self.request.method == "POST" else []

    def get_authenticate_header(self, request: Request) -> str:
        return "Bearer"

    @extend_schema(operation_id="token_create", request=LoginSerializer, responses={200: TokenSerializer}, auth=[], tags=["auth"])
    def post(self, request: Request) -> Response:
        given = LoginSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            user = get_adapter().authenticate(request._request, **given.validated_data)
        except ValidationError as error:
            raise Throttled(detail=" ".join(error.messages)) from error
        if user is None or not user.is_active:
            raise AuthenticationFailed("wrong user name or password")
        with acting(of_request(request._request).of(user)):
            return Response({"token": create_token(user)})

    @extend_schema(operation_id="token_revoke", request=None, responses={204: None}, tags=["auth"])
    def delete(self, request: Request) -> Response:
        """Revokes the token this request is sent with."""
        if not isinstance(request.auth, AuthToken):
            raise RefusedInput("send the token that shall be revoked in the Authorization header")
        request.auth.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
