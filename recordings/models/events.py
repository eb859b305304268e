from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

import recordings.models.json_lists  # noqa: F401  # what its lists can be asked
from cameras.models import Camera


class Event(models.Model):
    """Something that people may want to know of: at a camera, or (without one) of the installation.

    `end_ms` is None while it goes on; `seen_until_ms` is when it was seen last. Its footage, with pre- and post-roll, is from
    `footage_start_ms` to `footage_end_ms`. `box` is where in the picture: [x, y, width, height], parts of the picture.
    """

    class Kind(models.TextChoices):
        MOTION = "motion", "motion"
        # Noticed by the camera itself; `subject` is its rule or input, so that several can go on at once.
        CAMERA_MOTION = "camera_motion", "motion, by the camera"
        LINE = "line", "line crossed"
        INTRUSION = "intrusion", "intrusion"
        TAMPER = "tamper", "tampering"
        SOUND = "sound", "sound"
        INPUT = "input", "input"
        CAMERA_DOWN = "camera_down", "camera down"
        STORAGE = "storage", "storage trouble"
        GAP = "gap", "footage missing"
        NODE = "node", "node lost"

    camera = models.ForeignKey(Camera, null=True, blank=True, on_delete=models.CASCADE, related_name="events", db_index=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    start_ms = models.BigIntegerField()
    end_ms = models.BigIntegerField(null=True, blank=True)
    seen_until_ms = models.BigIntegerField()
    footage_start_ms = models.BigIntegerField()
    footage_end_ms = models.BigIntegerField()
    peak_score = models.PositiveSmallIntegerField(default=0, help_text="0 to 100; of motion.")
    zones = models.JSONField(default=list, blank=True, help_text="Names of the zones in which something moved.")
    labels = models.JSONField(default=list, blank=True, help_text='What was found: [{"label": …, "score": 0 to 1}].')
    named_at_ms = models.BigIntegerField(null=True, blank=True, editable=False, help_text="Of the picture that was searched for objects.")
    box = models.JSONField(null=True, blank=True)
    best_at_ms = models.BigIntegerField(null=True, blank=True, help_text="When it was to be seen best.")
    subject = models.CharField(max_length=100, blank=True, help_text="What it is about when not a camera: a volume, a node.")
    reason = models.CharField(max_length=300, blank=True)
    has_picture = models.BooleanField(default=False)
    has_preview = models.BooleanField(default=False)
    is_late = models.BooleanField(default=False, help_text="Found long after it happened.")
    made_at = models.DateTimeField(auto_now_add=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # By the clock of who found it, not of the footage: when it was last added to, and last told of.
    touched_at_ms = models.BigIntegerField(default=0, editable=False)
    told_at_ms = models.BigIntegerField(default=0, editable=False)
    needs_pictures = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering: ClassVar = ["-start_ms", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["camera", "kind", "subject"],
                condition=Q(end_ms__isnull=True, camera__isnull=False),
                name="one_going_on_per_camera",
            ),
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(end_ms__isnull=True, camera__isnull=True), name="one_going_on_per_subject"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["camera", "start_ms"], name="event_by_camera"),
            models.Index(fields=["camera", "kind", "start_ms"], name="event_by_kind"),
            models.Index(fields=["start_ms"], name="event_by_time"),
            # Of few rows each.
            models.Index(fields=["camera", "kind"], condition=Q(end_ms__isnull=True), name="event_going_on"),
            models.Index(fields=["camera", "start_ms"], condition=Q(reviewed_at__isnull=True), name="event_unreviewed"),
            models.Index(fields=["start_ms"], condition=Q(needs_pictures=True), name="event_needs_pictures"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.start_ms}"


# What footage shows, whoever noticed it; the others are about footage that there is not.
SEEN_KINDS = frozenset(
    {
        Event.Kind.MOTION,
        Event.Kind.CAMERA_MOTION,
        Event.Kind.LINE,
        Event.Kind.INTRUSION,
        Event.Kind.TAMPER,
        Event.Kind.SOUND,
        Event.Kind.INPUT,
    }
)
