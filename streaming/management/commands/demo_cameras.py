"""Serves the demo cameras until it is stopped; or, with --install, puts them on the list of cameras and ends."""

from __future__ import annotations

import asyncio
import signal
from argparse import ArgumentParser
from typing import Any

import uvloop
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cameras.models import Camera, Stream
from cameras.services import add_camera, announce_list
from cameras.stream_url import StreamUrl, parse_stream_url
from streaming.demo.catalogue import MOST, DemoCamera, catalogue, count_for
from streaming.demo.serve import serve

_HOST = "127.0.0.1"


class Command(BaseCommand):
    help = "Serves demo cameras over RTSP: scenes drawn live, with a clock to the millisecond."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--count", type=int, default=2, help=f"how many, {MOST} at most")
        parser.add_argument("--port", type=int, default=8554)
        parser.add_argument("--host", default=_HOST, help="address to listen on")
        parser.add_argument("--strip", action="store_true", help="draw the time for programs too (streaming/demo/scene/strip.py)")
        parser.add_argument("--install", action="store_true", help="add them to the list of cameras, or correct their port, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 < options["count"] <= MOST:
            raise CommandError(f"--count must be between 1 and {MOST}")
        if options["install"]:
            install(catalogue(options["count"]), options["port"])
            return
        try:
            uvloop.run(self._serve(options))
        except OSError as error:
            raise CommandError(f"Cannot serve demo cameras on {options['host']}:{options['port']}: {error.strerror or error}") from error

    async def _serve(self, options: dict[str, Any]) -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)

        def announce(port: int) -> None:
            for camera in catalogue(options["count"]):
                self.stdout.write(f"{camera.name}: {StreamUrl('rtsp', options['host'], port, camera.main_path)}")
            self.stdout.flush()

        await serve(options["count"], host=options["host"], port=options["port"], until=stop, ready=announce, has_strip=options["strip"])


@transaction.atomic
def install(wanted: tuple[DemoCamera, ...], port: int) -> None:
    """Adds cameras behind the last one there is: a gap before it is one that somebody deleted. Corrects the ports of the others.

    Streams whose address somebody has changed to another host or path are left alone.
    """
    slugs = Camera.objects.filter(slug__in=[camera.slug for camera in catalogue(MOST)]).values_list("slug", flat=True)
    known = count_for(slugs)
    for camera in wanted[known:]:
        _add(camera, port)
    is_changed = [_move(stream, port) for camera in wanted for stream in Stream.objects.filter(camera__slug=camera.slug)]
    if any(is_changed):
        announce_list()


def _add(camera: DemoCamera, port: int) -> None:
    sub_url = "" if camera.sub_path is None else _address(camera.sub_path, port)
    is_taken = Camera.objects.filter(name=camera.name).exists()
    added = add_camera(
        name=f"{camera.name} (demo)" if is_taken else camera.name,
        url=_address(camera.main_path, port),
        sub_url=sub_url,
        username=camera.username,
        password=camera.password,
    )
    added.slug = camera.slug
    added.save(update_fields=["slug"])


def _move(stream: Stream, port: int) -> bool:
    address = parse_stream_url(stream.url)
    paths = {path for camera in catalogue(MOST) for path in (camera.main_path, camera.sub_path)}
    if address.host != _HOST or address.path not in paths or address.port == port:
        return False
    stream.url = _address(address.path, port)
    stream.save(update_fields=["url"])
    return True


def _address(path: str, port: int) -> str:
    return str(StreamUrl("rtsp", _HOST, port, path))
