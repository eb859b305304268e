from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from knox.models import AuthToken

from cameras.models import Action, Camera
from cameras.token_scope import Scope

NOTE_USE_EVERY = timedelta(minutes=1)


class ApiToken(models.Model):
    """What is known of a token besides its hash, which knox keeps. Without this row a token opens nothing."""

    class Reach(models.TextChoices):
        FULL = "full", "all that I may"
        READ = "read", "reading only"
        ACTIONS = "actions", "some actions only"

    token = models.OneToOneField(AuthToken, on_delete=models.CASCADE, related_name="details")
    name = models.CharField(max_length=100, blank=True)
    scope = models.CharField(max_length=10, choices=Reach.choices, default=Reach.FULL)
    actions = models.JSONField(default=list, blank=True, help_text="for the scope “actions”")
    # Said apart from the list: a token for one camera must not open all of them when that one is deleted.
    is_all_cameras = models.BooleanField(default=True)
    cameras = models.ManyToManyField(Camera, blank=True, related_name="+")
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name or "token without a name"

    def as_scope(self) -> Scope:
        actions = frozenset(str(action) for action in self.actions if action in Action.values)
        return Scope(
            may_write=self.scope != self.Reach.READ,
            actions=actions if self.scope == self.Reach.ACTIONS else None,
            camera_ids=None if self.is_all_cameras else frozenset(self.cameras.values_list("pk", flat=True)),
        )

    def note_use(self) -> None:
        """At most one write a minute, whatever a program does."""
        now = timezone.now()
        if self.used_at is not None and now - self.used_at < NOTE_USE_EVERY:
            return
        stale = Q(used_at=None) | Q(used_at__lte=now - NOTE_USE_EVERY)
        ApiToken.objects.filter(stale, pk=self.pk).update(used_at=now)
