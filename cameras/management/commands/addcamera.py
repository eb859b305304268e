from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from cameras.models import Camera, Stream
from cameras.services import add_camera


class Command(BaseCommand):
    help = "Adds a camera. It is connected to within three seconds if the NVR is running."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("url", help="rtsp:// or rtsps://, with or without user name and password")
        parser.add_argument("--sub", default="", metavar="URL", help="a smaller stream of the same camera, for tiles")
        parser.add_argument("--username", default="")
        secret = parser.add_mutually_exclusive_group()
        secret.add_argument("--password", default="", help="other users of this machine can read it while the command runs")
        secret.add_argument("--password-stdin", action="store_true", help="read the password from the first line of the standard input")
        parser.add_argument("--transport", choices=Stream.Transport.values, default=Stream.Transport.TCP.value)
        parser.add_argument("--verify-tls", action="store_true", help="rtsps only: refuse a certificate no authority signed")
        parser.add_argument("--record", choices=Camera.Record.values, default=Camera.Record.CONTINUOUS.value)
        parser.add_argument("--motion", action="store_true", help="look for motion in what is recorded; --record motion does so anyway")

    def handle(self, *args: Any, **options: Any) -> None:
        password = sys.stdin.readline().rstrip("\r\n") if options["password_stdin"] else options["password"]
        try:
            camera = add_camera(
                name=options["name"],
                url=options["url"],
                sub_url=options["sub"],
                username=options["username"],
                password=password,
                transport=options["transport"],
                verify_tls=options["verify_tls"],
                record=options["record"],
                detects_motion=options["motion"] or None,
            )
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(f"{camera.name} added as {camera.slug}")
