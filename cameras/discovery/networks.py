"""Where cameras may be called, and which addresses looked at: only outside the internet, and one small network at a time. Pure.

"Not globally reachable" is what IANA's registries of special-purpose addresses say (RFC 6890): 10/8, 172.16/12, 192.168/16, 169.254/16,
100.64/10 and the like. This machine's own loopback is none of them here: what listens there is nobody's camera, and often not meant for
others. NVR_DISCOVERY_NETWORKS allows more.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

LARGEST_PREFIX = 24
# Where clouds answer questions about their machines: never a camera, and worth hiding.
_NEVER = frozenset({IPv4Address("169.254.169.254")})


class NetworkError(ValueError):
    """The message says why this network is not searched."""


@dataclass(frozen=True, slots=True)
class Interface:
    """One IPv4 address of this machine, with its network."""

    name: str
    address: IPv4Address
    network: IPv4Network


def parse_network(text: str, allowed: Sequence[IPv4Network] = ()) -> IPv4Network:
    """Takes "192.168.1.0/24", or any address in it. Raises NetworkError for what is too large or not allowed."""
    text = text.strip()
    try:
        network = ipaddress.ip_network(text if "/" in text else f"{text}/{LARGEST_PREFIX}", strict=False)
    except ValueError as error:
        raise NetworkError("the network must look like 192.168.1.0/24") from error
    if not isinstance(network, IPv4Network):
        raise NetworkError("only IPv4 networks can be searched address by address; an IPv6 network is too large for that")
    if network.prefixlen < LARGEST_PREFIX:
        raise NetworkError(f"{network} has {network.num_addresses} addresses; at most 256 are searched at a time, as in 192.168.1.0/24")
    if not is_allowed(network, allowed):
        raise NetworkError(f"{network} is not a private network; NVR_DISCOVERY_NETWORKS would have to name it")
    return network


def is_allowed(network: IPv4Network, allowed: Sequence[IPv4Network] = ()) -> bool:
    if any(network.subnet_of(one) for one in allowed):
        return True
    return not (network.is_global or network.is_loopback or network.is_multicast or network.is_reserved or _is_this(network))


def is_allowed_address(address: str, allowed: Sequence[IPv4Network] = ()) -> bool:
    try:
        found = IPv4Address(address)
    except ValueError:
        return False
    return found not in _NEVER and is_allowed(IPv4Network(found), allowed)


def hosts(network: IPv4Network) -> list[IPv4Address]:
    """Without the network's own and its broadcast address."""
    return [address for address in network.hosts() if address not in _NEVER]


def callable_from(interfaces: Iterable[Interface], allowed: Sequence[IPv4Network] = ()) -> list[Interface]:
    """Those by which may be called for cameras: not into the internet, where the neighbours are strangers. Loopback reaches nobody else."""
    return [each for each in interfaces if each.address.is_loopback or is_allowed(IPv4Network(each.address), allowed)]


def suggestions(interfaces: Iterable[Interface], allowed: Sequence[IPv4Network] = ()) -> list[IPv4Network]:
    """The networks this machine is in, as far as they may be searched; of a larger one the part around our own address."""
    found: dict[IPv4Network, None] = {}
    for interface in interfaces:
        prefix = max(interface.network.prefixlen, LARGEST_PREFIX)
        part = IPv4Network((interface.address, prefix), strict=False)
        if prefix < 31 and is_allowed(part, allowed):
            found[part] = None
    return list(found)


def _is_this(network: IPv4Network) -> bool:
    """0.0.0.0/8, "this network": Linux takes it for the machine itself (RFC 1122, 3.2.1.3)."""
    return network.subnet_of(IPv4Network("0.0.0.0/8"))
