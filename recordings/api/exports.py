from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_view
from kombu.exceptions import OperationalError
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, NotFound, PermissionDenied
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cameras.access import current_user, identity_of
from cameras.api.filters import wish_of
from cameras.api.idempotency import IDEMPOTENCY_KEY, idempotent
from cameras.audit.activities import gather
from cameras.audit.entries import note
from cameras.models import Action, AuditAction, Stream
from cameras.permissions import signed_in
from recordings import tasks
from recordings.api.access import camera_of
from recordings.api.file_answer import file_answer
from recordings.api.times import MomentField, checked_window
from recordings.models import Export, ShareLink
from recordings.rules.spans import Span
from recordings.services import exports, shares

_SPEEDS = (2, 3600)
# However many ranges of the file are asked for, it is one download.
DOWNLOAD_QUIET_MS = 10 * 60_000


class Conflict(APIException):
    """What is asked for can't be done with the export as it is."""

    status_code = 409
    default_code = "conflict"


class AnyRenderer(BaseRenderer):
    """Lets a program ask for whatever the file is and get JSON for a problem."""

    media_type = "*/*"
    format = "bin"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        answer: bytes = JSONRenderer().render(data)
        return answer


class ExportFileSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    camera = serializers.SlugField()
    start_ms = serializers.IntegerField(help_text="Of the first picture that is shown.")
    end_ms = serializers.IntegerField()
    duration_ms = serializers.IntegerField()
    size_bytes = serializers.IntegerField()


class ExportGapSerializer(serializers.Serializer[Any]):
    camera = serializers.SlugField()
    start_ms = serializers.IntegerField()
    end_ms = serializers.IntegerField()
    kind = serializers.CharField()
    text = serializers.CharField(help_text="Why there is no footage, for people.")


class ExportSerializer(serializers.ModelSerializer[Export]):
    cameras = serializers.SlugRelatedField[Any](slug_field="slug", many=True, read_only=True)
    file = serializers.SerializerMethodField(help_text="The address of the file once it is done.")
    name = serializers.CharField(source="file", read_only=True, help_text="The name of the file.")
    files = ExportFileSerializer(many=True, read_only=True, source="result.files", default=[], help_text="What the file holds.")
    gaps = ExportGapSerializer(
        many=True, read_only=True, source="result.gaps", default=[], help_text="What was cut out for want of footage."
    )
    notes = serializers.ListField(child=serializers.CharField(), read_only=True, source="result.notes", default=[])

    class Meta:
        model = Export
        fields = (
            *("id", "cameras", "role", "kind", "speed", "start_ms", "end_ms", "state", "progress", "error"),
            *("expected_bytes", "size_bytes", "name", "file", "files", "gaps", "notes", "made_at", "expires_at"),
        )
        read_only_fields = fields

    def get_file(self, export: Export) -> str | None:
        return f"/api/v1/exports/{export.pk}/file" if export.state == Export.State.DONE else None


class NewExportSerializer(serializers.Serializer[Any]):
    cameras = serializers.ListField(child=serializers.SlugField(max_length=100), min_length=1, max_length=exports.MOST_CAMERAS)
    start = MomentField()
    end = MomentField()
    role = serializers.ChoiceField(
        choices=Stream.Role.choices,
        default=Stream.Role.MAIN.value,
        help_text="Which stream; of a camera of which only the other was recorded then, that one.",
    )
    kind = serializers.ChoiceField(choices=Export.Kind.choices, default=Export.Kind.VIDEO.value)
    speed = serializers.IntegerField(
        min_value=_SPEEDS[0], max_value=_SPEEDS[1], default=60, help_text="Timelapse only: how many seconds become one."
    )


class ExportFilter(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=Export.State.choices, required=False)
    kind = serializers.ChoiceField(choices=Export.Kind.choices, required=False)
    camera = serializers.SlugField(max_length=100, required=False, help_text="That it shows, alone or with others.")

    def to_wish(self) -> dict[str, Any]:
        return {"cameras__slug" if name == "camera" else name: value for name, value in self.validated_data.items()}


