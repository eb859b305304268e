"""One device: its clock, what it is, which services it has, and any call to one of them.

    async with OnvifClient(address, credentials) as device:
        await device.connect()
        await device.information()

Everything raises OnvifError only. A client belongs to one event loop and is kept alive as long as the device is used: it holds the
connection and knows the device's clock.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from cameras.onvif.address import DeviceAddress, DeviceAddressError, reachable
from cameras.onvif.answers import dig, items, text, whole
from cameras.onvif.errors import CameraRefuses, Malformed, NotAuthorized, NotSupported, OnvifError
from cameras.stream_url import Credentials

if TYPE_CHECKING:
    from cameras.onvif.soap import Soap

# GetServices names services by namespace, GetCapabilities by one word.
NAMESPACES = {
    "http://www.onvif.org/ver10/media/wsdl": "media",
    "http://www.onvif.org/ver20/media/wsdl": "media2",
    "http://www.onvif.org/ver20/ptz/wsdl": "ptz",
    "http://www.onvif.org/ver20/imaging/wsdl": "imaging",
    "http://www.onvif.org/ver10/events/wsdl": "events",
    "http://www.onvif.org/ver10/deviceIO/wsdl": "deviceio",
}
_CAPABILITIES = {"Media": "media", "PTZ": "ptz", "Imaging": "imaging", "Events": "events"}
# A clock that is right within this needs no correction, and tells nobody of a wrong one.
CLOCK_TOLERANCE_S = 5.0


@dataclass(frozen=True, slots=True)
class DeviceInformation:
    """As the device says; "" for what it leaves out."""

    manufacturer: str = ""
    model: str = ""
    firmware: str = ""
    serial_number: str = ""
    hardware: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.manufacturer, self.model) if part) or "unknown device"


@dataclass(frozen=True, slots=True)
class DeviceClock:
    """`ahead_s` is how far the device's clock is ahead of ours, behind when negative."""

    at: datetime
    ahead_s: float

    @property
    def is_right(self) -> bool:
        return abs(self.ahead_s) <= CLOCK_TOLERANCE_S


