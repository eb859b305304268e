"""Asks several networks of this machine at once which ONVIF devices there are, and listens for a few seconds.

One socket per address of this machine: a question sent by one interface is not heard in the network of another. The question does not
leave the local networks (its time to live is 1). Whoever answers is believed to be at the address the answer came from and nowhere else.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from cameras.discovery.networks import Interface
from cameras.discovery.ws_discovery import GROUP, PORT, Announcement, parse_matches, probes

LISTEN_S = 3.0
_ASK_AT_S = (0.0, 0.4, 1.2)  # datagrams get lost
_MOST_ANSWERS = 1000

OnAnswer = Callable[[str, Announcement], None]


async def ask_networks(interfaces: Iterable[Interface], on_answer: OnAnswer, *, listen_s: float = LISTEN_S) -> None:
    """Calls `on_answer` with the sender's address, once for each device and address."""
    listeners = [listener for interface in interfaces if (listener := _open(interface, on_answer)) is not None]
    try:
        await _ask(listeners, lambda listener: listener.send_to_group(), listen_s)
    finally:
        for listener in listeners:
            listener.close()


async def ask_host(address: str, on_answer: OnAnswer, *, listen_s: float = 1.0) -> None:
    """The same of one device, which may be in another network: many answer although the standard has no such question."""
    listener = _Listener(_socket("0.0.0.0"), on_answer, lambda sender: sender == address)  # noqa: S104 - any of our addresses
    try:
        await _ask([listener], lambda one: one.send((address, PORT)), listen_s)
    finally:
        listener.close()


async def _ask(listeners: list[_Listener], send: Callable[[_Listener], None], listen_s: float) -> None:
    loop = asyncio.get_running_loop()
    for listener in listeners:
        loop.add_reader(listener.sock, listener.read)
    waited_s = 0.0
    for at_s in _ASK_AT_S:
        if at_s >= listen_s:
            break
        await asyncio.sleep(at_s - waited_s)
        waited_s = at_s
        for listener in listeners:
            send(listener)
    await asyncio.sleep(max(listen_s - waited_s, 0))


class _Listener:
    def __init__(self, sock: socket.socket, on_answer: OnAnswer, is_believable: Callable[[str], bool]) -> None:
        self.sock = sock
        self._on_answer = on_answer
        self._is_believable = is_believable
        self._seen: set[tuple[str, str, int]] = set()

    def send_to_group(self) -> None:
        self.send((GROUP, PORT))

    def send(self, target: tuple[str, int]) -> None:
        for message in probes(_message_ids()):
            with contextlib.suppress(OSError):  # a network that is down has no cameras
                self.sock.sendto(message, target)

    def read(self) -> None:
        with contextlib.suppress(BlockingIOError, InterruptedError, ConnectionError):
            while len(self._seen) < _MOST_ANSWERS:
                data, sender = self.sock.recvfrom(65_536)
                if self._is_believable(sender[0]):
                    self._take(sender[0], data)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.sock)
        self.sock.close()

    def _take(self, address: str, data: bytes) -> None:
        for announcement in parse_matches(data):
            key = (address, announcement.endpoint, announcement.port)
            if key not in self._seen:
                self._seen.add(key)
                self._on_answer(address, announcement)


def _open(interface: Interface, on_answer: OnAnswer) -> _Listener | None:
    """None for an interface that takes no multicast."""
    own = str(interface.address)
    try:
        sock = _socket(own)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own))
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
    except OSError:
        return None
    return _Listener(sock, on_answer, lambda sender: _is_in(sender, interface))


def _is_in(sender: str, interface: Interface) -> bool:
    """Answers from elsewhere than the network that was asked are somebody's invention."""
    try:
        packed: Any = type(interface.address)(sender)
    except ValueError:
        return False
    return packed in interface.network


def _socket(address: str) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.bind((address, 0))
    except OSError:
        sock.close()
        raise
    return sock


def _message_ids() -> Iterator[str]:
    while True:
        yield str(uuid.uuid4())
