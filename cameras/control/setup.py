"""Finding a camera's ONVIF service, reading what it can, and keeping that.

Asking a device takes seconds: it happens outside any transaction, in a thread that may wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils import timezone

from cameras import events
from cameras.addresses import check_credentials
from cameras.control import presets
from cameras.control.bridge import steerage
from cameras.control.devices import settings_of
from cameras.control.thread import control
from cameras.models import Camera, OnvifDevice
from cameras.onvif.address import DeviceAddress, DeviceAddressError, parse_device_address
from cameras.onvif.client import DeviceInformation, OnvifClient
from cameras.onvif.errors import NotAuthorized, NotSupported, OnvifError
from cameras.onvif.ptz import Ptz
from cameras.onvif.relays import relay_outputs
from cameras.onvif.spaces import Abilities
from cameras.permissions import is_superuser
from cameras.stream_url import Credentials
from cameras.token_scope import is_limited

# Where makers put it when not at port 80.
USUAL_PORTS = (80, 8000, 8080, 2020, 8899, 5000)
_KNOCK_S = 3.0


@dataclass(frozen=True, slots=True)
class Survey:
    """What a device says that it is and can."""

    address: DeviceAddress
    information: DeviceInformation
    abilities: Abilities
    relays: tuple[str, ...]
    has_events: bool
    clock_ahead_s: float | None


async def survey(address: DeviceAddress, credentials: Credentials) -> Survey:
    """Asks everything, with one connection. Raises OnvifError; a device that can't be turned has no abilities, which is no error."""
    async with OnvifClient(address, credentials) as client:
        information = await client.information()
        try:
            abilities = (await Ptz.open(client)).abilities
        except NotAuthorized:
            raise
        except OnvifError:
            abilities = Abilities()
        try:
            relays = await relay_outputs(client)
        except OnvifError:
            relays = ()
        ahead_s = None if client.clock is None else client.clock.ahead_s
        return Survey(address, information, abilities, relays, "events" in client.services, ahead_s)


def find_address(host: str) -> DeviceAddress:
    """Knocks at the usual ports of that one host, all at once. Raises NotSupported when no ONVIF answers at any."""
    return control.run(_find(host))


def connect_device(camera: Camera, *, address: str, username: str, password: str | None, by: AbstractBaseUser) -> OnvifDevice:
    """Asks the device and keeps what it says. Without an address it is looked for at the camera's own host; None keeps the password.

    Raises ValidationError by field for what was typed, OnvifError for what the device says.
    """
    known = OnvifDevice.objects.filter(camera=camera).first()
    if password is None:
        password = known.password if known is not None and known.username == username else ""
    check_credentials(Credentials(username, password))
    hosts = [stream.address.host for stream in camera.streams.all()]
    found = _parsed(address) if address else find_address(next(iter(hosts), ""))
    if not username:
        _guard_password(camera, found, hosts, by=by)
    device = known or OnvifDevice(camera=camera)
    device.address, device.username, device.password = str(found), username, password
    device.camera = camera
    _keep(device, control.run(survey(found, device.credentials)))
    steerage.run(lambda bridge: bridge.forget(camera.pk))
    if device.abilities["most_presets"]:
        with suppress(OnvifError):  # they are looked for again whenever the camera's page is opened
            presets.sync(camera)
    return device


def look_again(device: OnvifDevice) -> OnvifDevice:
    """Reads anew what the device can; keeps what was known, and why it could not be read, when it can't be asked. Raises OnvifError."""
    try:
        settings = settings_of(device)
        found = control.run(survey(settings.address, settings.credentials))
    except OnvifError as error:
        OnvifDevice.objects.filter(pk=device.pk).update(failure=str(error)[:300], checked_at=timezone.now())
        raise
    _keep(device, found)
    steerage.run(lambda bridge: bridge.forget(device.camera_id))
    return device


def disconnect_device(camera: Camera) -> None:
    """Forgets the settings, the presets and the tours; the camera keeps its own."""
    OnvifDevice.objects.filter(camera=camera).delete()
    camera.tours.all().delete()
    camera.presets.all().delete()
    steerage.run(lambda bridge: bridge.forget(camera.pk))
    events.publish(camera.pk, events.PresetsChanged(type="ptz.presets", camera=camera.slug))


def _keep(device: OnvifDevice, found: Survey) -> None:
    device.information = asdict(found.information)
    device.abilities = asdict(found.abilities)
    device.relays = list(found.relays)
    device.has_events = found.has_events
    device.clock_ahead_s = found.clock_ahead_s
    device.failure = ""
    device.checked_at = timezone.now()
    device.save()


def _parsed(address: str) -> DeviceAddress:
    try:
        return parse_device_address(address)
    except DeviceAddressError as error:
        raise ValidationError({"address": str(error)}) from error


def _guard_password(camera: Camera, address: DeviceAddress, hosts: Iterable[str], *, by: AbstractBaseUser) -> None:
    """As for streams: who may configure must not have the stored password delivered to a host of his choice."""
    if camera.password and address.host not in hosts and (is_limited(by) or not is_superuser(by)):
        raise ValidationError({"username": "the address leads to another host than the streams: enter a user name and password for it"})


async def _find(host: str) -> DeviceAddress:
    candidates = [DeviceAddress(host, port) for port in USUAL_PORTS] if host else []
    answers = await asyncio.gather(*(_speaks_onvif(candidate) for candidate in candidates))
    for candidate, speaks in zip(candidates, answers, strict=True):
        if speaks:
            return candidate
    raise NotSupported("No ONVIF answers at the usual ports of this camera. It may be switched off in the camera's own settings.")


async def _speaks_onvif(address: DeviceAddress) -> bool:
    async with OnvifClient(address, Credentials(), timeout_s=_KNOCK_S) as client:
        try:
            await client.read_clock()
        except NotAuthorized:
            return True
        except OnvifError:
            return False
        return True
