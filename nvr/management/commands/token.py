from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from cameras.models import Action
from cameras.permissions import cameras_for
from nvr.people.models import ApiToken
from nvr.people.tokens import create_token, revoke_tokens, tokens_of


class Command(BaseCommand):
    help = "Creates an API token of a user and prints it, this once. Send it as “Authorization: Bearer TOKEN”."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user")
        parser.add_argument("--name", default="", help="what it is for")
        parser.add_argument("--days", type=int, help="how long it is valid; without it until it is revoked")
        reach = parser.add_mutually_exclusive_group()
        reach.add_argument("--read-only", action="store_true", help="it may look at all that the user may, and change nothing")
        reach.add_argument(
            "--action", action="append", choices=Action.values, default=[], help="it may do this and nothing else; repeatable"
        )
        parser.add_argument("--camera", action="append", default=[], metavar="SLUG", help="with this camera and no other; repeatable")
        parser.add_argument("--list", action="store_true", help="list the user's tokens instead")
        parser.add_argument("--revoke-all", action="store_true", help="revoke all tokens of the user instead")

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model()._default_manager.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"there is no user called {options['user']}")
        if options["revoke_all"]:
            self.stdout.write(f"{revoke_tokens(user)} tokens of {user.get_username()} revoked")
            return
        if options["list"]:
            for details in tokens_of(user):
                self.stdout.write(
                    f"{details}\t{details.scope}\tused {details.used_at or 'never'}\texpires {details.token.expiry or 'never'}"
                )
            return
        if not user.is_active:
            raise CommandError(f"the account of {user.get_username()} is switched off")
        if options["days"] is not None and options["days"] < 1:
            raise CommandError("--days: at least one")
        cameras = list(cameras_for(user).filter(slug__in=options["camera"]))
        if unknown := set(options["camera"]) - {camera.slug for camera in cameras}:
            raise CommandError(f"{user.get_username()} sees no camera called {', '.join(sorted(unknown))}")
        scope = ApiToken.Reach.READ if options["read_only"] else ApiToken.Reach.ACTIONS if options["action"] else ApiToken.Reach.FULL
        valid_for = timedelta(days=options["days"]) if options["days"] else None
        made = create_token(
            user,
            name=options["name"],
            scope=scope,
            actions=options["action"],
            cameras=cameras if options["camera"] else None,
            valid_for=valid_for,
        )
        self.stdout.write(made)
