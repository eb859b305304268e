"""Outputs of a device: a lamp, a door, a siren. Device management knows them on most devices, DeviceIO on others."""

from __future__ import annotations

from cameras.onvif.answers import items, text
from cameras.onvif.client import OnvifClient
from cameras.onvif.errors import CameraRefuses, Malformed, NotSupported, OnvifError

_MOST = 32


async def relay_outputs(client: OnvifClient) -> tuple[str, ...]:
    """Their tokens; empty for a device without. Raises OnvifError."""
    failure: OnvifError | None = None
    for service in await _services(client):
        try:
            answer = await client.call(service, "GetRelayOutputs")
        except (CameraRefuses, Malformed, NotSupported) as error:
            failure = failure or error
            continue
        return tuple(token for token in (text(each, "token") for each in items(answer, "RelayOutputs")) if token)[:_MOST]
    raise failure or NotSupported("The camera has no outputs.")


async def switch_relay(client: OnvifClient, token: str, *, is_on: bool) -> None:
    """Raises OnvifError. A monostable output goes off by itself after the time that is set in the camera."""
    request = {"RelayOutputToken": token, "LogicalState": "active" if is_on else "inactive"}
    failure: OnvifError | None = None
    for service in await _services(client):
        try:
            await client.call(service, "SetRelayOutputState", request)
        except (CameraRefuses, Malformed, NotSupported) as error:
            failure = failure or error
            continue
        return
    raise failure or NotSupported("The camera has no outputs.")


async def _services(client: OnvifClient) -> list[str]:
    await client.connect()
    return ["devicemgmt"] + (["deviceio"] if "deviceio" in client.services else [])
