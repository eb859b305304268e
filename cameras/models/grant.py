from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import Group as UserGroup
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string

from cameras.models.camera import Camera, CameraGroup


class Action(models.TextChoices):
    """Which of them includes which others is in cameras/permissions.py."""

    VIEW = "view", "view live"
    HEAR = "hear", "view and hear"
    PLAYBACK = "playback", "view and play back"
    EXPORT = "export", "play back and export"
    PROTECT = "protect", "play back and protect footage"
    DELETE = "delete", "play back and delete footage"
    PTZ = "ptz", "view and turn"
    TALK = "talk", "view and talk"
    CONFIGURE = "configure", "view and configure"


class Grant(models.Model):
    """One action, for one user or user group, on one camera or camera group. Nobody but a superuser may anything without one.

    `hours` is a week as recordings/rules/schedule.py describes it, in the time zone of this installation; None: at all hours. It is in
    force from `valid_from` until `valid_until`, half open; None: always, or without an end.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="grants")
    user_group = models.ForeignKey(UserGroup, null=True, blank=True, on_delete=models.CASCADE, related_name="grants")
    camera = models.ForeignKey(Camera, null=True, blank=True, on_delete=models.CASCADE, related_name="grants")
    camera_group = models.ForeignKey(CameraGroup, null=True, blank=True, on_delete=models.CASCADE, related_name="grants")
    action = models.CharField(max_length=12, choices=Action.choices, default=Action.VIEW)
    hours = models.JSONField(null=True, blank=True, help_text="Hours of the week, in the form of recording schedules; empty: at all hours.")
    valid_from = models.DateTimeField(null=True, blank=True, help_text="Empty: at once.")
    valid_until = models.DateTimeField(null=True, blank=True, help_text="Empty: without an end.")
    note = models.CharField(max_length=200, blank=True, default="", help_text="What it is for.")
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    granted_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        permissions: ClassVar = [("manage_people", "Can manage people and their rights")]
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
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="grant_ends_after_it_begins",
                violation_error_message="The right would end before it begins.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.user_group} may {self.get_action_display()} {self.camera or self.camera_group}"

    def clean(self) -> None:
        if self.hours is not None:
            check_hours(self.hours)


def check_hours(hours: Any) -> None:
    """Raises ValidationError for what is no week, and for one without an hour: a right that is never there is none."""
    try:
        import_string(settings.NVR_SCHEDULE_READER)(hours)
    except ValueError as error:
        raise ValidationError({"hours": str(error)}) from error
    if not any(hours.values()):
        raise ValidationError({"hours": "give the hours of one day at least, or none at all for a right at all hours"})
