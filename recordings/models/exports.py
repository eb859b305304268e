from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from cameras.models import Camera


class Export(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "failed"
        CANCELLED = "cancelled", "cancelled"

    class Kind(models.TextChoices):
        VIDEO = "video", "video"
        TIMELAPSE = "timelapse", "timelapse"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports")
    cameras = models.ManyToManyField(Camera, related_name="exports")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.VIDEO)
    role = models.CharField(max_length=4, default="main")
    start_ms = models.BigIntegerField()
    end_ms = models.BigIntegerField()
    speed = models.PositiveIntegerField(default=60, help_text="Timelapse only: how many seconds become one.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    progress = models.FloatField(default=0)
    expected_bytes = models.BigIntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)
    file = models.CharField(max_length=200, blank=True)
    result = models.JSONField(default=dict, blank=True)
    error = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-made_at"]

    def __str__(self) -> str:
        return f"export {self.id}"


class ShareLink(models.Model):
    """Whoever has the link gets the file, until it expires or is revoked. Only a hash of the secret is kept."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="links")
    secret_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    downloads = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"link to {self.export_id}"
