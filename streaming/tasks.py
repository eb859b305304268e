"""Celery jobs of the live side: small, finite, safe to do twice."""

from __future__ import annotations

from asgiref.sync import async_to_sync
from celery import shared_task

from cameras.models import Camera
from streaming import pictures

# nvr/celery.py begins a round every 30 s; a job that waited until the next one is not worth doing.
_EXPIRES_S = 25


@shared_task
def keep_last_pictures() -> None:
    """One round: a job for each camera that is enabled, and away with the pictures of those that are gone."""
    pictures.forget_other_pictures(list(Camera.objects.values_list("pk", flat=True)))
    for camera_id in Camera.objects.filter(is_enabled=True).values_list("pk", flat=True):
        keep_last_picture.apply_async((camera_id,), expires=_EXPIRES_S)


@shared_task
def keep_last_picture(camera_id: int) -> None:
    async_to_sync(pictures.keep_last_picture)(camera_id)
