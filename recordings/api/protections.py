from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from kombu.exceptions import OperationalError
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cameras.api.filters import wish_of
from cameras.api.idempotency import IDEMPOTENCY_KEY, idempotent
from cameras.models import Action
from cameras.permissions import cameras_for, signed_in
from recordings import tasks
from recordings.api.access import camera_of
from recordings.api.times import MomentField, checked_window
from recordings.models import Protection
from recordings.rules.days import DAY_MS
from recordings.rules.spans import Span
from recordings.services.footage_deletion import ProtectedFootageError, delete_footage
from recordings.services.protections import protect, unprotect

_LONGEST_MS = 3660 * DAY_MS
# So long the request itself deletes; what is left is a worker's.
_BUDGET_S = 2.0


class ProtectionSerializer(serializers.ModelSerializer[Protection]):
    camera = serializers.SlugField(source="camera.slug", read_only=True)
    by = serializers.CharField(source="by.username", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Protection
        fields = ("id", "camera", "start_ms", "end_ms", "note", "by", "at")
        read_only_fields = fields


class NewProtectionSerializer(serializers.Serializer[Any]):
    camera = serializers.SlugField(max_length=100)
    start = MomentField()
    end = MomentField()
    note = serializers.CharField(max_length=300, allow_blank=True, default="")


class ProtectionFilter(serializers.Serializer[Any]):
    camera = serializers.SlugField(max_length=100, required=False, help_text="Only those of this camera.")

    def to_wish(self) -> dict[str, Any]:
        return {f"{name}__slug": value for name, value in self.validated_data.items()}


@extend_schema(tags=["recordings"])
@extend_schema_view(
    list=extend_schema(
        operation_id="protections_list",
        parameters=[ProtectionFilter],
        description="The protected spans of the cameras you may play back, newest footage first.",
    )
)
class ProtectionViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Protection]):
    queryset = Protection.objects.none()
    serializer_class = ProtectionSerializer
    ordering_fields = ("start_ms", "end_ms", "at")

    def get_queryset(self) -> QuerySet[Protection]:
        cameras = cameras_for(self.request.user, Action.PLAYBACK)
        wish = wish_of(self.request, ProtectionFilter) if self.action == "list" else {}
        return Protection.objects.filter(camera__in=cameras, **wish).select_related("camera", "by").order_by("-start_ms", "-pk")

    @extend_schema(
        operation_id="protections_create",
        parameters=[IDEMPOTENCY_KEY],
        request=NewProtectionSerializer,
        responses={201: ProtectionSerializer},
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """No rule and nobody deletes what overlaps the span, until the protection is deleted. Needs the right to protect."""
        wish = NewProtectionSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        given = wish.validated_data
        camera = camera_of(request, given["camera"], Action.PROTECT)
        span = checked_window(Span(given["start"], given["end"]), longest_ms=_LONGEST_MS)
        protection = protect(camera, span, note=given["note"], by=signed_in(request.user))
        return Response(ProtectionSerializer(protection).data, status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="protections_delete", responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """Needs the right to protect; it need not be one's own."""
        protection = self.get_object()
        camera_of(request, protection.camera.slug, Action.PROTECT)
        unprotect(protection, by=signed_in(request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)


class FootageDeletionSerializer(serializers.Serializer[Any]):
    start = MomentField()
    end = MomentField()


class DeletedFootageSerializer(serializers.Serializer[Any]):
    start_ms = serializers.IntegerField(help_text="Where the first file that goes begins.")
    end_ms = serializers.IntegerField(help_text="Where the last one ends.")
    segments = serializers.IntegerField(help_text="So many files are deleted already.")
    size_bytes = serializers.IntegerField()
    is_complete = serializers.BooleanField(help_text="False: a worker goes on with the rest.")


class _Conflict(APIException):
    status_code = status.HTTP_409_CONFLICT


class _Unavailable(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = "only a part was deleted, and no worker can be asked for the rest now: ask again"


class FootageDeletionView(APIView):
    @extend_schema(
        operation_id="cameras_footage_delete",
        request=FootageDeletionSerializer,
        responses={202: DeletedFootageSerializer},
        tags=["recordings"],
    )
    def post(self, request: Request, slug: str) -> Response:
        """Deletes the footage of a span, of all streams, in whole files. Needs the right to delete.

        It is gone from the timeline at once and from the disk soon after. When a part is protected nothing is deleted (409).
        """
        camera = camera_of(request, slug, Action.DELETE)
        wish = FootageDeletionSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        window = checked_window(Span(wish.validated_data["start"], wish.validated_data["end"]), longest_ms=_LONGEST_MS)
        user = signed_in(request.user)
        assert isinstance(user, User)
        try:
            deleted = delete_footage(camera, window, by=user, budget_s=_BUDGET_S)
        except ProtectedFootageError as error:
            raise _Conflict(str(error)) from error
        rest = deleted.rest or Span(window.end_ms, window.end_ms)
        try:
            tasks.delete_footage.delay(camera.pk, rest.start_ms, rest.end_ms, user.pk)
        except OperationalError as error:  # files that are doomed go with the next run of retention, what isn't would stay
            if deleted.rest is not None:
                raise _Unavailable from error
        answer = {**deleted.span._asdict(), "segments": deleted.doomed.segments, "size_bytes": deleted.doomed.size_bytes}
        return Response(answer | {"is_complete": deleted.rest is None}, status=status.HTTP_202_ACCEPTED)
