"""The live WebSocket: who asks, for which camera, and a session on the hub. docs/live-protocol.md is the reference.

Where the server offers the extension "nvr.push" (nvr/server/push.py), media goes from the hub straight into the transport and what
the viewer says comes straight back; elsewhere both take the usual way.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol
from urllib.parse import parse_qsl

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from cameras.access import Refused, find_camera, identify, still_may
from cameras.models import Action, Camera
from streaming.live.go2rtc.guest import Guest
from streaming.live.outlet import QueueOutlet
from streaming.live.protocol import Close, LiveRequest, ProtocolError, error, parse_request
from streaming.live.session import Session
from streaming.live.viewer import LiveCamera, Outlet
from streaming.wiring.live import live
from streaming.wiring.rights import Admission, in_words

logger = logging.getLogger(__name__)

_CLOSE_WITHIN_S = 3.0


class Push(Outlet, Protocol):
    """What scope["extensions"]["nvr.push"] can do."""

    def listen(self, on_text: Callable[[str], None], on_writable: Callable[[], None]) -> None: ...

    def prefer_newest(self, unsent_bytes: int) -> None:
        """Keeps the kernel from holding more than this, so that what waits can still be replaced."""
        ...

    def end(self, code: int) -> None:
        """Closes even when the viewer does not read."""
        ...


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    # No channel of the layer is needed here; a name that is not configured saves each viewer its subscription.
    channel_layer_alias = "none"

    def __init__(self) -> None:
        super().__init__()
        self._session: Session | Guest | None = None
        self._admission: Admission | None = None
        self._dismissed: Admission | None = None
        self._outlet: QueueOutlet | None = None
        self._push: Push | None = None
        self._closing: asyncio.Task[None] | None = None

    async def dispatch(self, message: dict[str, Any]) -> None:
        """The inherited one changes threads for each message, to close database connections that receiving never opens."""
        if message["type"] == "websocket.receive":
            self._receive(message.get("text"))
        else:
            await super().dispatch(message)

    async def connect(self) -> None:
        await self.accept()
        self._push = (self.scope.get("extensions") or {}).get("nvr.push")
        try:
            await self.open()
        except ProtocolError as failure:
            await self._refuse(failure)
        except Refused as refused:
            await self._refuse(in_words(refused))

    async def open(self) -> None:
        """Raises ProtocolError or Refused for whoever is not let in."""
        request = _parse_scope(self.scope)
        identity = await identify(self.scope)
        camera = await find_camera(identity, self.scope["url_route"]["kwargs"]["slug"])
        roles = await database_sync_to_async(_roles)(camera)
        if not roles:
            raise ProtocolError("not_found", "This camera has no stream.", Close.NOT_FOUND)
        may_hear = await still_may(identity, camera.pk, Action.HEAR)
        here = live()
        self._admission = here.rights.admit(identity, camera.pk, self._fail, self._let_hear)
        outlet: Outlet
        if self._push is not None:
            self._push.prefer_newest(16_384 if request.mode.is_pictures else 131_072)
            outlet = self._push
        else:
            outlet = self._outlet = QueueOutlet(self.send)
        session = Session(
            hub=here.hub, camera=LiveCamera(camera.pk, roles), request=request, outlet=outlet, on_end=self._end, may_hear=may_hear
        )
        self._session = session
        if self._push is not None:
            self._push.listen(session.receive, session.pump)
        elif self._outlet is not None:
            self._outlet.start(session.pump)
        session.start()

    def _receive(self, text: str | None) -> None:
        if self._session is not None:
            self._session.receive(text or "")

    def _fail(self, failure: ProtocolError) -> None:
        if self._session is not None:
            self._session.failed(failure)

    def _let_hear(self, may_hear: bool) -> None:
        if self._session is not None:
            self._session.let_hear(may_hear)

    async def _refuse(self, failure: ProtocolError) -> None:
        await self.send(text_data=error(failure))
        await self.close(int(failure.close))  # daphne refuses a code that is no plain int

    def _end(self, failure: ProtocolError) -> None:
        """The session has said why; called by it, in the event loop."""
        logger.debug("a viewer of %s is closed: %s", self.scope["path"], failure)
        self._dismiss()
        if self._push is not None:
            self._push.end(failure.close)
        else:
            self._closing = asyncio.create_task(self._close_queued(failure.close))

    async def _close_queued(self, code: Close) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_WITHIN_S):
                if self._outlet is not None:
                    await self._outlet.drain()
                await self.close(int(code))

    async def disconnect(self, code: int) -> None:
        if self._session is not None:
            self._session.close()
        if self._outlet is not None:
            await self._outlet.stop()
        self._dismiss()
        if self._dismissed is not None:
            await live().rights.noted(self._dismissed)

    def _dismiss(self) -> None:
        if self._admission is not None:
            live().rights.dismiss(self._admission)
            self._admission, self._dismissed = None, self._admission


def _parse_scope(scope: dict[str, Any]) -> LiveRequest:
    query = scope.get("query_string", b"").decode("latin-1")
    return parse_request(dict(parse_qsl(query, keep_blank_values=True)))


def _roles(camera: Camera) -> tuple[str, ...]:
    return tuple(camera.streams.order_by("role").values_list("role", flat=True))
