"""What must be done once before the processes start: migrations, static files, a place for footage, the first administrator."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from nvr.people.first_admin import ensure_first_admin
from recordings.services.volumes import ensure_first_volume


class Command(BaseCommand):
    help = "Migrates the database, collects static files, makes the first recording directory and the first administrator. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        ensure_first_volume(settings.RECORDINGS_DIR)
        admin = ensure_first_admin()
        if admin is not None and admin.generated_password:
            self.stdout.write(f"Administrator {admin.username}, password {admin.generated_password} (shown only this once)")
