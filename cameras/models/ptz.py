from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cameras.models.camera import Camera


class Preset(models.Model):
    """A view that the camera knows by `token`. `name` is ours; `device_name` is what the camera called it when we looked last."""

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="presets")
    token = models.CharField(max_length=200)
    name = models.CharField(max_length=100)
    device_name = models.CharField(max_length=100, blank=True, default="", editable=False)
    position = models.PositiveIntegerField(default=0, help_text="Order on the page, smallest first; the first nine have the keys 1 to 9.")
    picture_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_hidden = models.BooleanField(default=False, editable=False, help_text="Deleted here, on a camera that can't delete it.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["camera", "token"], name="one_preset_per_token")]

    def __str__(self) -> str:
        return f"{self.name} of {self.camera}"


class Steering(models.Model):
    """Who steers a camera, and until when nobody of the same rank may instead. A row per camera that was ever steered."""

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, primary_key=True, related_name="steering")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    rank = models.PositiveSmallIntegerField(default=0)
    since_ms = models.BigIntegerField(default=0)
    until_ms = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.camera}: {self.user} until {self.until_ms}"


class Tour(models.Model):
    """Presets one after the other, while `is_on` and within the schedule. The rest is what its runner writes down.

    The runner holds it by a lease (`runner` until `runner_until_ms`); another takes it over when that has run out.
    """

    class State(models.TextChoices):
        OFF = "off", "off"
        WAITING = "waiting", "waiting for its hours"
        RUNNING = "running", "running"
        PAUSED = "paused", "paused"
        FAILING = "failing", "failing"

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="tours")
    name = models.CharField(max_length=100)
    is_on = models.BooleanField(default=False)
    schedule = models.JSONField(
        default=dict, blank=True, help_text='Per weekday "0" (Monday) to "6" a list of ["HH:MM", "HH:MM"]; empty: always.'
    )
    resume_after_s = models.PositiveIntegerField(default=30, help_text="How long after a person has let go of the camera the tour goes on.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OFF, editable=False)
    state_reason = models.CharField(max_length=300, blank=True, default="", editable=False)
    stop_index = models.PositiveIntegerField(default=0, editable=False)
    arrived_at_ms = models.BigIntegerField(default=0, editable=False)
    runner = models.CharField(max_length=100, blank=True, default="", editable=False)
    runner_until_ms = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["camera", "name"], name="one_tour_per_name"),
            models.UniqueConstraint(fields=["camera"], condition=Q(is_on=True), name="one_tour_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.camera}"


class TourStop(models.Model):
    """`speed` is a part of the camera's fastest, from 0 to 1; None leaves it to the camera."""

    tour = models.ForeignKey(Tour, on_delete=models.CASCADE, related_name="stops")
    preset = models.ForeignKey(Preset, on_delete=models.CASCADE, related_name="stops")
    position = models.PositiveIntegerField(default=0)
    dwell_s = models.PositiveIntegerField(default=15)
    speed = models.FloatField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.preset.name} for {self.dwell_s} s"


class HeadMove(models.Model):
    """When a camera was turning, so that what moved in its picture meanwhile is known for what it was. Kept for some days.

    While it goes on, `end_ms` is somewhat ahead of now.
    """

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="head_moves")
    start_ms = models.BigIntegerField()
    end_ms = models.BigIntegerField()
    preset = models.ForeignKey(Preset, null=True, on_delete=models.SET_NULL, related_name="+", help_text="Where it came to rest.")
    is_home = models.BooleanField(default=False)
    is_by_person = models.BooleanField(default=True, help_text="Not by a tour, nor sent home after a while.")

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(end_ms__gte=F("start_ms")), name="head_move_ends_after_start")]
        indexes: ClassVar = [models.Index(fields=["camera", "start_ms"], name="head_move_by_time")]

    def __str__(self) -> str:
        return f"{self.camera} {self.start_ms}-{self.end_ms}"
