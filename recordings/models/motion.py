"""How a camera's picture is watched for motion, and what was seen in each segment. Points and areas are parts of the picture, 0 to 1."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from cameras.models import Camera, Preset
from recordings.models.catalogue import Segment


class MotionRule(models.Model):
    """`Camera.detects_motion` says whether; a camera without a row has these defaults."""

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, related_name="motion_rule")
    sensitivity = models.PositiveSmallIntegerField(default=50, validators=[MinValueValidator(1), MaxValueValidator(100)])
    smallest_percent = models.FloatField(
        default=0.1,
        validators=[MinValueValidator(0.0), MaxValueValidator(100.0)],
        help_text="Of the picture's area; what is smaller is none.",
    )
    shortest_ms = models.PositiveIntegerField(default=400, validators=[MaxValueValidator(60_000)], help_text="What lasts less is none.")
    ends_after_s = models.PositiveSmallIntegerField(
        default=8, validators=[MinValueValidator(1), MaxValueValidator(300)], help_text="A shorter rest does not end an event."
    )
    pre_roll_s = models.PositiveSmallIntegerField(default=5, validators=[MaxValueValidator(300)])
    post_roll_s = models.PositiveSmallIntegerField(default=10, validators=[MaxValueValidator(300)])
    analyses_per_s = models.PositiveSmallIntegerField(default=5, validators=[MinValueValidator(1), MaxValueValidator(15)])
    schedule = models.JSONField(default=dict, blank=True, help_text="When to watch, as RecordingRule.schedule; empty: always.")
    time_zone = models.CharField(max_length=60, default="UTC")
    finds_objects = models.BooleanField(default=False, help_text="Name what moved (needs the extra “objects”).")
    # Mode "motion": up to here it is decided which footage stays.
    judged_until_ms = models.BigIntegerField(default=0, editable=False)

    def __str__(self) -> str:
        return f"motion of {self.camera}"


class Zone(models.Model):
    """Without a zone that is watched, all of the picture is.

    One of a preset holds while the camera stands there. When that preset is gone it holds nowhere, and is kept until somebody decides.
    """

    class Kind(models.TextChoices):
        WATCH = "watch", "watch"
        IGNORE = "ignore", "ignore"

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="zones")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.WATCH)
    points = models.JSONField(help_text="The corners [x, y] of a polygon, three at least.")
    sensitivity = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)], help_text="Empty: the camera's."
    )
    holds_everywhere = models.BooleanField(default=True, help_text="Wherever the camera looks; or only at its preset.")
    preset = models.ForeignKey(Preset, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["camera", "name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["camera", "name"], name="one_zone_per_name")]

    def __str__(self) -> str:
        return self.name


class MotionWatch(models.Model):
    """Kept while a camera's footage is looked through: what was recorded before `since_ms` nobody asked to look through."""

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, primary_key=True, related_name="motion_watch")
    since_ms = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.camera_id} since {self.since_ms}"


class MotionTrace(models.Model):
    """What was seen in one segment, as far as it is analysed: `entries` is the compact form of rules/motion/traces.py.

    Gone with its segment. `not_analysed_ms`: how much was left out because the machine did not keep up.
    """

    segment = models.OneToOneField(Segment, on_delete=models.CASCADE, primary_key=True, related_name="motion_trace")
    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="motion_traces", db_index=False)
    started_at_ms = models.BigIntegerField()
    analysed_until_ms = models.BigIntegerField()
    peak_score = models.PositiveSmallIntegerField(default=0)
    not_analysed_ms = models.PositiveIntegerField(default=0)
    entries = models.BinaryField(default=bytes)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["camera", "started_at_ms"], name="trace_by_time")]

    def __str__(self) -> str:
        return f"motion in {self.segment_id}"
