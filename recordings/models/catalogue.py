"""The catalogue. Times of footage are milliseconds since 1970 UTC (`_ms`), as in the files it describes: 8 million rows a year are read
by range."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from cameras.models import Camera
from recordings.directory import RecordingDirectory

# The largest RecordingRule.longest_segment_s: what overlaps a window began at most so long before it.
LONGEST_SEGMENT_MS = 32_767_000


class Volume(models.Model):
    """A directory that is recorded to. `id` is also in the directory's identity file: without it there, nothing is written."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=60, unique=True)
    path = models.CharField(max_length=500, unique=True, help_text="Absolute. Made ours once; an empty mount point gets nothing.")
    is_enabled = models.BooleanField("enabled", default=True, help_text="New footage may go here. What is there stays and can be played.")
    keep_free_bytes = models.BigIntegerField(
        default=2 * 2**30, help_text="Footage is deleted, or recording stops, before less than this is left."
    )
    max_bytes = models.BigIntegerField(null=True, blank=True, help_text="What all footage here may take; empty for no limit.")
    position = models.PositiveIntegerField(default=0, help_text="The first one with room is used.")
    state = models.CharField(max_length=12, default="unknown", editable=False)
    state_reason = models.CharField(max_length=300, blank=True, default="", editable=False)

    class Meta:
        ordering: ClassVar = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def directory(self) -> RecordingDirectory:
        return RecordingDirectory(self.id, Path(self.path), self.keep_free_bytes)


class RecordingRule(models.Model):
    """How one camera is recorded and for how long. `Camera.record` says whether; a camera without a row has these defaults."""

    class Streams(models.TextChoices):
        MAIN = "main", "main stream"
        SUB = "sub", "sub stream"
        BOTH = "both", "both"

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, related_name="recording")
    streams = models.CharField(max_length=4, choices=Streams.choices, default=Streams.MAIN)
    schedule = models.JSONField(default=dict, blank=True, help_text='Per weekday "0" (Monday) to "6" a list of ["HH:MM", "HH:MM"].')
    time_zone = models.CharField(max_length=60, default="UTC")
    longest_segment_s = models.PositiveSmallIntegerField(default=60)
    keep_days = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True, default=30)
    keep_bytes = models.BigIntegerField(null=True, blank=True)
    snapshot_every_s = models.PositiveIntegerField(null=True, blank=True)
    hold_minutes = models.PositiveIntegerField(
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(525_600)],
        help_text="On motion: everything is kept for so long, then only what moved.",
    )

    def __str__(self) -> str:
        return f"recording of {self.camera}"


class Segment(models.Model):
    """One file. `index` is the compact GOP index of rules/fragments.py; `is_finished` is False while the file grows.

    A row is doomed first (`doomed_by` names the rule) and committed; then the file is unlinked, the directory synced and the row deleted: a
    crash in between leaves a doomed row, which is found and gone on with.
    """

    # Both keys begin an index below: one more each would only cost.
    camera = models.ForeignKey(Camera, null=True, on_delete=models.SET_NULL, related_name="segments", db_index=False)
    role = models.CharField(max_length=4)
    volume = models.ForeignKey(Volume, on_delete=models.PROTECT, related_name="segments", db_index=False)
    path = models.CharField(max_length=200)
    started_at_ms = models.BigIntegerField()
    ended_at_ms = models.BigIntegerField()
    started_90k = models.BigIntegerField()
    generation = models.BigIntegerField()
    size_bytes = models.BigIntegerField()
    init_bytes = models.PositiveIntegerField()
    index = models.BinaryField()
    video_codec = models.CharField(max_length=40)
    audio_codec = models.CharField(max_length=40, blank=True)
    width_px = models.PositiveIntegerField()
    height_px = models.PositiveIntegerField()
    is_finished = models.BooleanField(default=False)
    doomed_by = models.CharField(max_length=40, blank=True, default="")
    has_pictures = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["volume", "path"], name="one_row_per_file")]
        indexes: ClassVar = [
            # covers the timeline's question without touching the rows themselves
            models.Index(fields=["camera", "role", "started_at_ms", "ended_at_ms", "doomed_by", "size_bytes"], name="segment_by_time"),
            # Two small ones begin with the volume, or SQLite would rather search the large one below for it.
            models.Index(fields=["volume"], condition=models.Q(is_finished=False), name="segment_growing"),
            models.Index(fields=["volume"], condition=~models.Q(doomed_by=""), name="segment_doomed"),
            models.Index(fields=["started_at_ms"], condition=models.Q(has_pictures=False), name="segment_without_pictures"),
            models.Index(fields=["volume", "started_at_ms"], name="segment_by_volume"),
        ]

    def __str__(self) -> str:
        return self.path


class CoverageDay(models.Model):
    """What a UTC day of one stream holds, kept up by the catalogue, so that a month is thirty rows instead of forty thousand."""

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="coverage_days")
    role = models.CharField(max_length=4)
    day = models.DateField()
    recorded_ms = models.BigIntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["camera", "role", "day"], name="one_row_per_day")]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.day}"


class VolumeDay(models.Model):
    """What the files of a volume that began on a UTC day take, of whatever camera, also of cameras that are gone. Kept like CoverageDay."""

    volume = models.ForeignKey(Volume, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    size_bytes = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["volume", "day"], name="one_row_per_volume_and_day")]

    def __str__(self) -> str:
        return f"{self.volume_id} {self.day}"


class RecordingNote(models.Model):
    """A line of the recorder's journal: from `at_ms` on there is footage, or why not. Read in by the catalogue, each line once."""

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="recording_notes")
    role = models.CharField(max_length=4)
    at_ms = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    reason = models.CharField(max_length=300, blank=True)
    line = models.CharField(max_length=40, unique=True, help_text="Where it stands: day and byte offset.")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["camera", "role", "at_ms"], name="note_by_time")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at_ms}"


class Deletion(models.Model):
    """What was deleted and by which rule, for the account when the rows are gone. Adjacent ones of one rule are joined."""

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="deletions")
    role = models.CharField(max_length=4)
    start_ms = models.BigIntegerField()
    end_ms = models.BigIntegerField()
    rule = models.CharField(max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["camera", "role", "start_ms"], name="deletion_by_time")]

    def __str__(self) -> str:
        return f"{self.rule} {self.start_ms}"


class Protection(models.Model):
    """No rule deletes what overlaps it."""

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="protections")
    start_ms = models.BigIntegerField()
    end_ms = models.BigIntegerField()
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["camera", "start_ms"], name="protection_by_time")]

    def __str__(self) -> str:
        return self.note or f"protected {self.start_ms}"


class TrustedClock(models.Model):
    """One row: the time that retention believed last (rules/trusted_time.py has the meaning of the fields)."""

    trusted_ms = models.BigIntegerField()
    boot = models.CharField(max_length=64, blank=True)
    up_ms = models.BigIntegerField()
    ahead_ms = models.BigIntegerField(default=0)
    behind_ms = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"trusted {self.trusted_ms}"
