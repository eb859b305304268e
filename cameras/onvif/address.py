"""Where a device listens, from what people type or a camera announces; and addresses that a camera gives, made reachable.

A camera behind NAT, or with several network cards, announces addresses that lead nowhere from here. And whoever could make a camera
announce an address of his choice must not make us call there. So the host is always the one that the person typed.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from cameras.stream_url import StreamUrl, StreamUrlError, split_credentials

DEFAULT_PATH = "/onvif/device_service"
DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$")
_MOST_CHARACTERS = 500


class DeviceAddressError(ValueError):
    """The message says what is wrong with the address."""


@dataclass(frozen=True, slots=True)
class DeviceAddress:
    """`host` without brackets."""

    host: str
    port: int = 80
    path: str = DEFAULT_PATH
    is_tls: bool = False

    @property
    def origin(self) -> str:
        return f"{'https' if self.is_tls else 'http'}://{bracketed(self.host)}:{self.port}"

    def __str__(self) -> str:
        return f"{self.origin}{self.path}"


def parse_device_address(text: str) -> DeviceAddress:
    """Takes "192.168.1.20", "cam.local:8000", "[fe80::1]:80" or "http://…/onvif/device_service". Raises DeviceAddressError."""
    text = text.strip()
    if not text or len(text) > _MOST_CHARACTERS or any(character.isspace() or ord(character) < 32 for character in text):
        raise DeviceAddressError("the address must look like 192.168.1.20 or http://192.168.1.20:8000, without spaces")
    scheme, separator, rest = text.partition("://")
    if not separator:
        scheme, rest = "http", text
    scheme = scheme.lower()
    if scheme not in DEFAULT_PORTS:
        raise DeviceAddressError(f"{scheme}:// is not how ONVIF is spoken; use http:// or https://")
    if _is_bare_ipv6(rest):
        rest = f"[{rest}]"
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise DeviceAddressError("the address has no valid host name or port") from error
    if parts.username is not None or parts.password is not None:
        raise DeviceAddressError("the address holds a user name or password; they belong into their own fields")
    if not _is_host(host) or port == 0:
        raise DeviceAddressError("the address has no valid host name or port")
    path = parts.path if parts.path not in ("", "/") else DEFAULT_PATH
    return DeviceAddress(host, port or DEFAULT_PORTS[scheme], path, scheme == "https")


def reachable(announced: str, device: DeviceAddress) -> str:
    """The http address of a service, subscription or snapshot as it is reached from here. Raises DeviceAddressError.

    One on the typed host keeps its own port; one on another host gets the typed host and port, as behind a forwarded port.
    """
    parts = _split(announced)
    if parts.scheme not in DEFAULT_PORTS:
        raise DeviceAddressError("the camera announces an address that is not http")
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    host, port = _host_port(parts.netloc)
    if host == device.host.lower() and port is not None:
        return f"{parts.scheme}://{bracketed(device.host)}:{port}{target}"
    if host == device.host.lower() and parts.scheme != ("https" if device.is_tls else "http"):
        return f"{parts.scheme}://{bracketed(device.host)}:{DEFAULT_PORTS[parts.scheme]}{target}"
    return f"{device.origin}{target}"


def reachable_stream(announced: str, device: DeviceAddress) -> StreamUrl:
    """An RTSP address on the typed host, with the port that the camera names. What it holds of credentials is dropped.

    Raises DeviceAddressError.
    """
    try:
        url, _ = split_credentials(announced.strip())
    except StreamUrlError as error:
        raise DeviceAddressError(str(error)) from error
    return StreamUrl(url.scheme, device.host, url.port, url.path)


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _split(announced: str) -> _Parts:
    scheme, _, rest = announced.strip().partition("://")
    if not rest or len(announced) > _MOST_CHARACTERS or any(ord(character) <= 32 for character in announced.strip()):
        raise DeviceAddressError("the camera announces an address that can't be used")
    netloc, slash, tail = rest.partition("/")
    path, _, query = tail.partition("?")
    return _Parts(scheme.lower(), netloc.rpartition("@")[2], slash + path, query)


@dataclass(frozen=True, slots=True)
class _Parts:
    scheme: str
    netloc: str
    path: str
    query: str


def _host_port(netloc: str) -> tuple[str, int | None]:
    """Some cameras write the port twice, "192.168.1.106:8106:8106": the first counts."""
    if netloc.startswith("["):
        host, _, rest = netloc[1:].partition("]")
        port = rest.removeprefix(":")
    else:
        host, _, rest = netloc.partition(":")
        port = rest.partition(":")[0]
    return host.lower(), int(port) if port.isdecimal() and 0 < int(port) < 65536 else None


def _is_bare_ipv6(text: str) -> bool:
    try:
        return ipaddress.ip_address(text.partition("%")[0]).version == 6
    except ValueError:
        return False


def _is_host(host: str) -> bool:
    if ":" in host:
        return _is_bare_ipv6(host)
    return _HOST.match(host) is not None
