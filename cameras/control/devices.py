"""The cameras that are connected, one connection each, in the loop that first asked for them. Reads no database: settings come in."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from cameras.models import OnvifDevice
from cameras.onvif.address import DeviceAddress, DeviceAddressError
from cameras.onvif.client import OnvifClient
from cameras.onvif.errors import Malformed, OnvifError, Unreachable
from cameras.onvif.ptz import Ptz
from cameras.stream_url import Credentials

# A camera that nobody has asked for anything for so long is let go of.
_IDLE_S = 600.0
# What a dead camera is not asked again for, so that a held key does not wait for it each time.
_PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    camera_id: int
    address: DeviceAddress
    credentials: Credentials


def settings_of(device: OnvifDevice) -> DeviceSettings:
    """Needs the device's camera loaded. Raises OnvifError for an address that can't be used."""
    try:
        return DeviceSettings(device.camera_id, device.device_address, device.credentials)
    except DeviceAddressError as error:
        raise Malformed(f"The camera's ONVIF address can't be used: {error}.") from error


@dataclass(slots=True)
class _Connected:
    settings: DeviceSettings
    client: OnvifClient
    head: Ptz | None = None
    used_s: float = 0.0
    failed_s: float = float("-inf")
    failure: OnvifError | None = None
    opening: asyncio.Task[Ptz] | None = None


class Devices:
    """Belongs to one event loop."""

    def __init__(self) -> None:
        self._connected: dict[int, _Connected] = {}

    async def client(self, settings: DeviceSettings) -> OnvifClient:
        """Connected before or not."""
        return (await self._of(settings)).client

    async def head(self, settings: DeviceSettings) -> Ptz:
        """Opened once, and to the end even if who asked lets go meanwhile. Raises OnvifError.

        A camera that could not be reached a moment ago is not tried again at once.
        """
        known = await self._of(settings)
        if known.head is not None:
            return known.head
        if known.opening is None:
            if known.failure is not None and time.monotonic() < known.failed_s + _PAUSE_S:
                raise known.failure
            known.opening = asyncio.create_task(_open(known), name=f"camera {settings.camera_id} opens")
        return await asyncio.shield(known.opening)

    async def forget(self, camera_id: int) -> None:
        """The next one who asks connects anew, and reads anew what the camera can."""
        known = self._connected.pop(camera_id, None)
        if known is not None:
            if known.opening is not None:
                known.opening.cancel()
            await known.client.aclose()

    async def aclose(self) -> None:
        for camera_id in list(self._connected):
            await self.forget(camera_id)

    async def _of(self, settings: DeviceSettings) -> _Connected:
        now_s = time.monotonic()
        for camera_id, other in list(self._connected.items()):
            is_outdated = camera_id == settings.camera_id and other.settings != settings
            if is_outdated or now_s > other.used_s + _IDLE_S:
                await self.forget(camera_id)
        known = self._connected.get(settings.camera_id)
        if known is None:
            known = self._connected[settings.camera_id] = _Connected(settings, OnvifClient(settings.address, settings.credentials))
        known.used_s = now_s
        return known


async def _open(known: _Connected) -> Ptz:
    try:
        known.head = await Ptz.open(known.client)
    except OnvifError as error:
        known.failure = error if isinstance(error, Unreachable) else None
        known.failed_s = time.monotonic()
        raise
    finally:
        known.opening = None
    return known.head
