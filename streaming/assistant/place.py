"""What a person types for a camera: an RTSP address, an ONVIF address, or just a host, with or without a port."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from cameras.addresses import agreed, split_address
from cameras.onvif.address import DeviceAddress, DeviceAddressError, parse_device_address
from cameras.stream_url import Credentials, StreamUrl

_RTSP = re.compile(r"^\s*rtsps?://", re.IGNORECASE)
_EXPLICIT_PORT = re.compile(r":\d{1,5}(/.*)?$")


@dataclass(frozen=True, slots=True)
class Place:
    """`stream` is a whole RTSP address, when one was typed. Else `port` is what was typed, whatever is spoken there; None for none."""

    host: str
    credentials: Credentials
    stream: StreamUrl | None = None
    port: int | None = None
    onvif: DeviceAddress | None = None
    is_tls: bool = False


def parse_place(text: str, username: str, password: str) -> Place:
    """Raises ValidationError by field, in words that hold no password."""
    text = text.strip()
    if not text:
        raise ValidationError({"address": "enter the camera's address, as in 192.168.1.20 or rtsp://192.168.1.20/stream1"})
    if _RTSP.match(text):
        address, pasted = split_address(text, field="address")
        credentials = agreed([Credentials("" if pasted.username else username, password), pasted])
        if address.path in ("", "/"):
            return Place(address.host, credentials, port=address.port, is_tls=address.is_tls)
        return Place(address.host, credentials, stream=address, is_tls=address.is_tls)
    try:
        device = parse_device_address(text)
    except DeviceAddressError as error:
        raise ValidationError({"address": str(error)}) from error
    credentials = agreed([Credentials(username, password)])
    if "://" in text:
        return Place(device.host, credentials, onvif=device)
    is_bare_ipv6 = text.count(":") > 1 and "[" not in text
    has_port = not is_bare_ipv6 and _EXPLICIT_PORT.search(text) is not None
    return Place(device.host, credentials, port=device.port if has_port else None)
