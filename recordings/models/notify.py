"""Who wants to be told of what, by which way, and what came of it. Who decides is recordings/notify/decision.py."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from cameras.encryption import EncryptedJson
from cameras.models import Camera
from recordings.models.events import Event


class NotifyChannel(models.Model):
    """A way to one person or program. `settings` hold addresses and keys; what of them may be shown is services/notices/channels.py's."""

    class Kind(models.TextChoices):
        PUSH = "push", "this app, on my devices"
        EMAIL = "email", "e-mail"
        WEBHOOK = "webhook", "webhook"
        MQTT = "mqtt", "MQTT broker"
        APPRISE = "apprise", "another service (Apprise)"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notify_channels")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    is_enabled = models.BooleanField(default=True)
    settings = EncryptedJson(max_length=5000, blank=True, default=dict)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    failing_reason = models.CharField(max_length=300, blank=True, default="", editable=False)
    last_sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_channel_per_name"),
            models.UniqueConstraint(fields=["owner"], condition=Q(kind="push"), name="one_push_channel_per_owner"),
        ]

    def __str__(self) -> str:
        return self.name


class PushDevice(models.Model):
    """A browser that takes messages: its PushSubscription is as good as a key, so it is encrypted and found by its digest."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_devices")
    name = models.CharField(max_length=100)
    endpoint_digest = models.CharField(max_length=64, unique=True, editable=False)
    subscription = EncryptedJson(max_length=3000, default=dict)
    failing_reason = models.CharField(max_length=300, blank=True, default="", editable=False)
    last_sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class NotifyRule(models.Model):
    """What its owner wants to hear of. Without `is_all_cameras` it is about `cameras` only, even when the last of them is deleted."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notify_rules")
    name = models.CharField(max_length=60)
    is_enabled = models.BooleanField(default=True)
    kinds = models.JSONField(default=list, help_text="Kinds of events.")
    is_all_cameras = models.BooleanField(default=True, help_text="All cameras that its owner may see.")
    cameras = models.ManyToManyField(Camera, blank=True, related_name="+")
    zones = models.JSONField(default=list, blank=True, help_text="Names of zones; empty: anywhere.")
    labels = models.JSONField(default=list, blank=True, help_text="What was found; empty: anything.")
    min_score = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(100)])
    tells_end = models.BooleanField(default=True, help_text="Also when a camera or the storage is well again.")
    schedule = models.JSONField(default=dict, blank=True, help_text="When, as RecordingRule.schedule; empty: always.")
    time_zone = models.CharField(max_length=60, default="UTC")
    every_s = models.PositiveIntegerField(
        default=60, validators=[MaxValueValidator(86_400)], help_text="At most one message per camera in so long."
    )
    group_s = models.PositiveIntegerField(
        default=60, validators=[MaxValueValidator(3600)], help_text="What follows a message within this time becomes one."
    )
    muted_until_ms = models.BigIntegerField(default=0, validators=[MinValueValidator(0)])
    channels = models.ManyToManyField(NotifyChannel, blank=True, related_name="rules")
    made_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class NotifyMute(models.Model):
    """All rules of one person are quiet until then."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="notify_mute")
    until_ms = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.user} until {self.until_ms}"


class NotifyMessage(models.Model):
    """What one rule tells at once. Open, it takes in more of its sort; sealed (`sealed_ms`), it is what its deliveries tell."""

    rule = models.ForeignKey(NotifyRule, on_delete=models.CASCADE, related_name="messages", db_index=False)
    sort = models.CharField(max_length=30)
    size = models.PositiveIntegerField(default=1)
    earliest_ms = models.BigIntegerField()
    due_ms = models.BigIntegerField()
    sealed_ms = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["rule", "sort", "sealed_ms"], name="message_of_rule"),
            models.Index(fields=["due_ms"], condition=Q(sealed_ms__isnull=True), name="message_open"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "sort"], condition=Q(sealed_ms__isnull=True), name="one_open_message_per_sort")
        ]

    def __str__(self) -> str:
        return f"{self.sort} of {self.rule_id}"


class Notice(models.Model):
    """What was decided about an event for a rule: once. `held` says why it was not told."""

    rule = models.ForeignKey(NotifyRule, on_delete=models.CASCADE, related_name="notices", db_index=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="notices")
    camera = models.ForeignKey(Camera, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    phase = models.CharField(max_length=6)
    sort = models.CharField(max_length=30)
    message = models.ForeignKey(NotifyMessage, null=True, blank=True, on_delete=models.CASCADE, related_name="notices")
    held = models.CharField(max_length=20, blank=True, default="")
    at_ms = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["rule", "event", "phase"], name="one_notice_per_event")]
        indexes: ClassVar = [
            models.Index(fields=["rule", "sort", "camera", "at_ms"], name="notice_of_camera"),
            models.Index(fields=["at_ms"], name="notice_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.sort} of {self.event_id}"


class Delivery(models.Model):
    """One message to one channel (one device, for push). `key` is what its receiver knows it by, however often it is tried."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        SENDING = "sending", "being sent"
        SENT = "sent", "sent"
        FAILED = "failed", "refused"
        GIVEN_UP = "given_up", "given up"

    UNFINISHED: ClassVar = (State.WAITING, State.SENDING)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    message = models.ForeignKey(NotifyMessage, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    channel = models.ForeignKey(NotifyChannel, on_delete=models.CASCADE, related_name="deliveries")
    device = models.ForeignKey(PushDevice, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    target = models.CharField(max_length=20, blank=True, default="", help_text="Which device, where a channel has several.")
    title = models.CharField(max_length=300, blank=True, default="")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_ms = models.BigIntegerField()
    reason = models.CharField(max_length=300, blank=True, default="")
    made_ms = models.BigIntegerField()
    sent_ms = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-made_ms", "-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["message", "channel", "target"], name="one_delivery_per_channel")]
        indexes: ClassVar = [
            models.Index(fields=["made_ms"], name="delivery_by_time"),
            models.Index(fields=["next_try_ms"], condition=Q(state__in=["waiting", "sending"]), name="delivery_due"),
        ]

    def __str__(self) -> str:
        return f"{self.title} by {self.channel_id}"
