"""The structured RTSP headers both ends use: Transport, Session, Public, RTP-Info.

RFC 2326, 12.39 (Transport), 12.37 (Session), 12.28 (Public), 12.33 (RTP-Info). Credentials are in auth.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DEFAULT_SESSION_TIMEOUT_S = 60  # RFC 2326, 12.37
_PAIR = re.compile(r"^(\d{1,5})(?:-(\d{1,5}))?$")


class HeaderError(ValueError):
    """A header that can't be understood and can't be done without."""


@dataclass(frozen=True, slots=True)
class Transport:
    """One transport of RFC 2326, 12.39. Pairs are (RTP, RTCP); `ssrc` is None when absent or unreadable."""

    is_tcp: bool
    is_multicast: bool = False
    interleaved: tuple[int, int] | None = None
    client_ports: tuple[int, int] | None = None
    server_ports: tuple[int, int] | None = None
    source: str = ""
    destination: str = ""
    ssrc: int | None = None
    mode: str = ""

    def __str__(self) -> str:
        parts = ["RTP/AVP/TCP" if self.is_tcp else "RTP/AVP", "multicast" if self.is_multicast else "unicast"]
        for name, pair in (("interleaved", self.interleaved), ("client_port", self.client_ports), ("server_port", self.server_ports)):
            if pair is not None:
                parts.append(f"{name}={pair[0]}-{pair[1]}")
        parts += [f"{name}={value}" for name, value in (("source", self.source), ("destination", self.destination)) if value]
        if self.ssrc is not None:
            parts.append(f"ssrc={self.ssrc:08X}")
        if self.mode:
            parts.append(f'mode="{self.mode}"')
        return ";".join(parts)


@dataclass(frozen=True, slots=True)
class RtpInfo:
    """One stream of an RTP-Info header; both numbers belong to the first packet after PLAY."""

    url: str
    sequence: int | None = None
    rtp_timestamp: int | None = None


def parse_transport(value: str) -> Transport:
    """The first transport of the header that is RTP/AVP. Raises HeaderError when there is none."""
    for choice in value.split(","):
        protocol, *parameters = [part.strip() for part in choice.split(";")]
        if protocol.upper() not in ("RTP/AVP", "RTP/AVP/UDP", "RTP/AVP/TCP"):
            continue
        named = {name.strip().lower(): text.strip().strip('"') for name, _, text in (part.partition("=") for part in parameters)}
        return Transport(
            # "interleaved" decides: some cameras answer plain RTP/AVP to a request for TCP.
            is_tcp=protocol.upper().endswith("/TCP") or "interleaved" in named,
            is_multicast="multicast" in named,
            interleaved=_pair(named.get("interleaved", ""), 255),
            client_ports=_pair(named.get("client_port", ""), 65535),
            server_ports=_pair(named.get("server_port", ""), 65535),
            source=named.get("source", ""),
            destination=named.get("destination", ""),
            ssrc=_ssrc(named.get("ssrc", "")),
            mode=named.get("mode", ""),
        )
    raise HeaderError(f"no usable transport in {value[:80]!r}")


def parse_transports(value: str) -> tuple[Transport, ...]:
    """Every usable transport of a request's header, in the client's order of preference."""
    found = []
    for choice in value.split(","):
        try:
            found.append(parse_transport(choice))
        except HeaderError:
            continue
    return tuple(found)


def parse_session(value: str) -> tuple[str, int]:
    """Identifier and timeout in seconds. Raises HeaderError for an empty identifier."""
    identifier, *parameters = [part.strip() for part in value.split(";")]
    if not identifier:
        raise HeaderError("an empty Session header")
    for parameter in parameters:
        name, _, text = parameter.partition("=")
        if name.strip().lower() == "timeout" and re.fullmatch(r"\d{1,5}", text.strip()) and 0 < int(text) < 86_400:
            return identifier, int(text)
    return identifier, DEFAULT_SESSION_TIMEOUT_S


def parse_public(value: str) -> frozenset[str]:
    """The methods a peer says it knows, in upper case."""
    return frozenset(word.strip().upper() for word in value.split(",") if word.strip())


def parse_rtp_info(value: str) -> tuple[RtpInfo, ...]:
    """Streams in the header's order; parts that can't be read are left out."""
    found = []
    for stream in re.split(r",\s*(?=url\s*=)", value, flags=re.IGNORECASE):
        named = {name.strip().lower(): text.strip() for name, _, text in (part.partition("=") for part in stream.split(";"))}
        if "url" in named:
            found.append(
                RtpInfo(named["url"].strip('"'), _number(named.get("seq", ""), 0xFFFF), _number(named.get("rtptime", ""), 0xFFFFFFFF))
            )
    return tuple(found)


def _pair(text: str, maximum: int) -> tuple[int, int] | None:
    match = _PAIR.match(text)
    if match is None:
        return None
    first = int(match[1])
    second = int(match[2]) if match[2] else first + 1
    return (first, second) if first <= maximum and second <= maximum else None


def _ssrc(text: str) -> int | None:
    return int(text, 16) if re.fullmatch(r"[0-9A-Fa-f]{1,8}", text) else None


def _number(text: str, maximum: int) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 and int(text) <= maximum else None
