"""WS-Discovery as ONVIF devices speak it: the question, and what they answer. Pure.

OASIS WS-Discovery (April 2005 draft, which ONVIF Core 7 took), SOAP 1.2, UDP port 3702:

    Probe         with the types that are wanted; ours are both names of an ONVIF device
    ProbeMatches  per device: its address of reference, types, scopes, and where its services are (XAddrs)

Devices get prefixes and even namespaces wrong, so answers are read by local names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree

GROUP, PORT = "239.255.255.250", 3702
_MOST_BYTES = 65_536
_MOST_MATCHES = 32
_TYPES = ("dn:NetworkVideoTransmitter", "tds:Device")
_SCOPE = re.compile(r"^onvif://www\.onvif\.org/(?P<kind>[A-Za-z_]+)/(?P<value>.+)$", re.IGNORECASE)
# Not in the standard, but what some devices say who made them by.
_MAKER_SCOPES = ("manufacturer", "mfr", "vendor")


@dataclass(frozen=True, slots=True)
class Announcement:
    """What one device says of itself. `endpoint` names it for good, usually a UUID; `port` and `path` are those of its device service."""

    endpoint: str
    port: int = 80
    path: str = "/onvif/device_service"
    is_tls: bool = False
    name: str = ""
    maker: str = ""
    model: str = ""
    location: str = ""


def probe(message_id: str, types: str) -> bytes:
    """`message_id` is a UUID. Types as in TYPES."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
        'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl" '
        'xmlns:tds="http://www.onvif.org/ver10/device/wsdl"><s:Header>'
        '<a:Action s:mustUnderstand="1">http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action>'
        f"<a:MessageID>uuid:{message_id}</a:MessageID>"
        "<a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>"
        '<a:To s:mustUnderstand="1">urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>'
        f"</s:Header><s:Body><d:Probe><d:Types>{types}</d:Types></d:Probe></s:Body></s:Envelope>"
    ).encode()


def probes(message_ids: Iterator[str]) -> list[bytes]:
    """Some devices answer to one name only."""
    return [probe(next(message_ids), types) for types in _TYPES]


def parse_matches(data: bytes) -> list[Announcement]:
    """Nothing for what is no answer, or can't be read; never raises."""
    if len(data) > _MOST_BYTES:
        return []
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, recover=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return []
    if root is None or root.getroottree().docinfo.doctype:
        return []
    matches = [element for element in root.iter() if _local(element) == "ProbeMatch"][:_MOST_MATCHES]
    return [announcement for match in matches if (announcement := _announcement(match)) is not None]


def _announcement(match: Any) -> Announcement | None:
    words = {_local(child): _text(child) for child in match}
    endpoint = next((_text(child) for child in match.iter() if _local(child) == "Address"), "")
    service = _service(words.get("XAddrs", ""))
    scopes = _scopes(words.get("Scopes", ""))
    is_onvif = bool(scopes) or "NetworkVideoTransmitter" in words.get("Types", "") or "onvif" in words.get("XAddrs", "")
    if service is None or not is_onvif:
        return None
    port, path, is_tls = service
    maker = next((scopes[kind] for kind in _MAKER_SCOPES if kind in scopes), "")
    name, model = scopes.get("name", ""), scopes.get("hardware", "")
    return Announcement(endpoint[:200], port, path, is_tls, name, maker, model, scopes.get("location", ""))


def _service(addresses: str) -> tuple[int, str, bool] | None:
    """Port, path and encryption of the first usable one; plain http is tried first. The host is not believed: it is who answered."""
    usable = []
    for address in addresses.split()[:8]:
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.netloc:
            is_tls = parts.scheme == "https"
            usable.append((port or (443 if is_tls else 80), parts.path or "/onvif/device_service", is_tls))
    return min(usable, key=lambda one: one[2], default=None)


def _scopes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for scope in text.split()[:64]:
        match = _SCOPE.match(scope)
        if match is not None:
            found.setdefault(match["kind"].lower(), _readable(unquote(match["value"]).replace("_", " ")))
    return found


def _local(element: Any) -> str:
    return element.tag.rpartition("}")[2].rpartition(":")[2] if isinstance(element.tag, str) else ""


def _text(element: Any) -> str:
    return " ".join((element.text or "").split())


def _readable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text).strip()[:80]
