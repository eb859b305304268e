from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

# The longest takes half a minute.
CUT_OFF_AFTER = timedelta(minutes=2)
KEPT = 50


class CameraSearchQuerySet(models.QuerySet["CameraSearch"]):
    def running(self) -> CameraSearchQuerySet:
        return self.filter(state=CameraSearch.State.RUNNING)

    def end_cut_off(self) -> int:
        """Says of those whose process died that they did. Doing it twice does no harm."""
        lost = self.running().filter(started_at__lt=timezone.now() - CUT_OFF_AFTER)
        return lost.update(state=CameraSearch.State.INTERRUPTED, finished_at=timezone.now())


class CameraSearch(models.Model):
    """Somebody's search of the network for cameras, kept to be asked for while it runs, and as a record of who searched. One at a time."""

    class State(models.TextChoices):
        RUNNING = "running", "running"
        DONE = "done", "done"
        INTERRUPTED = "interrupted", "interrupted"

    state = models.CharField(max_length=12, choices=State.choices, default=State.RUNNING)
    network = models.CharField(max_length=20, blank=True, default="")
    looked_at = models.PositiveIntegerField(default=0)
    in_all = models.PositiveIntegerField(default=0)
    found = models.JSONField(default=list)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = CameraSearchQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-started_at", "-pk"]
        verbose_name_plural = "camera searches"
        constraints: ClassVar = [models.UniqueConstraint(fields=["state"], condition=Q(state="running"), name="one_search_at_a_time")]

    def __str__(self) -> str:
        return self.network or "the networks of this machine"

    def note(self, found: list[dict[str, object]], looked_at: int, in_all: int) -> bool:
        """False when it does not run any more."""
        news = {"found": found, "looked_at": looked_at, "in_all": in_all}
        return CameraSearch.objects.running().filter(pk=self.pk).update(**news) > 0

    def finish(self, found: list[dict[str, object]], looked_at: int, in_all: int) -> bool:
        done = {"state": CameraSearch.State.DONE, "finished_at": timezone.now()}
        return CameraSearch.objects.running().filter(pk=self.pk).update(found=found, looked_at=looked_at, in_all=in_all, **done) > 0

    def interrupt(self) -> None:
        CameraSearch.objects.running().filter(pk=self.pk).update(state=CameraSearch.State.INTERRUPTED, finished_at=timezone.now())
