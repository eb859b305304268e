from __future__ import annotations

from django.apps import AppConfig


class RecordingsConfig(AppConfig):
    name = "recordings"

    def ready(self) -> None:
        from recordings.services import deletion, event_expiry, pictures

        for forget in (pictures.forget, event_expiry.forget):
            if forget not in deletion.on_deleted:
                deletion.on_deleted.append(forget)
