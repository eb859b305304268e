from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from nvr.people.tokens import create_token, revoke_tokens


class Command(BaseCommand):
    help = "Creates an API token of a user and prints it, this once. Send it as “Authorization: Bearer TOKEN”."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user")
        parser.add_argument("--revoke-all", action="store_true", help="revoke all tokens of the user instead")

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model()._default_manager.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"there is no user called {options['user']}")
        if options["revoke_all"]:
            self.stdout.write(f"{revoke_tokens(user)} tokens of {user.get_username()} revoked")
            return
        if not user.is_active:
            raise CommandError(f"the account of {user.get_username()} is switched off")
        self.stdout.write(create_token(user))
