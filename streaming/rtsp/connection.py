"""One RTSP connection over TCP or TLS: messages out, messages and interleaved frames in.

An asyncio.BufferedProtocol that reads straight into the parser's buffer: frames reach their channel's function from the event loop's
own read callback, without a task in between. Runs on asyncio's loop and on uvloop.

What does not belong here: what is asked and in which order (link.py), credentials (dialogue.py).
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable
from typing import cast

from cameras.stream_url import StreamUrl
from streaming.rtsp import failures
from streaming.rtsp.errors import FailureCode, StreamFailure
from streaming.rtsp.message import Headers, MessageError, Parser, Request, Response, cseq_of, frame_header

_MAX_UNSENT_BYTES = 256 * 1024  # we send a few hundred bytes a minute: a peer that lets this much pile up does not read
_ANSWERED = ("OPTIONS", "GET_PARAMETER")
_PUBLIC = ("Public", ", ".join(_ANSWERED))


OnFrame = Callable[[bytes, int], None]  # payload, and the wall clock in milliseconds when it was read


class Connection(asyncio.BufferedProtocol):
    """`ended` is done when nothing more will come; `failure` then says why. Frames of channels not in `channels` are ignored."""

    def __init__(self) -> None:
        self._parser = Parser(self._on_frame, self._on_message)
        self._transport: asyncio.Transport | None = None
        self._waiting: dict[int, asyncio.Future[Response]] = {}
        self._cseq = 0
        self.failure: Exception | None = None
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.channels: dict[int, OnFrame] = {}
        self._now_ms = 0  # wall clock of the latest read

    # The event loop calls these.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._parser.get_buffer()

    def buffer_updated(self, nbytes: int) -> None:
        self._now_ms = time.time_ns() // 1_000_000
        try:
            self._parser.advance(nbytes)
        except MessageError as error:
            self._end(failures.not_rtsp(error))
        except Exception as error:  # a fault of ours: it ends this stream alone, and surfaces where the stream is run
            self._end(error)

    def eof_received(self) -> bool:
        return False  # closes the transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(failures.lost(exc))

    # The client calls these.

    @property
    def peer_host(self) -> str:
        """The numeric address of the other end."""
        return str(self._transport.get_extra_info("peername")[0]) if self._transport else ""

    @property
    def local_host(self) -> str:
        return str(self._transport.get_extra_info("sockname")[0]) if self._transport else ""

    async def exchange(self, request: Request, timeout_s: float) -> Response:
        """Sends a request under the next CSeq and waits for its response. Raises StreamFailure."""
        if self.failure is not None:
            raise self.failure
        self._cseq += 1
        cseq = self._cseq
        future: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._waiting[cseq] = future
        headers = Headers(("CSeq", str(cseq)), *request.headers)
        self._write(Request(request.method, request.url, headers, request.body).to_bytes())
        try:
            async with asyncio.timeout(timeout_s):
                return await future
        except TimeoutError as error:
            raise failures.no_answer(request.method) from error
        finally:
            del self._waiting[cseq]

    def send_frame(self, channel: int, payload: bytes) -> None:
        self._write(frame_header(channel, len(payload)) + payload)

    def fail(self, failure: Exception) -> None:
        """Ends the connection for a reason found elsewhere."""
        self._end(failure)

    def close(self) -> None:
        """At once, whatever is still unsent."""
        self._end(failures.lost(None))

    def _write(self, data: bytes) -> None:
        if self._transport is None or self.failure is not None:
            return
        if self._transport.get_write_buffer_size() > _MAX_UNSENT_BYTES:
            self._end(StreamFailure(FailureCode.TIMEOUT, "The camera no longer reads what is sent to it."))
            return
        self._transport.write(data)

    def _on_frame(self, channel: int, payload: bytes) -> None:
        receive = self.channels.get(channel)
        if receive is not None:
            receive(payload, self._now_ms)

    def _on_message(self, message: Request | Response) -> None:
        if isinstance(message, Request):
            self._answer(message)
            return
        if message.status < 200:  # RFC 2326, 7.1.1: 100 Continue announces the real one
            return
        cseq = cseq_of(message)
        future = next(iter(self._waiting.values()), None) if cseq is None else self._waiting.get(cseq)
        if future is not None and not future.done():
            future.set_result(message)

    def _answer(self, request: Request) -> None:
        """Cameras may ask whether we are still there (RFC 2326, 10.1 and 10.8)."""
        cseq = ("CSeq", request.headers.get("CSeq", "0"))
        known = request.method in _ANSWERED
        self._write((Response(200, "OK", Headers(cseq, _PUBLIC)) if known else Response(501, "Not Implemented", Headers(cseq))).to_bytes())

    def _end(self, failure: Exception) -> None:
        if self.failure is not None:
            return
        self.failure = failure
        self._parser.close()
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(failure)
        if not self.ended.done():
            self.ended.set_result(None)
        if self._transport is not None:
            self._transport.abort()


async def connect(address: StreamUrl, *, verify_tls: bool, timeout_s: float) -> Connection:
    """Raises StreamFailure."""
    loop = asyncio.get_running_loop()
    context = tls_context(verify_tls) if address.is_tls else None
    try:
        async with asyncio.timeout(timeout_s):
            _, connection = await loop.create_connection(Connection, address.host, address.port, ssl=context)
    except (OSError, UnicodeError) as error:  # ssl.SSLError, gaierror and TimeoutError are OSErrors
        raise failures.connecting(error, address) from error
    return connection


def tls_context(verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_ciphers("DEFAULT:@SECLEVEL=0")  # certificates with 1024 bits and SHA-1, as older cameras make for themselves
    return context
