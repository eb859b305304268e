from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied, Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle, ScopedRateThrottle
from rest_framework.views import APIView

from cameras.changes import Direction
from cameras.findings import Grade
from cameras.models import Action, Camera, Diagnosis
from cameras.permissions import cameras_for, may, signed_in
from streaming import diagnoses

GRADES = [(grade.value, grade.value) for grade in Grade]


class FindingSerializer(serializers.Serializer[Any]):
    check = serializers.CharField(help_text="Which check, for programs.")
    title = serializers.CharField()
    stream = serializers.CharField(help_text="`main`, `sub`, or empty for what concerns the whole camera.", allow_blank=True)
    grade = serializers.ChoiceField(choices=GRADES)
    text = serializers.CharField(help_text="What was found.")
    meaning = serializers.CharField(help_text="Why it matters; empty when all is well.", allow_blank=True)
    advice = serializers.CharField(help_text="What to change on the camera; empty when nothing need be.", allow_blank=True)
    facts = serializers.DictField(help_text="For programs. Names end in the unit where there is one.")


class ChangeSerializer(serializers.Serializer[Any]):
    check = serializers.CharField()
    title = serializers.CharField()
    stream = serializers.CharField(allow_blank=True)
    direction = serializers.ChoiceField(choices=[(direction.value, direction.value) for direction in Direction])
    before = serializers.CharField()
    after = serializers.CharField()
    facts = serializers.DictField(child=serializers.ListField(), help_text="Those that changed: before and after.")


class DiagnosisSerializer(serializers.ModelSerializer[Diagnosis]):
    grade = serializers.ChoiceField(choices=GRADES, help_text="The worst of all findings; so far, while it runs.")
    cause = serializers.CharField(help_text="The check to mend first; empty when all is well.", allow_blank=True)
    cause_title = serializers.CharField(allow_blank=True)
    started_by = serializers.CharField(source="started_by.username", default="", help_text="Empty for a command.")

    class Meta:
        model = Diagnosis
        fields = ("id", "state", "grade", "cause", "cause_title", "started_by", "started_at", "finished_at")
        read_only_fields = fields


class FullDiagnosisSerializer(DiagnosisSerializer):
    findings = FindingSerializer(many=True, help_text="From the cable to the picture.")
    compared_with = serializers.SerializerMethodField(help_text="The diagnosis before in which nothing was bad; null when there was none.")
    changes = serializers.SerializerMethodField(help_text="What is different since then; what got worse comes first.")

    class Meta:
        model = Diagnosis
        fields = (*DiagnosisSerializer.Meta.fields, "findings", "compared_with", "changes")
        read_only_fields = fields

    def to_representation(self, instance: Diagnosis) -> dict[str, Any]:
        self._comparison = diagnoses.since_it_worked(instance)
        return super().to_representation(instance)

    def get_compared_with(self, diagnosis: Diagnosis) -> int | None:
        return self._comparison.before.pk if self._comparison.before is not None else None

    @extend_schema_field(ChangeSerializer(many=True))
    def get_changes(self, diagnosis: Diagnosis) -> list[Any]:
        return list(ChangeSerializer(self._comparison.changes, many=True).data)


class DiagnosesView(APIView):
    """Examinations of a camera, for who may configure it."""

    throttle_scope = "diagnose"

    def get_throttles(self) -> list[BaseThrottle]:
        return [ScopedRateThrottle()] if self.request.method == "POST" else []

    @extend_schema(operation_id="cameras_diagnoses", responses={200: DiagnosisSerializer(many=True)}, tags=["cameras"])
    def get(self, request: Request, slug: str) -> Response:
        """The last twenty, newest first, and always the last one in which nothing was bad."""
        return Response(DiagnosisSerializer(diagnoses.history(configurable(request, slug)), many=True).data)

    @extend_schema(operation_id="cameras_diagnose", request=None, responses={202: FullDiagnosisSerializer}, tags=["cameras"])
    def post(self, request: Request, slug: str) -> Response:
        """Starts an examination, or gives the one that runs. It takes ten to forty seconds and opens each stream once more.

        `diagnosis` events tell you what is found as it goes; or ask for it again.
        """
        camera = configurable(request, slug)
        try:
            diagnosis = diagnoses.start(camera, by=signed_in(request.user))
        except diagnoses.TooMany as error:
            raise Throttled(wait=30, detail=str(error)) from error
        return Response(FullDiagnosisSerializer(diagnosis).data, status=status.HTTP_202_ACCEPTED)


class DiagnosisView(APIView):
    @extend_schema(operation_id="cameras_diagnosis", responses={200: FullDiagnosisSerializer}, tags=["cameras"])
    def get(self, request: Request, slug: str, diagnosis_id: int) -> Response:
        """One examination with all its findings, also while it runs."""
        camera = configurable(request, slug)
        Diagnosis.objects.all().end_cut_off()
        return Response(FullDiagnosisSerializer(get_object_or_404(Diagnosis, camera=camera, pk=diagnosis_id)).data)


def configurable(request: Request, slug: str) -> Camera:
    camera = get_object_or_404(cameras_for(request.user, Action.VIEW), slug=slug)
    if not may(request.user, Action.CONFIGURE, camera):
        raise PermissionDenied("you have no right to configure this camera")
    return camera
