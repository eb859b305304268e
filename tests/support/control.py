"""Cameras that can be turned, in the database, and a process that lets go of them after each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from cameras.control import history
from cameras.control.thread import control
from cameras.models import Camera, OnvifDevice
from cameras.onvif.spaces import Abilities
from tests.support.ipycam_camera import Ipycam
from tests.support.onvif.camera import StubCamera

ALL_ABILITIES = Abilities(
    turns=True, zooms=True, moves_by=True, zooms_by=True, moves_to=True, zooms_to=True, has_home=True, focuses=True, most_presets=8
)


def set_up(camera: Camera, device: StubCamera | Ipycam) -> OnvifDevice:
    """As if somebody had connected it and the device had told all this."""
    return OnvifDevice.objects.create(
        camera=camera,
        address=str(device.address),
        username=device.credentials.username,
        password=device.credentials.password,
        abilities=asdict(ALL_ABILITIES),
        information={"manufacturer": "Example", "model": "SC-1", "firmware": "1.2", "serial_number": "0815", "hardware": ""},
        relays=["relay1"],
        has_events=True,
    )


@contextmanager
def control_room() -> Iterator[None]:
    """Ends what a test made this process do with cameras, before its database goes."""
    try:
        yield
    finally:
        control.close()
        history.flush()
