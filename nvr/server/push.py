"""A WebSocket protocol for uvicorn that lets an application write into the transport and hear the viewer without a task in between.

uvicorn offers `await send()`, which costs a task per viewer, a copy and a frame per message. For messages that go to many viewers
at once the application frames them once and writes them here: scope["extensions"]["nvr.push"] is a Push. `send` and `receive` work
beside it as usual; whole frames never mix.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import Frame
from websockets.http11 import Request

EXTENSION = "nvr.push"
ABORT_AFTER_S = 5.0
# Linux: the socket is writable again, and takes more, only while less than this has not been sent yet.
_TCP_NOTSENT_LOWAT = getattr(socket, "TCP_NOTSENT_LOWAT", 25)
# uvicorn logs each accepted path with its query at INFO, and a query may hold a ticket.
_logger = logging.getLogger("nvr.server.websocket")
_logger.setLevel(logging.WARNING)


class PushProtocol(WebSocketsSansIOProtocol):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.logger = _logger
        self.on_text: Callable[[str], None] | None = None
        self.on_writable: Callable[[], None] | None = None
        self.push: Push | None = None

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            # The application's task has been created but does not run before this callback of the loop returns.
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[EXTENSION] = self.push = Push(self)

    def handle_text(self, event: Frame) -> None:
        if self.on_text is None or not event.fin or self.close_sent:
            super().handle_text(event)
            return
        try:
            text = bytes(event.data).decode()
        except UnicodeDecodeError:
            super().handle_text(event)
            return
        self.on_text(text)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self.push is not None:
            self.push.is_writable = False

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.push is not None:
            self.push.is_writable = self.push.is_open
        if self.on_writable is not None:
            self.on_writable()

    def connection_lost(self, exc: Exception | None) -> None:
        self.on_text = self.on_writable = None
        if self.push is not None:
            self.push.is_writable = False
        super().connection_lost(exc)

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        # A peer that is gone never takes what is still in the transport's buffer, so closing alone would wait for ever.
        self.loop.call_later(ABORT_AFTER_S, self.transport.abort)


class Push:
    """One viewer's connection. Everything returns at once and nothing raises when the viewer is gone."""

    reports_writable = True

    def __init__(self, connection: PushProtocol) -> None:
        self._connection = connection
        self._transport = connection.transport
        # A plain attribute: it is looked at for each viewer and message.
        self.is_writable = True

    @property
    def is_open(self) -> bool:
        connection = self._connection
        return not connection.close_sent and not connection.disconnected and not self._transport.is_closing()

    def write(self, frame: bytes) -> None:
        """Takes one whole WebSocket frame. The transport keeps what the network does not take; look at `is_writable` first."""
        if self.is_open:
            self._transport.write(frame)

    def listen(self, on_text: Callable[[str], None], on_writable: Callable[[], None]) -> None:
        """From now on text messages go to `on_text` instead of `receive()`; called in the event loop."""
        self._connection.on_text = on_text
        self._connection.on_writable = on_writable

    def prefer_newest(self, unsent_bytes: int) -> None:
        """Lets the kernel hold about this much that has not left yet, and the transport next to nothing.

        By default the kernel takes up to 4 MB, so on a slow line a viewer would always see what was written a second ago.
        """
        found = self._transport.get_extra_info("socket")
        with suppress(OSError, AttributeError):
            found.setsockopt(socket.IPPROTO_TCP, _TCP_NOTSENT_LOWAT, unsent_bytes)
        self._transport.set_write_buffer_limits(high=min(unsent_bytes // 2, 32_768), low=0)

    def end(self, code: int) -> None:
        """Sends the close frame behind what is written, and gives the viewer a few seconds to read it."""
        connection = self._connection
        if not self.is_open:
            return
        with suppress(InvalidState):
            connection.conn.send_close(code, "")
            self._transport.write(b"".join(connection.conn.data_to_send()))
        connection.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": ""})
        connection.close_sent = True
        self.is_writable = False
        if connection.read_paused:
            connection.read_paused = False
            self._transport.resume_reading()
        connection.close_timer = connection.loop.call_later(ABORT_AFTER_S, self._transport.abort)
