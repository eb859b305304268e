"""What a camera says about itself by ONVIF: its clock, its name, the streams it offers. Never raises for what it does."""

from __future__ import annotations

import asyncio

from cameras.discovery.onvif_door import ONVIF_PORTS, find_device
from cameras.onvif.address import DeviceAddress
from cameras.onvif.client import OnvifClient
from cameras.onvif.errors import NotAuthorized, OnvifError
from cameras.onvif.media import offered_streams
from cameras.stream_url import Credentials
from streaming.doctor.evidence import OfferedAddress, OnvifEvidence

_LIMIT_S = 20.0


async def visit(host: str, credentials: Credentials, known: DeviceAddress | None = None) -> OnvifEvidence:
    """At the `known` address, else at the usual ports. Without credentials only the clock is read. Takes up to twenty seconds."""
    ports = ONVIF_PORTS if known is None else (known.port,)
    address = known or await find_device(host)
    if address is None:
        return OnvifEvidence(ports)
    clock_ahead_s: float | None = None
    name = firmware = refusal = trouble = ""
    streams: tuple[OfferedAddress, ...] = ()
    try:
        async with asyncio.timeout(_LIMIT_S), OnvifClient(address, credentials) as client:
            clock = await client.read_clock()
            clock_ahead_s = clock.ahead_s if clock is not None else None
            if credentials != Credentials():
                information = await client.information()
                name, firmware = str(information), information.firmware
                offered = await offered_streams(client)
                streams = tuple(OfferedAddress(stream.url, stream.width_px, stream.height_px) for stream in offered)
    except NotAuthorized as error:
        refusal = str(error) if credentials != Credentials() else ""  # some want to know who asks before they tell the time
    except OnvifError as error:
        trouble = str(error)
    except TimeoutError:
        trouble = f"The camera took more than {_LIMIT_S:.0f} s to answer."
    return OnvifEvidence(ports, address.port, clock_ahead_s, name, firmware, streams, refusal, trouble)