class EstimateSerializer(serializers.Serializer[Any]):
    expected_bytes = serializers.IntegerField()
    recorded_ms = serializers.IntegerField(help_text="Of all cameras together.")
    files = serializers.IntegerField(help_text="How many films; more than one come in a zip.")
    gaps = ExportGapSerializer(many=True)


class LinkSerializer(serializers.ModelSerializer[ShareLink]):
    class Meta:
        model = ShareLink
        fields = ("id", "made_at", "expires_at", "revoked_at", "downloads")
        read_only_fields = fields


class NewLinkSerializer(serializers.Serializer[Any]):
    valid_hours = serializers.IntegerField(min_value=1, max_value=int(shares.LONGEST.total_seconds()) // 3600, default=24)


class MadeLinkSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    expires_at = serializers.DateTimeField()
    url = serializers.CharField(help_text="Told this once. Whoever has it gets the file.")


_EXAMPLE = OpenApiExample(
    "Five minutes of one camera",
    request_only=True,
    value={"cameras": ["front-door"], "start": "2026-11-22T10:00:00+01:00", "end": "2026-11-22T10:05:00+01:00"},
)


@extend_schema(tags=["exports"])
@extend_schema_view(
    list=extend_schema(operation_id="exports_list", parameters=[ExportFilter], description="Your exports, newest first."),
    retrieve=extend_schema(operation_id="exports_retrieve"),
)
class ExportViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Export]):
    """Footage as files to keep. Progress comes as `export.progress` over /ws/events/ as well."""

    queryset = Export.objects.none()
    serializer_class = ExportSerializer
    ordering_fields = ("made_at", "start_ms", "size_bytes", "expires_at")
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Export]:
        if not self.request.user.is_authenticated:
            return Export.objects.none()
        own = exports.exports_of(signed_in(self.request.user)).prefetch_related("cameras")
        return own.filter(**wish_of(self.request, ExportFilter)) if self.action == "list" else own

    @extend_schema(
        operation_id="exports_create",
        parameters=[IDEMPOTENCY_KEY],
        request=NewExportSerializer,
        responses={201: ExportSerializer},
        examples=[_EXAMPLE],
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Begins to make an MP4 per camera; of several cameras, or when the picture format changes in the span, a zip of them."""
        try:
            export = exports.make_export(_wish(request), by=signed_in(request.user))
        except exports.ExportRefused as refusal:
            raise serializers.ValidationError(str(refusal)) from refusal
        _start()
        return Response(ExportSerializer(export).data, status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="exports_estimate", request=NewExportSerializer, responses={200: EstimateSerializer})
    @action(detail=False, methods=["post"])
    def estimate(self, request: Request) -> Response:
        """What an export would weigh and miss, without making it."""
        try:
            return Response(EstimateSerializer(exports.estimate(_wish(request))).data)
        except exports.ExportRefused as refusal:
            raise serializers.ValidationError(str(refusal)) from refusal

    @extend_schema(operation_id="exports_destroy", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        """With its file and its links; one that is still being made is given up."""
        export = self.get_object()
        exports.remove(export)
        note(AuditAction.REMOVE, kind="export", object_id=export.pk, name=export.file)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="exports_cancel", request=None, responses={200: ExportSerializer})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: UUID) -> Response:
        if not exports.cancel(self.get_object()):
            raise Conflict("it is not being made")
        return Response(ExportSerializer(self.get_object()).data)

    @extend_schema(operation_id="exports_retry", request=None, responses={200: ExportSerializer})
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: UUID) -> Response:
        """Of one that failed or was cancelled."""
        export = self.get_object()
        _check_rights(request, export)
        try:
            if not exports.retry(export):
                raise Conflict("only an export that failed or was cancelled can be tried again")
        except exports.ExportRefused as refusal:
            raise serializers.ValidationError(str(refusal)) from refusal
        _start()
        return Response(ExportSerializer(self.get_object()).data)


@extend_schema(tags=["exports"])
class ExportFileView(APIView):
    """The file, or a range of it. `?inline=1` to play it in a browser."""

    renderer_classes = (AnyRenderer, JSONRenderer)

    @extend_schema(
        operation_id="exports_file",
        responses={
            (200, "video/mp4"): OpenApiTypes.BINARY,
            (200, "application/zip"): OpenApiTypes.BINARY,
            206: OpenApiResponse(description="A part of it."),
        },
    )
    def get(self, request: Request, export_id: UUID) -> HttpResponseBase:
        export = get_object_or_404(exports.exports_of(signed_in(request.user)), pk=export_id)
        _check_rights(request, export)
        path = exports.file_of(export)
        if path is None:
            raise NotFound("there is no file (yet)")
        identity = identity_of(request)

        def is_allowed() -> bool:
            user, its = current_user(identity), Export.objects.filter(pk=export_id).first()
            return user is not None and its is not None and exports.may_download(its, user)

        is_attachment = request.query_params.get("inline") != "1"
        for camera in export.cameras.all():
            gather(AuditAction.DOWNLOAD, camera=camera, kind="export", object_id=export.pk, name=path.name, quiet_ms=DOWNLOAD_QUIET_MS)
        return file_answer(request._request, path, etag=f'"{export.pk}"', is_attachment=is_attachment, is_allowed=is_allowed)


@extend_schema(tags=["exports"])
@extend_schema_view(list=extend_schema(operation_id="export_links_list"))
class LinkViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[ShareLink]):
    """Links that give one of your exports to whoever has them."""

    queryset = ShareLink.objects.none()
    serializer_class = LinkSerializer

    def get_queryset(self) -> QuerySet[ShareLink]:
        if not self.request.user.is_authenticated:
            return ShareLink.objects.none()
        export = get_object_or_404(exports.exports_of(signed_in(self.request.user)), pk=self.kwargs["export_id"])
        return ShareLink.objects.filter(export=export).order_by("-made_at")

    @extend_schema(operation_id="export_links_create", request=NewLinkSerializer, responses={201: MadeLinkSerializer})
    def create(self, request: Request, export_id: UUID) -> Response:
        """It expires with the export at the latest."""
        export = get_object_or_404(exports.exports_of(signed_in(request.user)), pk=export_id)
        _check_rights(request, export)
        wish = NewLinkSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        try:
            link, secret = shares.make_link(
                export, by=signed_in(request.user), valid_for=timedelta(hours=wish.validated_data["valid_hours"])
            )
        except shares.LinkRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        made = {"id": link.pk, "expires_at": link.expires_at, "url": request.build_absolute_uri(f"/share/{secret}/")}
        return Response(MadeLinkSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="export_links_destroy", responses={204: None})
    def destroy(self, request: Request, export_id: str, pk: UUID) -> Response:
        """Revokes it: from now on nobody gets in with it."""
        shares.revoke(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


def _wish(request: Request) -> exports.Wish:
    """Raises ValidationError, Http404, PermissionDenied."""
    given = NewExportSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    values = given.validated_data
    window = checked_window(Span(values["start"], values["end"]), longest_ms=exports.LONGEST_TIMELAPSE_MS)
    cameras = tuple(camera_of(request, slug, Action.EXPORT) for slug in dict.fromkeys(values["cameras"]))
    return exports.Wish(cameras, values["role"], window, values["kind"], values["speed"])


def _check_rights(request: Request, export: Export) -> None:
    if not exports.may_download(export, signed_in(request.user)):
        raise PermissionDenied("you have no right to export these cameras any more")


def _start() -> None:
    """Without Redis beat's next round does it, when it is back."""
    try:
        tasks.make_exports.delay()
    except (OperationalError, OSError):
        return
