from __future__ import annotations

from django.conf import settings
from django.db import models


class UsedCode(models.Model):
    """A code that was good and is no more; kept until it would not be good anyway."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.user} {self.used_at:%H:%M:%S}"
