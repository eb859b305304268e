"""Spans that no rule deletes. Who asks has checked the right to protect."""

from __future__ import annotations

import logging

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet

from cameras.audit.entries import note as note_down
from cameras.models import AuditAction, Camera
from recordings.models import Protection
from recordings.rules.spans import Span

logger = logging.getLogger(__name__)


def protections_in(camera: Camera, window: Span) -> QuerySet[Protection]:
    return Protection.objects.filter(camera=camera, start_ms__lt=window.end_ms, end_ms__gt=window.start_ms).order_by("start_ms", "pk")


def protect(camera: Camera, span: Span, *, note: str, by: AbstractBaseUser) -> Protection:
    protection = Protection.objects.create(camera=camera, start_ms=span.start_ms, end_ms=span.end_ms, note=note, by_id=by.pk)
    note_down(AuditAction.PROTECT, camera=camera, details={"footage": [span], "note": note})
    logger.info("camera %s: %s protected %s to %s: %s", camera.slug, by.get_username(), *span, note or "no note")
    return protection


def unprotect(protection: Protection, *, by: AbstractBaseUser) -> None:
    logger.info(
        "camera %s: %s ended the protection of %s to %s: %s",
        protection.camera.slug,
        by.get_username(),
        protection.start_ms,
        protection.end_ms,
        protection.note or "no note",
    )
    span = Span(protection.start_ms, protection.end_ms)
    note_down(AuditAction.UNPROTECT, camera=protection.camera, details={"footage": [span], "note": protection.note})
    protection.delete()
