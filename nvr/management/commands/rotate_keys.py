from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cameras.key_rotation import rotate
from nvr.env import add_secret, keep_first_secret
from nvr.people import factor_keys


class Command(BaseCommand):
    help = (
        "Encrypts all stored passwords and addresses again under the first key. First --new-key, then restart the NVR, then this command "
        "without it, then --drop-old and a restart. With NVR_FIELD_KEYS set, put the new key in front there instead of --new-key."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        step = parser.add_mutually_exclusive_group()
        step.add_argument("--new-key", action="store_true", help="put a new key in front of the old ones, which go on to decrypt")
        step.add_argument("--drop-old", action="store_true", help="when everything is encrypted under the first key, forget the others")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new_key"]:
            path = _kept_keys()
            add_secret(path)
            self.stdout.write(f"A new key is in front in {path}. Restart the NVR, then run this command without --new-key.")
            return
        columns, factors = rotate(), factor_keys.renew()
        unreadable = columns.unreadable + factors.unreadable
        self.stdout.write(f"{columns.renewed + factors.renewed} values are encrypted under the first of {len(settings.SALT_KEY)} keys.")
        if unreadable:
            raise CommandError(f"No key opens {len(unreadable)} values; enter them again: {', '.join(unreadable[:20])}")
        if options["drop_old"]:
            path = _kept_keys()
            keep_first_secret(path)
            self.stdout.write(f"Only the first key is left in {path}. Restart the NVR.")


def _kept_keys() -> Path:
    if settings.FIELD_KEY_FILE is None:
        raise CommandError("NVR_FIELD_KEYS is set: change the keys there, the new one in front")
    return Path(settings.FIELD_KEY_FILE)
