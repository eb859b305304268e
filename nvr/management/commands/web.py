from __future__ import annotations

import gc
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from uvicorn import Server

from nvr.server.uvicorn import uvicorn_config


class Command(BaseCommand):
    help = "Serves pages, API and live pictures until SIGTERM or SIGINT."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--bind", default=settings.BIND, help="address to listen on (%(default)s)")
        parser.add_argument("--port", type=int, default=settings.PORT, help="TCP port to listen on (%(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        # uvicorn raises the signal again after a clean stop; with these that ends in an exit code of 0.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        config = uvicorn_config("nvr.asgi:application", host=options["bind"], port=options["port"])
        config.load()
        # What is loaded by now stays; looking through it at each full collection would hold up every viewer for tens of milliseconds.
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 20)
        Server(config).run()
