from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import Group as UserGroup
from django.db import models
from django.db.models import Q
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


class Action(models.TextChoices):
    """Which of them includes which others is in cameras/permissions.py."""

    VIEW = "view", "view live"
    PLAYBACK = "playback", "view and play back"
    EXPORT = "export", "play back and export"
    PROTECT = "protect", "play back and protect footage"
    DELETE = "delete", "play back and delete footage"
    PTZ = "ptz", "view and turn"
    CONFIGURE = "configure", "view and configure"


class Grant(models.Model):
    """One action, for one user or user group, on one camera or camera group. Nobody but a superuser may anything without one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="grants")
    user_group = models.ForeignKey(UserGroup, null=True, blank=True, on_delete=models.CASCADE, related_name="grants")
    camera = models.ForeignKey(Camera, null=True, blank=True, on_delete=models.CASCADE, related_name="grants")
    camera_group = models.ForeignKey(CameraGroup, null=True, blank=True, on_delete=models.CASCADE, related_name="grants")
    action = models.CharField(max_length=12, choices=Action.choices, default=Action.VIEW)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, user_group__isnull=True) | Q(user__isnull=True, user_group__isnull=False),
                name="grant_to_one_user_or_group",
                violation_error_message="Choose either a user or a user group.",
            ),
            models.CheckConstraint(
                condition=Q(camera__isnull=False, camera_group__isnull=True) | Q(camera__isnull=True, camera_group__isnull=False),
                name="grant_on_one_camera_or_group",
                violation_error_message="Choose either a camera or a camera group.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.user_group} may {self.get_action_display()} {self.camera or self.camera_group}"


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
