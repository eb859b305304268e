"""The IPv4 addresses of this machine, as the kernel tells them (netdevice(7), Linux)."""

from __future__ import annotations

import array
import fcntl
import socket
import struct
import sys
from ipaddress import IPv4Address, IPv4Network

from cameras.discovery.networks import Interface

_SIOCGIFCONF, _SIOCGIFNETMASK = 0x8912, 0x891B
_IFREQ_BYTES = 40 if sys.maxsize > 2**32 else 32  # struct ifreq: a name of 16 bytes, and a union with pointers in it
_MOST = 256


def own_interfaces() -> list[Interface]:
    """Those that are up, loopback among them; one with several addresses comes several times."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        room = array.array("B", bytes(_MOST * _IFREQ_BYTES))
        asked = struct.pack("iL", len(room), room.buffer_info()[0])
        (size,) = struct.unpack_from("i", fcntl.ioctl(sock, _SIOCGIFCONF, asked))
        found = []
        for at in range(0, size, _IFREQ_BYTES):
            request = room.tobytes()[at : at + _IFREQ_BYTES]
            name = request[:16].split(b"\0", 1)[0].decode(errors="replace")
            address = IPv4Address(request[20:24])
            try:
                mask = IPv4Address(fcntl.ioctl(sock, _SIOCGIFNETMASK, request)[20:24])
            except OSError:
                continue  # it has gone meanwhile
            found.append(Interface(name, address, IPv4Network((str(address), str(mask)), strict=False)))
    return found
