"""A pair of UDP ports for one medium: RTP on the even one, RTCP on the odd one above (RFC 3550, 11).

Reads with add_reader and recvfrom_into instead of a DatagramProtocol: asyncio's own reads one packet per turn of the loop into 256 KiB
of fresh memory, which at 400 packets a second and camera is most of the cost.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import time
from collections.abc import Callable

_RECEIVE_BUFFER_BYTES = 2 * 1024 * 1024  # a 4K keyframe comes in one burst; the kernel gives what its rmem_max allows
_DATAGRAM_BYTES = 65536
_MAX_READS = 64  # per turn of the loop, so that one camera can't starve the others
_ATTEMPTS = 50

# Before anything comes in, a packet goes out from each port, so that a firewall or NAT in between lets the answer through. RTP version 2
# with an empty payload, as FFmpeg and live555 send it.
_PUNCH_RTP = bytes((0x80, 0, 0, 0)) + bytes(8)

OnDatagram = Callable[[bytes, int], None]


class UdpPair:
    """Takes datagrams of one host only. Raises OSError when no pair of ports is free."""

    def __init__(self, local_host: str, peer_host: str) -> None:
        self._peer = _canonical(peer_host)
        self._rtp, self._rtcp = _bind_pair(local_host)
        self._server_ports: tuple[int, int] | None = None
        self._datagram = memoryview(bytearray(_DATAGRAM_BYTES))

    @property
    def ports(self) -> tuple[int, int]:
        return self._rtp.getsockname()[1], self._rtcp.getsockname()[1]

    def start(self, on_rtp: OnDatagram, on_rtcp: OnDatagram, on_failure: Callable[[Exception], None]) -> None:
        loop = asyncio.get_running_loop()
        loop.add_reader(self._rtp, self._read, self._rtp, on_rtp, on_failure)
        loop.add_reader(self._rtcp, self._read, self._rtcp, on_rtcp, on_failure)

    def open_path(self, server_ports: tuple[int, int] | None, report: bytes) -> None:
        """Sends the first packets out; `report` is an RTCP packet."""
        self._server_ports = server_ports
        if server_ports is not None:
            self._send(self._rtp, _PUNCH_RTP, server_ports[0])
            self._send(self._rtcp, report, server_ports[1])

    def send_rtcp(self, packet: bytes) -> None:
        if self._server_ports is not None:
            self._send(self._rtcp, packet, self._server_ports[1])

    def close(self) -> None:
        loop = asyncio.get_running_loop()
        for sock in (self._rtp, self._rtcp):
            if sock.fileno() >= 0:
                loop.remove_reader(sock)
                sock.close()

    def _send(self, sock: socket.socket, packet: bytes, port: int) -> None:
        with contextlib.suppress(OSError):  # a report that can't be sent is lost, as one in the network would be
            sock.sendto(packet, (self._peer, port))

    def _read(self, sock: socket.socket, on_datagram: OnDatagram, on_failure: Callable[[Exception], None]) -> None:
        now_ms = time.time_ns() // 1_000_000
        try:
            for _ in range(_MAX_READS):
                count, source = sock.recvfrom_into(self._datagram)
                if source[0] == self._peer:
                    on_datagram(bytes(self._datagram[:count]), now_ms)
                if sock.fileno() < 0:
                    return
        except (BlockingIOError, InterruptedError):
            return
        except Exception as error:  # a fault of ours: it ends this stream alone, and surfaces where the stream is run
            on_failure(error)


def _bind_pair(local_host: str) -> tuple[socket.socket, socket.socket]:
    family = socket.AF_INET6 if ":" in local_host else socket.AF_INET
    for _ in range(_ATTEMPTS):
        first = _bound(family, local_host, 0)
        port = first.getsockname()[1]
        if port % 2 == 0 and port < 65535:
            try:
                return first, _bound(family, local_host, port + 1)
            except OSError:
                first.close()
                continue
        first.close()
    raise OSError("no free pair of UDP ports")


def _bound(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock


def _canonical(host: str) -> str:
    """As recvfrom writes it: compressed, and without the zone of a link-local address."""
    return str(ipaddress.ip_address(host.partition("%")[0]))
