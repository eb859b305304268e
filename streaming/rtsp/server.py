"""An RTSP 1.0 server (RFC 2326): mounts, clients, ports.

TCP interleaved and UDP unicast, TLS, Basic and Digest per mount. A mount's source runs while somebody watches, once for all clients.

    server.py              listens, owns mounts, feeds and UDP ports
    server_connection.py   one client's bytes and liveness
    server_responder.py    one client's requests
    server_session.py      one subscription; drops to the next keyframe when its client is slow
    server_outlet.py       one track's way to the client
    server_feed.py         one running source
    server_source.py       what can be served
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Coroutine, Iterable
from types import TracebackType
from typing import Any, Self

from streaming.rtsp.server_connection import RtspConnection
from streaming.rtsp.server_feed import Feed
from streaming.rtsp.server_outlet import Address, UdpPorts
from streaming.rtsp.server_responder import Responder
from streaming.rtsp.server_source import Mount

__all__ = ["Mount", "RtspServer"]

_HANDSHAKE_LIMIT_S = 10.0


class RtspServer:
    """Belongs to one event loop, from `start` to `stop`.

    Args:
        port: 0 for any free one; `self.port` tells which.
        session_timeout_s: after this long without a sign of life a client is dropped.
        backlog_bytes: what may wait for one slow client over TCP before frames are dropped.
    """

    responder_class: type[Responder] = Responder

    def __init__(
        self,
        mounts: Iterable[Mount],
        *,
        host: str = "127.0.0.1",
        port: int = 8554,
        tls: ssl.SSLContext | None = None,
        session_timeout_s: float = 60.0,
        max_connections: int = 256,
        backlog_bytes: int = 1 << 20,
    ) -> None:
        self.session_timeout_s = session_timeout_s
        self.backlog_bytes = backlog_bytes
        self.port = port
        self.connections: set[RtspConnection] = set()
        self._mounts = {_key(mount.path): mount for mount in mounts}
        self._feeds: dict[str, Feed] = {}
        self._host = host
        self._tls = tls
        self._max_connections = max_connections
        self._listener: asyncio.Server | None = None
        self._udp: UdpPorts | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        await self.stop()

    async def start(self) -> None:
        """Raises OSError when the port is taken."""
        loop = asyncio.get_running_loop()
        limit_s = _HANDSHAKE_LIMIT_S if self._tls else None
        self._listener = await loop.create_server(
            lambda: RtspConnection(self), self._host, self.port, ssl=self._tls, reuse_address=True, ssl_handshake_timeout=limit_s
        )
        self.port = self._listener.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Closes all connections and returns when every source has stopped."""
        if self._listener is not None:
            self._listener.close()
        for connection in tuple(self.connections):
            connection.transport.abort()
        while self.connections or self._tasks:
            await asyncio.wait(self._tasks) if self._tasks else await asyncio.sleep(0)
        if self._udp is not None:
            self._udp.close()
            self._udp = None

    def mount_at(self, path: str) -> Mount | None:
        return self._mounts.get(_key(path))

    def feed_of(self, mount: Mount) -> Feed:
        key = _key(mount.path)
        if key not in self._feeds:
            self._feeds[key] = Feed(mount)
        return self._feeds[key]

    def udp_ports(self) -> UdpPorts:
        """Opened with the first client that wants UDP. Raises OSError."""
        if self._udp is None:
            self._udp = UdpPorts(self._host, self._heard)
        return self._udp

    def adopt(self, connection: RtspConnection) -> bool:
        """False when there are too many."""
        self.connections.add(connection)
        return len(self.connections) <= self._max_connections

    def forget(self, connection: RtspConnection) -> None:
        self.connections.discard(connection)
        for feed in connection.responder.close():
            self.spawn(feed.release())

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """A task that `stop` waits for."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _heard(self, sender: Address) -> None:
        for connection in self.connections:
            if connection.responder.client.host == sender[0]:
                connection.heard()


def _key(path: str) -> str:
    """Addresses come with and without a slash at the end."""
    return "/" + path.strip("/")
