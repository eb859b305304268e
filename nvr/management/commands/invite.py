from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from nvr.people.links import invite, mail_link, password_path


class Command(BaseCommand):
    help = "Adds a person without a password, or finds one, and makes the link by which they choose theirs. It is good once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user")
        parser.add_argument("--email", default="", help="where the link is sent if this server sends mail; printed otherwise")
        parser.add_argument("--staff", action="store_true", help="a new person may use the admin pages, as far as they have permissions")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"]).first()
        is_new = user is None
        try:
            user = user or invite(username=options["user"], email=options["email"], is_staff=options["staff"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        try:
            was_mailed = bool(options["email"]) and options["email"] == user.email and mail_link(user, is_invitation=is_new)
        except OSError as error:
            raise CommandError(f"the mail to {user.email} can't be sent: {error}") from error
        if was_mailed:
            self.stdout.write(f"a link for {user.get_username()} is on its way to {user.email}")
        else:
            base = settings.PUBLIC_URL or f"http://{settings.BIND}:{settings.PORT}"
            self.stdout.write(f"give this link to {user.get_username()}, and to nobody else:\n{base}{password_path(user)}")