class OnvifClient:
    """`clock` is None until connect() has read it, and for a device that doesn't tell."""

    def __init__(self, address: DeviceAddress, credentials: Credentials, *, timeout_s: float = 8.0) -> None:
        self.address = address
        self.clock: DeviceClock | None = None
        self.services: Mapping[str, str] = {}
        self._credentials = credentials
        self._timeout_s = timeout_s
        self._soap: Soap | None = None
        self._connecting = asyncio.Lock()
        self._is_connected = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        await self.aclose()

    async def connect(self) -> None:
        """Reads the clock and which services there are, once. Does not check the password: many devices tell these to everybody."""
        async with self._connecting:
            if not self._is_connected:
                await self.read_clock()
                self.services = await self._find_services()
                self._is_connected = True

    async def read_clock(self) -> DeviceClock | None:
        """The one call that every device answers to everybody, for this very purpose (ONVIF Core, 5.9.4)."""
        soap = await self._open()
        try:
            answer = await soap.call("devicemgmt-open", str(self.address), "GetSystemDateAndTime")
        except (NotAuthorized, CameraRefuses):  # some want to know who asks even then
            answer = await soap.call("devicemgmt", str(self.address), "GetSystemDateAndTime")
        self.clock = _clock(answer)
        if self.clock is not None:
            soap.set_skew(timedelta(seconds=self.clock.ahead_s))
        return self.clock

    async def information(self) -> DeviceInformation:
        """The cheapest call that needs a valid password."""
        answer = await self.call("devicemgmt", "GetDeviceInformation")
        names = ("Manufacturer", "Model", "FirmwareVersion", "SerialNumber", "HardwareId")
        return DeviceInformation(*(text(answer, name) for name in names))

    async def call(
        self,
        service: str,
        operation: str,
        params: Mapping[str, Any] | None = None,
        *,
        address: str | None = None,
        timeout_s: float | None = None,
    ) -> Any:
        """`address` is that of a subscription. A refused login is tried once more after a new look at the device's clock."""
        await self.connect()
        target = address or self._address_of(service)
        try:
            return await (await self._open()).call(service, target, operation, params, timeout_s=timeout_s)
        except NotAuthorized as refusal:
            if not await self._clock_has_changed():
                raise self._explained(refusal) from refusal
        try:
            return await (await self._open()).call(service, target, operation, params, timeout_s=timeout_s)
        except NotAuthorized as refusal:
            raise self._explained(refusal) from refusal

    async def call_typed(
        self, service: str, operation: str, params: Mapping[str, Any] | None = None, *, address: str, timeout_s: float | None = None
    ) -> Any:
        """As call(), of a subscription; the answer is in the library's own objects, for other libraries to read."""
        await self.connect()
        return await (await self._open()).call_typed(service, address, operation, params, timeout_s=timeout_s)

    def reachable(self, announced: str) -> str:
        """An address that the camera announces, as it is reached from here. Raises Malformed."""
        try:
            return reachable(announced, self.address)
        except DeviceAddressError as error:
            raise Malformed(f"{error}.") from error

    async def fetch(self, announced: str, *, most_bytes: int) -> bytes:
        """What the camera has at an address it announced, such as a snapshot."""
        return await (await self._open()).fetch(self.reachable(announced), most_bytes=most_bytes)

    def forget(self, address: str) -> None:
        if self._soap is not None:
            self._soap.forget(address)

    async def aclose(self) -> None:
        if self._soap is not None:
            await self._soap.aclose()

    async def _open(self) -> Soap:
        """Loads what speaks SOAP with the first camera: half a second, in a thread, and 20 MB that most processes never need."""
        if self._soap is None:
            module = await asyncio.to_thread(import_module, "cameras.onvif.soap")
            if self._soap is None:
                self._soap = module.Soap(self._credentials, self._timeout_s)
        return self._soap

    def _address_of(self, service: str) -> str:
        if service == "devicemgmt":
            return str(self.address)
        if service not in self.services:
            raise NotSupported(f"The camera has no {_WORDS.get(service, service)} service.")
        return self.services[service]

    async def _find_services(self) -> dict[str, str]:
        """GetServices where there is one; else GetCapabilities, which knows fewer. A device may list none at all."""
        try:
            answer = await (await self._open()).call("devicemgmt", str(self.address), "GetServices", {"IncludeCapability": False})
        except NotAuthorized as refusal:
            raise self._explained(refusal) from refusal
        except (CameraRefuses, Malformed, NotSupported):
            answer = None
        listed = items(answer, "Service")
        found: dict[str | None, str] = {NAMESPACES.get(text(service, "Namespace")): text(service, "XAddr") for service in listed}
        if not any(found):
            found = await self._find_capabilities()
        return {name: self._reachable(address) for name, address in found.items() if name is not None and address}

    async def _find_capabilities(self) -> dict[str | None, str]:
        try:
            answer = await (await self._open()).call("devicemgmt", str(self.address), "GetCapabilities", {"Category": "All"})
        except NotAuthorized as refusal:
            raise self._explained(refusal) from refusal
        except OnvifError as error:
            raise Malformed("The camera does not tell which ONVIF services it has.") from error
        known = dig(answer, "Capabilities")
        found: dict[str | None, str] = {name: text(known, word, "XAddr") for word, name in _CAPABILITIES.items()}
        return found | {"deviceio": text(known, "Extension", "DeviceIO", "XAddr")}

    def _reachable(self, announced: str) -> str:
        """An address that makes no sense is not the end: the device's own often serves everything."""
        try:
            return reachable(announced, self.address)
        except DeviceAddressError:
            return str(self.address)

    async def _clock_has_changed(self) -> bool:
        before = self.clock
        try:
            now = await self.read_clock()
        except OnvifError:
            return False
        return now is not None and (before is None or abs(now.ahead_s - before.ahead_s) > 1)

    def _explained(self, refusal: NotAuthorized) -> NotAuthorized:
        if not self._credentials.username:
            return NotAuthorized("The camera wants a user name and password.")
        if self.clock is not None and not self.clock.is_right:
            return NotAuthorized(f"{refusal} Its clock is {_span(self.clock.ahead_s)}, which can be why.")
        return refusal


_WORDS = {"ptz": "PTZ", "media2": "Media 2", "deviceio": "DeviceIO", "events": "event"}


def _clock(answer: Any) -> DeviceClock | None:
    moment = dig(answer, "SystemDateAndTime", "UTCDateTime")
    numbers = [whole(moment, "Date", part) for part in ("Year", "Month", "Day")]
    numbers += [whole(moment, "Time", part) for part in ("Hour", "Minute", "Second")]
    if any(value is None for value in numbers):
        return None
    year, month, day, hour, minute, second = (value or 0 for value in numbers)
    try:
        at = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return None
    return DeviceClock(at, at.timestamp() - time.time())


def _span(ahead_s: float) -> str:
    amount = abs(ahead_s)
    for unit, seconds in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if amount >= 2 * seconds:
            return f"{amount / seconds:.0f} {unit} {'ahead' if ahead_s > 0 else 'behind'}"
    return f"{amount:.0f} seconds {'ahead' if ahead_s > 0 else 'behind'}"
