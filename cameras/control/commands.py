"""What is done with a camera once: a step, a position, home, stop, a relay. Rights are asked before; the helm is taken here.

All raise OnvifError in words for people, and SteeredByAnother; all wait for the camera, for threads that may.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from django.contrib.auth.models import AbstractBaseUser

from cameras.audit.entries import note
from cameras.control import steering
from cameras.control.bridge import steerage
from cameras.control.devices import DeviceSettings, settings_of
from cameras.models import AuditAction, Camera, OnvifDevice
from cameras.onvif.errors import NotSupported
from cameras.onvif.ptz import Position, Ptz
from cameras.onvif.relays import switch_relay

_T = TypeVar("_T")
# How much of the whole range half a picture is, where the camera has no better measure: a lens of 60 degrees on a head of 360 by 180.
_HALF_PICTURE_PAN, _HALF_PICTURE_TILT = 30 / 180, 17 / 90


def device_of(camera: Camera) -> OnvifDevice:
    """Raises NotSupported for a camera that nobody has set up for it."""
    device = OnvifDevice.objects.filter(camera=camera).first()
    if device is None:
        raise NotSupported("Turning this camera has not been set up.")
    device.camera = camera
    return device


def device_settings(camera: Camera) -> DeviceSettings:
    return settings_of(device_of(camera))


def move_by(camera: Camera, user: AbstractBaseUser, *, pan: float, tilt: float, zoom: float) -> None:
    """In parts of the whole range."""
    _go(camera, user, lambda head: head.move_by(pan, tilt, zoom))


def move_to(
    camera: Camera, user: AbstractBaseUser, *, pan: float | None, tilt: float | None, zoom: float | None, speed: float | None
) -> None:
    _go(camera, user, lambda head: head.move_to(pan, tilt, zoom, speed=speed))


def centre(camera: Camera, user: AbstractBaseUser, *, x: float, y: float) -> None:
    """Turns towards a point of the picture, from -1 to 1, right and up. Exact where the camera measures in pictures, else about right."""

    async def work(head: Ptz) -> None:
        if head.abilities.centres_on_click:
            await head.move_by(x, y, 0, in_picture=True)
            return
        zoom = (await head.status()).zoom or 0.0
        closer = 1 - 0.9 * zoom
        await head.move_by(x * _HALF_PICTURE_PAN * closer, y * _HALF_PICTURE_TILT * closer, 0)

    _go(camera, user, work)


def go_home(camera: Camera, user: AbstractBaseUser) -> None:
    _go(camera, user, Ptz.go_home, is_home=True)


def set_home(camera: Camera, user: AbstractBaseUser) -> None:
    once(camera, user, Ptz.set_home)


def stop(camera: Camera) -> None:
    """For everybody who may turn the camera, whoever steers it: standing still harms nobody."""
    settings = device_settings(camera)
    steerage.run(lambda bridge: bridge.stop(settings))


def status(camera: Camera) -> Position:
    settings = device_settings(camera)

    async def ask(head: Ptz) -> Position:
        return await head.status()

    return steerage.run(lambda bridge: bridge.look(settings, ask))


def set_relay(camera: Camera, token: str, *, is_on: bool) -> None:
    settings = device_settings(camera)
    steerage.run(lambda bridge: bridge.ask(settings, lambda client: switch_relay(client, token, is_on=is_on)))
    note(AuditAction.OUTPUT, camera=camera, details={"output": token, "is_on": is_on})


def once(camera: Camera, user: AbstractBaseUser, work: Callable[[Ptz], Awaitable[_T]]) -> _T:
    settings = device_settings(camera)
    steering.take(camera, user)
    return steerage.run(lambda bridge: bridge.once(settings, work))


def _go(camera: Camera, user: AbstractBaseUser, work: Callable[[Ptz], Awaitable[None]], *, is_home: bool = False) -> None:
    settings = device_settings(camera)
    steering.take(camera, user)
    steerage.run(lambda bridge: bridge.go(settings, work, is_home=is_home))
