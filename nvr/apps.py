from __future__ import annotations

from django.apps import AppConfig


class NvrConfig(AppConfig):
    name = "nvr"
