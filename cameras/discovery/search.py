"""One search for cameras: calls in networks of this machine, and if asked for a look at every address of one of them.

    call    WS-Discovery in the networks of this machine, three seconds
    look    each address of a network at most as large as a /24: which of the usual ports are open, is RTSP or ONVIF spoken there

What is found is told as it is found, and told again when more is known of it. No password is asked for or sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network

from cameras.discovery import networks
from cameras.discovery.multicast import LISTEN_S, ask_host, ask_networks
from cameras.discovery.networks import Interface
from cameras.discovery.onvif_door import ONVIF_PORTS, is_open, speaks_onvif
from cameras.discovery.rtsp_door import RTSP_PORTS, rtsp_server
from cameras.discovery.ws_discovery import Announcement
from cameras.onvif.address import DeviceAddress

_HOSTS_AT_ONCE = 24  # with eight ports each: fewer sockets than any system's limit
_KNOCK_S = 0.8
_ANSWER_S = 2.0
_NAME_S = 0.8


@dataclass(frozen=True, slots=True)
class Device:
    """`onvif` and `rtsp_port` are None where that was not found. The names are what the device says; "" where it doesn't."""

    address: str
    onvif: DeviceAddress | None = None
    rtsp_port: int | None = None
    name: str = ""
    maker: str = ""
    model: str = ""
    server: str = ""

    def merged(self, other: Device) -> Device:
        """What either knows, this one first."""
        return Device(
            self.address,
            self.onvif or other.onvif,
            self.rtsp_port if self.rtsp_port is not None else other.rtsp_port,
            self.name or other.name,
            self.maker or other.maker,
            self.model or other.model,
            self.server or other.server,
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """`network` is to be looked at address by address; None to call only."""

    interfaces: Sequence[Interface]
    network: IPv4Network | None = None
    listen_s: float = LISTEN_S
    rtsp_ports: tuple[int, ...] = RTSP_PORTS
    onvif_ports: tuple[int, ...] = ONVIF_PORTS


class Search:
    """`on_device` gets every device, again when more is known; `on_progress` how many addresses of how many have been looked at."""

    def __init__(self, plan: Plan, on_device: Callable[[Device], None], on_progress: Callable[[int, int], None]) -> None:
        self._plan = plan
        self._on_device = on_device
        self._on_progress = on_progress
        self._found: dict[str, Device] = {}
        self._looked_at = 0

    async def run(self) -> list[Device]:
        """Three seconds for the call alone, up to half a minute with a look at a network. Never raises for what is in the network."""
        async with asyncio.TaskGroup() as group:
            group.create_task(ask_networks(self._plan.interfaces, self._heard, listen_s=self._plan.listen_s))
            if self._plan.network is not None:
                group.create_task(self._look_at(networks.hosts(self._plan.network)))
        return list(self._found.values())

    def _heard(self, address: str, announcement: Announcement) -> None:
        device = DeviceAddress(address, announcement.port, announcement.path, announcement.is_tls)
        self._note(Device(address, device, None, announcement.name, announcement.maker, announcement.model))

    def _note(self, device: Device) -> None:
        known = self._found.get(device.address)
        merged = device if known is None else known.merged(device)
        if merged != known:
            self._found[device.address] = merged
            self._on_device(merged)

    async def _look_at(self, addresses: list[IPv4Address]) -> None:
        gate = asyncio.Semaphore(_HOSTS_AT_ONCE)
        self._on_progress(0, len(addresses))

        async def look(address: IPv4Address) -> None:
            async with gate:
                await self._look(str(address))
            self._looked_at += 1
            self._on_progress(self._looked_at, len(addresses))

        async with asyncio.TaskGroup() as group:
            for address in addresses:
                group.create_task(look(address))

    async def _look(self, address: str) -> None:
        ports = (*self._plan.rtsp_ports, *self._plan.onvif_ports)
        are_open = await asyncio.gather(*(is_open(address, port, _KNOCK_S) for port in ports))
        opened = [port for port, can_connect in zip(ports, are_open, strict=True) if can_connect]
        if not opened:
            return
        rtsp_port, server = await self._rtsp(address, [port for port in opened if port in self._plan.rtsp_ports])
        onvif = await self._onvif(address, [port for port in opened if port in self._plan.onvif_ports])
        if rtsp_port is None and onvif is None:
            return
        self._note(Device(address, onvif, rtsp_port, server=server))
        if not self._found[address].name:
            await ask_host(address, self._heard_of(onvif), listen_s=_NAME_S)

    async def _rtsp(self, address: str, ports: Iterable[int]) -> tuple[int | None, str]:
        for port in ports:
            server = await rtsp_server(address, port, _ANSWER_S)
            if server is not None:
                return port, server
        return None, ""

    async def _onvif(self, address: str, ports: Iterable[int]) -> DeviceAddress | None:
        for port in ports:
            candidate = DeviceAddress(address, port)
            if await speaks_onvif(candidate):
                return candidate
        return None

    def _heard_of(self, onvif: DeviceAddress | None) -> Callable[[str, Announcement], None]:
        """Of a device we have looked at: where its ONVIF is, we know better."""

        def heard(address: str, announcement: Announcement) -> None:
            device = Device(address, onvif, None, announcement.name, announcement.maker, announcement.model)
            self._note(device if onvif else replace(device, onvif=DeviceAddress(address, announcement.port, announcement.path)))

        return heard
