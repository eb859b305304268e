from __future__ import annotations

import json
from typing import Any, ClassVar, NoReturn

from django.db import models
from django.utils import timezone


class AppendOnly(TypeError):
    """The audit is added to, and nothing else is done with it (cameras/audit/sealing.py forgets what is too old)."""


class AuditAction(models.TextChoices):
    WATCH = "watch", "watched live"
    PICTURE = "picture", "looked at pictures"
    PLAYBACK = "playback", "played back"
    EXPORT = "export", "exported"
    DOWNLOAD = "download", "downloaded"
    SHARE = "share", "shared"
    PROTECT = "protect", "protected"
    UNPROTECT = "unprotect", "ended a protection"
    DELETE = "delete", "deleted footage"
    STEER = "steer", "steered"
    OUTPUT = "output", "switched an output"
    ADD = "add", "added"
    CHANGE = "change", "changed"
    REMOVE = "remove", "removed"
    LOGIN = "login", "signed in"
    LOGIN_FAILED = "login_failed", "failed to sign in"
    LOGOUT = "logout", "signed out"
    AUDIT_READ = "audit_read", "took the audit"
    FORGET = "forget", "forgot old entries"


class Means(models.TextChoices):
    PAGE = "page", "on the pages"
    TOKEN = "token", "with an API token"
    TICKET = "ticket", "with a ticket"
    LINK = "link", "with a shared link"
    COMMAND = "command", "by a command"
    SYSTEM = "system", "by itself"


class AppendOnlyQuerySet(models.QuerySet["AuditEntry"]):
    def update(self, **_: Any) -> NoReturn:
        raise AppendOnly("an entry of the audit is not changed")

    def delete(self) -> NoReturn:
        raise AppendOnly("an entry of the audit is not deleted")


class _Noted(models.Model):
    """Who did what to what. Ids and names as they were then, and no foreign keys: what is noted outlives what it is about."""

    user_id = models.BigIntegerField(null=True)
    who = models.CharField(max_length=150, blank=True, default="", help_text="The user's name then.")
    means = models.CharField(max_length=10, choices=Means.choices)
    proof = models.CharField(max_length=100, blank=True, default="", help_text="Which token or link; the command.")
    address = models.CharField(max_length=45, blank=True, default="", help_text="Where it was asked for.")
    action = models.CharField(max_length=20, choices=AuditAction.choices)
    camera = models.CharField(max_length=100, blank=True, default="", help_text="Its slug.")
    kind = models.CharField(max_length=40, blank=True, default="", help_text="What sort of thing `name` is.")
    object_id = models.CharField(max_length=64, blank=True, default="")
    name = models.CharField(max_length=300, blank=True, default="")
    # Text and not a JSON column: PostgreSQL would write numbers in a way of its own, and the hash is of what was written.
    details = models.TextField(blank=True, default="{}")

    class Meta:
        abstract = True

    @property
    def told(self) -> dict[str, Any]:
        """The details; {} for what was tampered with until it is no JSON any more."""
        try:
            found = json.loads(self.details)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class AuditEntry(_Noted):
    """Without a `number` it waits to be sealed into the chain (cameras/audit/chain.py)."""

    at_ms = models.BigIntegerField(help_text="When it began.")
    duration_ms = models.BigIntegerField(null=True)
    number = models.BigIntegerField(null=True, unique=True)
    previous = models.CharField(max_length=64, blank=True, default="")
    hash = models.CharField(max_length=64, blank=True, default="")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at_ms", "-pk"]
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"
        indexes: ClassVar = [
            models.Index(fields=["-at_ms", "-id"], name="audit_by_time"),
            models.Index(fields=["camera", "-at_ms"], name="audit_by_camera"),
            models.Index(fields=["who", "-at_ms"], name="audit_by_person"),
            models.Index(fields=["action", "-at_ms"], name="audit_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.who or self.get_means_display()} {self.get_action_display()} {self.name}".rstrip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("an entry of the audit is not changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("an entry of the audit is not deleted")


class AuditActivity(_Noted):
    """What goes on, such as watching, and gets its one entry when nothing was heard of it until `until_ms`."""

    key = models.CharField(max_length=64, unique=True)
    since_ms = models.BigIntegerField()
    seen_ms = models.BigIntegerField()
    until_ms = models.BigIntegerField(db_index=True)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["-since_ms"]
        verbose_name_plural = "audit activities"

    def __str__(self) -> str:
        return f"{self.who}: {self.get_action_display()} {self.name}".rstrip()


class AuditHead(models.Model):
    """The chain's one head: the last entry that is sealed, and the last that was forgotten for its age."""

    number = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)
    forgotten_number = models.BigIntegerField(default=0)
    forgotten_hash = models.CharField(max_length=64)
    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"sealed up to {self.number}"
