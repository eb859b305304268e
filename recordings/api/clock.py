from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cameras.permissions import signed_in
from recordings.services.trusted_time import ClockChangedError, confirm


class ClockConfirmationSerializer(serializers.Serializer[Any]):
    at_ms = serializers.IntegerField(help_text="What the clock said when it was looked at: `at_ms` of storage/.")


class _ClockChanged(APIException):
    status_code = status.HTTP_409_CONFLICT


class ClockView(APIView):
    permission_classes = (IsAdminUser,)

    @extend_schema(operation_id="storage_clock_confirm", request=ClockConfirmationSerializer, responses={204: None}, tags=["recordings"])
    def post(self, request: Request) -> Response:
        """Confirms that the clock of the server is right after it went ahead. Footage that is too old by it may then be deleted.

        Needs the right to change volumes. 409 when the clock was set again meanwhile.
        """
        if not request.user.has_perm("recordings.change_volume"):
            raise PermissionDenied("you have no right to say that the clock is right")
        wish = ClockConfirmationSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        try:
            confirm(wall_ms=wish.validated_data["at_ms"], by=signed_in(request.user))
        except ClockChangedError as error:
            raise _ClockChanged(str(error)) from error
        return Response(status=status.HTTP_204_NO_CONTENT)
