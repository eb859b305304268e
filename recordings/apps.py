from __future__ import annotations

from django.apps import AppConfig


class RecordingsConfig(AppConfig):
    name = "recordings"

    def ready(self) -> None:
        from recordings.services import deletion, pictures

        if pictures.forget not in deletion.on_deleted:
            deletion.on_deleted.append(pictures.forget)
