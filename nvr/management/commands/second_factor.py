from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from nvr.people.second_factor import has_second_factor, remove_second_factors


class Command(BaseCommand):
    help = "Says whether a user has a second step of signing in, or removes it for who lost theirs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user")
        parser.add_argument(
            "--remove", action="store_true", help="remove app, passkeys and recovery codes; the password alone is asked for then"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model()._default_manager.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"there is no user called {options['user']}")
        if options["remove"]:
            self.stdout.write(f"{remove_second_factors(user)} second steps of {user.get_username()} removed")
        else:
            self.stdout.write(f"{user.get_username()} has {'a' if has_second_factor(user) else 'no'} second step")
