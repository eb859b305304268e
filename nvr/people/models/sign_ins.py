from __future__ import annotations

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models


class SignIn(models.Model):
    """A device that somebody is signed in with. It goes with its session, and its session with it (nvr/people/sign_ins.py)."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="sign_in")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_ins")
    since = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=400, blank=True)
    by = models.CharField(max_length=60, blank=True, help_text="with what: password, totp, recovery_codes, webauthn, a provider")

    class Meta:
        ordering = ("-seen_at", "-pk")

    def __str__(self) -> str:
        return f"{self.user} since {self.since:%Y-%m-%d %H:%M}"
