"""Demo cameras are recorded and watched for motion, but not kept for long: their footage is drawn, and shall not fill anybody's disk."""

from __future__ import annotations

from collections.abc import Iterable

from cameras.models import Camera
from recordings.models import RecordingRule

KEEP_DAYS = 1


def keep_briefly(slugs: Iterable[str]) -> None:
    """For cameras that were just added; a rule that somebody has made stays."""
    for camera in Camera.objects.filter(slug__in=list(slugs), recording__isnull=True):
        RecordingRule.objects.get_or_create(camera=camera, defaults={"keep_days": KEEP_DAYS})


def detect_motion(slugs: Iterable[str]) -> None:
    """For cameras that were just added."""
    Camera.objects.filter(slug__in=list(slugs)).update(detects_motion=True)
