"""One client's connection: bytes in, requests answered one after the other, bytes out; closed when its client is gone."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Coroutine
from typing import Any, Protocol, cast

from streaming.rtsp.message import MessageError, Parser, Request, Response
from streaming.rtsp.server_responder import Client, Premises, Responder, respond

logger = logging.getLogger(__name__)
_MAX_WAITING_REQUESTS = 32


class House(Premises, Protocol):
    """The server as a connection sees it."""

    responder_class: type[Responder]

    def adopt(self, connection: RtspConnection) -> bool: ...

    def forget(self, connection: RtspConnection) -> None: ...

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]: ...


class RtspConnection(asyncio.Protocol):
    responder: Responder
    transport: asyncio.Transport

    def __init__(self, server: House) -> None:
        self._server = server
        self._parser = Parser(lambda _channel, _payload: None, self._take)
        self._requests: deque[Request] = deque()
        self._work: asyncio.Task[None] | None = None
        self._idle_check: asyncio.TimerHandle | None = None
        self._heard_at_s = time.monotonic()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername") or ("", 0)
        self.responder = self._server.responder_class(self._server, Client(peer[0], self.transport))
        if not self._server.adopt(self):
            logger.warning("%s: refused, there are too many clients", peer[0])
            self.transport.abort()
            return
        self._check_idle()

    def connection_lost(self, exc: Exception | None) -> None:
        self._parser.close()
        self._requests.clear()
        if self._idle_check is not None:
            self._idle_check.cancel()
        self._server.forget(self)

    def data_received(self, data: bytes) -> None:
        self.heard()
        try:
            self._parser.feed(data)
        except MessageError as error:
            logger.info("%s: %s", self.responder.client.host, error)
            self.transport.abort()

    def heard(self) -> None:
        """The client lives: a request, RTCP in the connection, or RTCP on our UDP port."""
        self._heard_at_s = time.monotonic()

    def _take(self, message: Request | Response) -> None:
        if not isinstance(message, Request):
            return
        if len(self._requests) >= _MAX_WAITING_REQUESTS or self.transport.get_write_buffer_size() > 2 * self._server.backlog_bytes:
            self.transport.abort()  # asks without reading the answers
            return
        self._requests.append(message)
        if self._work is None:
            self._work = self._server.spawn(self._answer_all())

    async def _answer_all(self) -> None:
        try:
            while self._requests:
                request = self._requests.popleft()
                try:
                    response = await self.responder.answer(request)
                except Exception:
                    logger.exception("%s %s from %s failed", request.method, request.url, self.responder.client.host)
                    response = respond(500)
                if response is not None and not self.transport.is_closing():
                    self.transport.write(_completed(response, request).to_bytes())
        finally:
            self._work = None

    def _check_idle(self) -> None:
        """RFC 2326, A.2: a session that shows no liveness is reclaimed. One that takes interleaved frames does show it."""
        timeout_s = self._server.session_timeout_s
        idle_s = time.monotonic() - max(self._heard_at_s, self.responder.sent_at_s)
        if idle_s >= timeout_s:
            logger.info("%s: no sign of life for %d s", self.responder.client.host, idle_s)
            self.transport.abort()
            return
        self._idle_check = asyncio.get_running_loop().call_later(timeout_s - idle_s, self._check_idle)


def _completed(response: Response, request: Request) -> Response:
    sequence = request.headers.get("CSeq")
    fields = (("CSeq", sequence),) if sequence else ()
    return Response(response.status, response.reason, type(response.headers)(*fields, *response.headers, ("Server", "nvr")), response.body)
