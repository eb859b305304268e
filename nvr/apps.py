from __future__ import annotations

from django.apps import AppConfig


class NvrConfig(AppConfig):
    name = "nvr"

    def ready(self) -> None:
        from cameras.api.strict import be_strict  # needs the settings, as all of REST framework does

        be_strict()
