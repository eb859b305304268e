"""Where the frames of one track go for one client: into its connection or onto its UDP port. Neither ever waits or grows without bound."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Callable
from typing import Protocol

from streaming.rtsp.message import frame_header
from streaming.rtsp.packetize.sender import NumberedFrame

Address = tuple[str, int]

# A key frame sent in one go overflows a receiver's default socket buffer (208 KB for 150 packets of 1.4 KB with their kernel overhead).
_BURST_PACKETS = 16
_BURST_INTERVAL_S = 0.001
_UDP_BACKLOG_BYTES = 1 << 20


class Outlet(Protocol):
    def has_room(self, size_bytes: int) -> bool: ...

    def send(self, frame: NumberedFrame) -> None: ...

    def send_report(self, packet: bytes) -> None: ...

    def close(self) -> None: ...


class InterleavedOutlet:
    """`backlog_bytes` bounds what waits in the transport for a client that reads too slowly; one frame always fits into an empty one."""

    def __init__(self, transport: asyncio.WriteTransport, channel: int, backlog_bytes: int) -> None:
        self._transport = transport
        self._channel = channel
        self._backlog_bytes = backlog_bytes

    def has_room(self, size_bytes: int) -> bool:
        waiting = self._transport.get_write_buffer_size()
        return not waiting or waiting + size_bytes <= self._backlog_bytes

    def send(self, frame: NumberedFrame) -> None:
        self._transport.write(frame.interleaved(self._channel))

    def send_report(self, packet: bytes) -> None:
        if self.has_room(len(packet)):
            self._transport.write(frame_header(self._channel + 1, len(packet)) + packet)

    def close(self) -> None:
        """The connection is not this outlet's to close."""


class UdpPorts:
    """An even port for RTP and the next one for RTCP (RFC 3550, 11), shared by all clients of a server.

    `heard` is called with a sender's address for everything received on the RTCP port.
    """

    def __init__(self, host: str, heard: Callable[[Address], None]) -> None:
        self._heard = heard
        self._rtp, self._rtcp = _bound_pair(host)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._rtp, self._drain)
        self._loop.add_reader(self._rtcp, self._hear)

    @property
    def numbers(self) -> tuple[int, int]:
        return self._rtp.getsockname()[1], self._rtcp.getsockname()[1]

    def send_rtp(self, packet: bytes, address: Address) -> None:
        _send(self._rtp, packet, address)

    def send_rtcp(self, packet: bytes, address: Address) -> None:
        _send(self._rtcp, packet, address)

    def close(self) -> None:
        for one in (self._rtp, self._rtcp):
            self._loop.remove_reader(one)
            one.close()

    def _drain(self) -> None:
        """Clients open their firewall with a packet to the RTP port; there is nothing to read in it."""
        _receive(self._rtp)

    def _hear(self) -> None:
        sender = _receive(self._rtcp)
        if sender is not None:
            self._heard(sender)


class UdpOutlet:
    """Paces frames of many packets, as the wire behind a camera would."""

    def __init__(self, ports: UdpPorts, host: str, client_ports: tuple[int, int]) -> None:
        self._ports = ports
        self._rtp, self._rtcp = (host, client_ports[0]), (host, client_ports[1])
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._timer: asyncio.TimerHandle | None = None

    def has_room(self, size_bytes: int) -> bool:
        return not self._waiting or self._waiting_bytes + size_bytes <= _UDP_BACKLOG_BYTES

    def send(self, frame: NumberedFrame) -> None:
        self._waiting.extend(frame.datagrams())
        self._waiting_bytes += frame.size_bytes
        if self._timer is None:
            self._send_burst()

    def send_report(self, packet: bytes) -> None:
        self._ports.send_rtcp(packet, self._rtcp)

    def close(self) -> None:
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _send_burst(self) -> None:
        for _ in range(min(_BURST_PACKETS, len(self._waiting))):
            self._ports.send_rtp(self._waiting.popleft(), self._rtp)
        if self._waiting:
            self._timer = asyncio.get_running_loop().call_later(_BURST_INTERVAL_S, self._send_burst)
        else:
            self._timer, self._waiting_bytes = None, 0


def _bound_pair(host: str) -> tuple[socket.socket, socket.socket]:
    """Raises OSError when no neighbouring ports are free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for _ in range(50):
        rtp, rtcp = _unbound(family), _unbound(family)
        try:
            rtp.bind((host, 0))
            port = rtp.getsockname()[1]
            if port % 2 == 0:
                rtcp.bind((host, port + 1))
                return rtp, rtcp
        except OSError:
            pass
        rtp.close()
        rtcp.close()
    raise OSError(f"no two neighbouring UDP ports are free on {host}")


def _unbound(family: socket.AddressFamily) -> socket.socket:
    made = socket.socket(family, socket.SOCK_DGRAM)
    made.setblocking(False)
    return made


def _send(through: socket.socket, packet: bytes, address: Address) -> None:
    """A packet the kernel doesn't take is lost, as it would be further on."""
    try:
        through.sendto(packet, address)
    except OSError:
        return


def _receive(at: socket.socket) -> Address | None:
    try:
        _, sender = at.recvfrom(2048)
    except OSError:
        return None
    return sender[0], sender[1]
