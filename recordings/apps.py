from __future__ import annotations

from django.apps import AppConfig


class RecordingsConfig(AppConfig):
    name = "recordings"

    def ready(self) -> None:
        from recordings.services import deletion, event_expiry, pictures

        self._follow()
        for forget in (pictures.forget, event_expiry.forget):
            if forget not in deletion.on_deleted:
                deletion.on_deleted.append(forget)

    def _follow(self) -> None:
        from cameras.audit.following import follow
        from recordings import models

        follow(models.Volume)
        follow(models.RecordingRule, kind="recording settings")
        follow(models.MotionRule, kind="motion settings")
        follow(models.Zone)
        follow(models.NotifyChannel, kind="notification channel")
        follow(models.NotifyRule, kind="notification rule", sets=("cameras", "channels"))
        follow(models.PushDevice, kind="notified device")
