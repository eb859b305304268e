from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cameras.permissions import signed_in
from nvr.people.browsers import device_words
from nvr.people.models import SignIn
from nvr.people.sign_ins import sign_ins_of, sign_out, sign_out_others


class SessionSerializer(serializers.ModelSerializer[SignIn]):
    device = serializers.SerializerMethodField(help_text="As its browser describes itself.")
    is_this = serializers.SerializerMethodField(help_text="The one that asks.")

    class Meta:
        model = SignIn
        fields = ("id", "device", "address", "since", "seen_at", "by", "is_this")
        read_only_fields = fields

    def get_device(self, sign_in: SignIn) -> str:
        return device_words(sign_in.user_agent)

    def get_is_this(self, sign_in: SignIn) -> bool:
        return bool(sign_in.session_id == _own_key(self.context["request"]))


class SignedOutSerializer(serializers.Serializer[Any]):
    signed_out = serializers.IntegerField(read_only=True)


@extend_schema(tags=["auth"])
class SessionsView(ListAPIView[SignIn]):
    """The browsers you are signed in with, last seen first. Minutes-true: `seen_at` is written once a minute."""

    serializer_class = SessionSerializer

    def get_queryset(self) -> QuerySet[SignIn]:
        if getattr(self, "swagger_fake_view", False):
            return SignIn.objects.none()
        return sign_ins_of(signed_in(self.request.user))

    @extend_schema(operation_id="sessions_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="sessions_end_others", responses={200: SignedOutSerializer})
    def delete(self, request: Request) -> Response:
        """Signs out all of them but the one that asks. API tokens stay."""
        count = sign_out_others(signed_in(request.user), but=_own_key(request))
        return Response(SignedOutSerializer({"signed_out": count}).data)


class SessionView(APIView):
    @extend_schema(operation_id="sessions_end", responses={204: None}, tags=["auth"])
    def delete(self, request: Request, pk: int) -> Response:
        """Signs that browser out at once."""
        sign_out(get_object_or_404(sign_ins_of(signed_in(request.user)), pk=pk))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _own_key(request: Request) -> str | None:
    """None for who came with a token."""
    return request.session.session_key if request.auth is None else None
