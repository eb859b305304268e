from __future__ import annotations

import math
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework import serializers, status
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied, Throttled
from rest_framework.exceptions import ValidationError as RefusedInput
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle, ScopedRateThrottle
from rest_framework.views import APIView

from cameras.audit.actors import acting, of_request
from nvr.people.attempts import TooManyAttempts
from nvr.people.second_factor import check_code, has_second_factor, is_required_for
from nvr.people.stages import weaknesses
from nvr.people.tokens import create_token


class LoginSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False, write_only=True)
    code = serializers.CharField(
        max_length=20, required=False, write_only=True, help_text="Of the app, or a recovery code: where the account has a second step."
    )


class TokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(read_only=True)


class TokenView(APIView):
    """A token for a user name, a password and the code of the second step where there is one. Tries count with those of the page."""

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
        code = given.validated_data.pop("code", "")
        try:
            user = get_adapter().authenticate(request._request, **given.validated_data)
            if user is None or not user.is_active:
                raise AuthenticationFailed("wrong user name or password")
            _take_second_step(user, code)
            if weaknesses(user, given.validated_data["password"]):
                raise PermissionDenied("this password is easy to guess: sign in on the page once to choose another")
        except TooManyAttempts as error:
            raise _throttled(error) from error
        with acting(of_request(request._request).of(user)):
            return Response({"token": create_token(user, name="Signed in by a program")})

    @extend_schema(operation_id="token_revoke", request=None, responses={204: None}, tags=["auth"])
    def delete(self, request: Request) -> Response:
        """Revokes the token this request is sent with."""
        if not isinstance(request.auth, AuthToken):
            raise RefusedInput("send the token that shall be revoked in the Authorization header")
        request.auth.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


def _take_second_step(user: AbstractBaseUser, code: str) -> None:
    """A password alone opens no more here than on the page."""
    if not has_second_factor(user):
        if is_required_for(user):
            raise PermissionDenied("this account must have a second step: sign in on the page once to set it up")
        return
    if not code:
        raise AuthenticationFailed("this account has a second step: send its code as well", code="code_required")
    try:
        check_code(user, code)
    except TooManyAttempts:
        raise
    except ValidationError as error:
        raise AuthenticationFailed("wrong code") from error


def _throttled(error: TooManyAttempts) -> Throttled:
    throttled: Any = Throttled(detail=" ".join(error.messages))  # with `wait` it would add English of its own
    throttled.wait = math.ceil(error.wait.total_seconds())
    refused: Throttled = throttled
    return refused
