from __future__ import annotations

from django.apps import AppConfig


class NvrConfig(AppConfig):
    name = "nvr"

    def ready(self) -> None:
        from nvr.people import sign_ins  # noqa: F401  # hears who signs in
