"""Whether a host speaks ONVIF, and at which port: a question that devices answer without login (ONVIF Core, GetSystemDateAndTime)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable

from cameras.onvif.address import DeviceAddress
from cameras.onvif.client import OnvifClient
from cameras.onvif.errors import CameraRefuses, Malformed, NotAuthorized, OnvifError
from cameras.stream_url import Credentials

# Most makers; Reolink; ipycam and others; Xiongmai and its many names; TP-Link; Foscam.
ONVIF_PORTS = (80, 8000, 8080, 8899, 2020, 888)
_KNOCK_S = 1.5
_ANSWER_S = 4.0


async def find_device(host: str, ports: Iterable[int] = ONVIF_PORTS) -> DeviceAddress | None:
    """The first of the ports, in their order, at which ONVIF is spoken. Takes up to six seconds, usually a tenth of one."""
    ports = tuple(ports)
    are_open = await asyncio.gather(*(is_open(host, port, _KNOCK_S) for port in ports))
    candidates = [DeviceAddress(host, port) for port, can_connect in zip(ports, are_open, strict=True) if can_connect]
    speak = await asyncio.gather(*(speaks_onvif(candidate) for candidate in candidates))
    return next((candidate for candidate, does in zip(candidates, speak, strict=True) if does), None)


async def speaks_onvif(address: DeviceAddress) -> bool:
    async with OnvifClient(address, Credentials(), timeout_s=_ANSWER_S) as client:
        try:
            await client.read_clock()
        except (NotAuthorized, CameraRefuses, Malformed):
            return True  # in SOAP, if not as it should
        except OnvifError:
            return False
    return True


async def is_open(host: str, port: int, limit_s: float) -> bool:
    try:
        async with asyncio.timeout(limit_s):
            _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.transport.abort()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True
