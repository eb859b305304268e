"""Where messages may be sent: to the internet, and into the private network only as far as the administrator allows.

Whoever may make a channel must not be able to have the server talk to what only the server can reach. Pure, but for resolve().
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable, Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], list[str]]
_ALL: tuple[Network, ...] = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))
# What embeds an IPv4 address in an IPv6 one: NAT64, RFC 6052.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class DestinationError(Exception):
    """It may not be sent there, or there is no such host. The message is for people."""

    def __init__(self, text: str, *, is_final: bool) -> None:
        super().__init__(text)
        self.is_final = is_final


def parse_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """“all”, networks as in 192.168.1.0/24, or single addresses. Raises ValueError."""
    found: list[Network] = []
    for text in texts:
        found += _ALL if text == "all" else [ipaddress.ip_network(text, strict=False)]
    return tuple(found)


def is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def is_allowed(address: str, allowed: Sequence[Network]) -> bool:
    ip = ipaddress.ip_address(address)
    mapped = getattr(ip, "ipv4_mapped", None)
    return is_public(address) or any(candidate in network for network in allowed for candidate in (ip, mapped) if candidate is not None)


def addresses_of(host: str, port: int, *, allowed: Sequence[Network], resolve: Resolve) -> list[str]:
    """The addresses to connect to, all of them allowed. Raises DestinationError."""
    try:
        found = resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise DestinationError(f"There is no host called {host}, or it can't be found now.", is_final=False) from error
    refused = [address for address in found if not is_allowed(address, allowed)]
    if refused:
        raise DestinationError(
            f"{host} is in a private network, and the administrator has not allowed messages there (NVR_NOTIFY_PRIVATE).", is_final=True
        )
    return found


def resolve(host: str, port: int) -> list[str]:
    """May take seconds. Raises OSError."""
    return list(dict.fromkeys(str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
