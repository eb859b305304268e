"""A camera of another make that answers to WS-Discovery: ipycam's own answers, from port 3702 of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ipycam.discovery import WSDiscoveryServer

from tests.support.ipycam_camera import Ipycam


@contextmanager
def announcing(camera: Ipycam) -> Iterator[str]:
    """Gives the name it announces, which tells it from those of other tests that run beside this one."""
    name = camera.camera.config.name = f"Hall-{camera.port}"
    server = WSDiscoveryServer(camera.camera.onvif)
    server.start()
    try:
        yield name
    finally:
        server.stop()
        server.join()
