from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from cameras.encryption import EncryptedText
from cameras.stream_url import StreamUrl, parse_stream_url


class StreamState(models.TextChoices):
    OFF = "off", "off"
    CONNECTING = "connecting", "connecting"
    LIVE = "live", "live"
    DOWN = "down", "down"


class CameraGroup(models.Model):
    name = models.CharField(max_length=100, unique=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Camera(models.Model):
    """State and reason are those of the main stream; ingest writes them through cameras.services.set_status."""

    class Record(models.TextChoices):
        OFF = "off", "off"
        CONTINUOUS = "continuous", "always"
        MOTION = "motion", "on motion"
        SCHEDULE = "schedule", "by schedule"

    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True)
    is_enabled = models.BooleanField("enabled", default=True, help_text="A camera that is not enabled is not connected to.")
    username = EncryptedText(max_length=200, blank=True, default="")
    password = EncryptedText(max_length=200, blank=True, default="")
    position = models.PositiveIntegerField(default=0, help_text="Order on the dashboard, smallest first.")
    record = models.CharField(max_length=10, choices=Record.choices, default=Record.CONTINUOUS)
    record_changed_at = models.DateTimeField(default=timezone.now, editable=False)
    detects_motion = models.BooleanField("detect motion", default=False, help_text="Looks for motion in what is recorded.")
    groups = models.ManyToManyField(CameraGroup, blank=True, related_name="cameras")
    state = models.CharField(max_length=12, choices=StreamState.choices, default=StreamState.OFF, editable=False)
    state_reason = models.CharField(max_length=300, blank=True, default="", editable=False)
    state_changed_at = models.DateTimeField(default=timezone.now, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Stream(models.Model):
    """One RTSP stream of a camera. `url` never holds credentials: those are the camera's, encrypted."""

    class Role(models.TextChoices):
        MAIN = "main", "main"
        SUB = "sub", "sub"

    class Transport(models.TextChoices):
        AUTO = "auto", "automatic (UDP, then TCP)"
        TCP = "tcp", "TCP"
        UDP = "udp", "UDP"

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="streams")
    role = models.CharField(max_length=4, choices=Role.choices, default=Role.MAIN)
    url = models.CharField("address", max_length=500, help_text="rtsp:// or rtsps://")
    transport = models.CharField(max_length=4, choices=Transport.choices, default=Transport.TCP)
    verify_tls = models.BooleanField("verify certificate", default=False, help_text="rtsps only: refuse a certificate no authority signed.")
    state = models.CharField(max_length=12, choices=StreamState.choices, default=StreamState.OFF, editable=False)
    state_reason = models.CharField(max_length=300, blank=True, default="", editable=False)
    state_changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["camera", "role"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["camera", "role"], name="one_stream_per_role")]

    def __str__(self) -> str:
        return f"{self.camera} ({self.role})"

    @property
    def address(self) -> StreamUrl:
        return parse_stream_url(self.url)


class LayoutKind(models.TextChoices):
    AUTO = "auto", "automatic"
    ONE = "1", "1 camera"
    FOUR = "4", "4 cameras"
    NINE = "9", "9 cameras"
    SIXTEEN = "16", "16 cameras"
    CUSTOM = "custom", "custom"


class Layout(models.Model):
    """A dashboard arrangement of one user. `tiles` is a list of {"camera": slug, "x", "y", "w", "h"} on a grid of `columns` columns."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="layouts")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=LayoutKind.choices, default=LayoutKind.AUTO)
    columns = models.PositiveSmallIntegerField(default=12)
    tiles = models.JSONField(default=list, blank=True)
    is_active = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "name"], name="one_layout_per_name")]

    def __str__(self) -> str:
        return self.name
