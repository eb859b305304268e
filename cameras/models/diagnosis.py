from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cameras.findings import CHECKS, Finding, Grade, cause, from_json, in_order, worst
from cameras.models.camera import Camera

# No examination takes as long: one that still runs then was cut off with its process.
CUT_OFF_AFTER = timedelta(minutes=3)
KEPT_PER_CAMERA = 20


class DiagnosisQuerySet(models.QuerySet["Diagnosis"]):
    def running(self) -> DiagnosisQuerySet:
        return self.filter(state=Diagnosis.State.RUNNING)

    def end_cut_off(self) -> int:
        """Says of those whose process died that they did. Doing it twice does no harm."""
        lost = self.running().filter(started_at__lt=timezone.now() - CUT_OFF_AFTER)
        return lost.update(state=Diagnosis.State.INTERRUPTED, finished_at=timezone.now())

    def working(self) -> DiagnosisQuerySet:
        """Those in which nothing was bad."""
        return self.filter(state=Diagnosis.State.DONE, grade__in=(Grade.GOOD.value, Grade.LOOK.value))


class Diagnosis(models.Model):
    """One examination of a camera: what was found so far, while it runs, and in the end. At most one runs per camera."""

    class State(models.TextChoices):
        RUNNING = "running", "running"
        DONE = "done", "done"
        INTERRUPTED = "interrupted", "interrupted"

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="diagnoses")
    state = models.CharField(max_length=12, choices=State.choices, default=State.RUNNING)
    grade = models.CharField(max_length=12, choices=[(grade.value, grade.value) for grade in Grade], default=Grade.NOT_REACHED.value)
    cause = models.CharField(max_length=30, blank=True, default="")
    stored = models.JSONField(default=list)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = DiagnosisQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-started_at", "-pk"]
        verbose_name_plural = "diagnoses"
        indexes: ClassVar = [models.Index(fields=["camera", "-started_at"], name="diagnosis_of_camera")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["camera"], condition=Q(state="running"), name="one_diagnosis_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.camera}: {self.grade}"

    @property
    def findings(self) -> tuple[Finding, ...]:
        """From the cable to the picture."""
        return tuple(in_order(from_json(finding) for finding in self.stored))

    @property
    def cause_title(self) -> str:
        return CHECKS.get(self.cause, self.cause)

    def note(self, findings: Iterable[Finding]) -> bool:
        """Stores what was found so far. False when it does not run any more."""
        return self._write(findings) > 0

    def finish(self, findings: Iterable[Finding]) -> bool:
        """False when somebody else has ended it."""
        return self._write(findings, state=Diagnosis.State.DONE, finished_at=timezone.now()) > 0

    def interrupt(self) -> None:
        Diagnosis.objects.running().filter(pk=self.pk).update(state=Diagnosis.State.INTERRUPTED, finished_at=timezone.now())

    def _write(self, findings: Iterable[Finding], **more: object) -> int:
        found = list(findings)
        first = cause(found)
        news = {
            "stored": [finding.to_json() for finding in found],
            "grade": worst(found).value,
            "cause": first.check if first is not None else "",
            **more,
        }
        return Diagnosis.objects.running().filter(pk=self.pk).update(**news)
